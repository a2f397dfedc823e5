import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { EmbeddingServiceClient, EmbedPurpose, type EmbedResponse, KindredError } from '@kindred/contracts';
import type { EmbeddedQuery, QueryEmbedder } from '@kindred/vector-index';

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

  async embed(model: string, text: string): Promise<EmbeddedQuery> {
    const { model: used, vectors } = await this.ask(model, text);
    const vector = vectors[0];
    if (!used || !vector) throw this.unavailable('it answered without a vector');
    return { model: used, vector: Float32Array.from(vector.values) };
  }

  async close(): Promise<void> {
    this.client.close();
  }

  private ask(model: string, text: string): Promise<EmbedResponse> {
    const inputs = [{ kind: { $case: 'text' as const, value: text } }];
    const request = { model, inputs, purpose: EmbedPurpose.EMBED_PURPOSE_QUERY };
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
