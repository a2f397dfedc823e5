/** What makes two vectors comparable: any difference here means another vector table. */
export interface ModelIdentity {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  /** Numeric type the model computes in. */
  dtype: string;
  /** SHA-256 over the model's files and parameters, hex. */
  artifactHash: string;
}

export type EmbedPurpose = 'document' | 'query';

/** Text to vector. One port for every provider. */
export interface EmbeddingModel {
  readonly identity: ModelIdentity;
  /** One L2-normalised vector per text, in order; all zeros only for a text without any token. */
  embed(texts: readonly string[], purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]>;
  close(): Promise<void>;
}
