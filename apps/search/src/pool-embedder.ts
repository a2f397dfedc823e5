import type { ModelPool } from '@kindred/embedder';
import type { EmbeddedQuery, ModelTable, QueryEmbedder, QueryInput } from '@kindred/vector-index';
import { queryInputs } from './query-inputs.ts';

/** Embeds queries in this process. */
export class PoolEmbedder implements QueryEmbedder {
  constructor(private readonly models: ModelPool) {}

  async embed(tenant: string, table: ModelTable, input: QueryInput, signal?: AbortSignal): Promise<EmbeddedQuery> {
    const model = await this.models.registered(tenant, table);
    const [vector, ...others] = await model.embed(await queryInputs(table, input), 'query', signal);
    return { model: model.identity, vector: vector!, others };
  }

  close(): Promise<void> {
    return this.models.close();
  }
}
