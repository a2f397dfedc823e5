import { KindredError } from '@kindred/contracts';
import { type EmbeddingModel, embedTexts } from '@kindred/embedder';
import type { EmbeddedQuery, QueryEmbedder } from '@kindred/vector-index';

/** Embeds queries in this process: for a model that costs microseconds. */
export class LocalEmbedder implements QueryEmbedder {
  constructor(private readonly model: EmbeddingModel) {}

  async embed(name: string, text: string, signal?: AbortSignal): Promise<EmbeddedQuery> {
    const { identity } = this.model;
    if (name !== '' && name !== identity.name) {
      const message = `This server embeds queries with "${identity.name}", not "${name}"; set EMBEDDING_ADDRESS to a service that has it`;
      throw new KindredError('EMBEDDING_UNAVAILABLE', '', message);
    }
    const [vector] = await embedTexts(this.model, [text], 'query', signal);
    return { model: identity, vector: vector! };
  }

  close(): Promise<void> {
    return this.model.close();
  }
}
