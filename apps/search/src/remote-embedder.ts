import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  EmbeddingServiceClient,
  EmbedPurpose,
  type EmbedResponse,
  KindredError,
  type EmbedInput as WireInput,
} from '@kindred/contracts';
import type { EmbedInput } from '@kindred/embedder';
import type { EmbeddedQuery, ModelTable, QueryEmbedder, QueryInput } from '@kindred/vector-index';

import { queryInputs } from './query-inputs.ts';

/** A query must not wait longer for its vector than it would take to answer without one. */
const deadlineMs = 1_000;

/** Embeds queries through the embedding service. */
export class RemoteEmbedder implements QueryEmbedder {
  private readonly client: EmbeddingServiceClient;
  private readonly metadata = new Metadata();

  constructor(
    private readonly address: string,
    apiKey?: string,
  ) {
    this.client = new EmbeddingServiceClient(address, credentials.createInsecure());
    if (apiKey) this.metadata.set('authorization', `Bearer ${apiKey}`);
  }

  async embed(_tenant: string, model: ModelTable, input: QueryInput): Promise<EmbeddedQuery> {
    const { model: used, vectors } = await this.ask(model, await queryInputs(model, input));
    const [vector, ...others] = vectors.map(({ values }) => Float32Array.from(values));
    if (!used || !vector) throw this.unavailable('it answered without a vector');
    return { model: used, vector, others };
  }

  async close(): Promise<void> {
    this.client.close();
  }

  private ask({ name, version }: ModelTable, queries: EmbedInput[]): Promise<EmbedResponse> {
    const inputs = queries.map(wireInput);
    const request = { model: name, version, inputs, purpose: EmbedPurpose.EMBED_PURPOSE_QUERY };
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      this.client.embed(request, this.metadata, options, (error: ServiceError | null, response) => {
        if (error) reject(this.unavailable(error.details));
        else resolve(response);
      });
    });
  }

  private unavailable(why: string): KindredError {
    return new KindredError(
      'EMBEDDING_UNAVAILABLE',
      '',
      `The embedding service at ${this.address} gives no vector: ${why}`,
    );
  }
}

const wireInput = (input: EmbedInput): WireInput =>
  input.kind === 'text'
    ? { kind: { $case: 'text', value: input.text } }
    : { kind: { $case: input.kind, value: Buffer.from(input.bytes) } };
