/** What a reranker's thread is started with. */
export interface RerankSettings {
  /** The package that runs the model: @huggingface/transformers, unless a test says otherwise. */
  package: string;
  folder: string;
  dtype: string;
  /** Cores that one pair is computed on. */
  threads: number;
  /** Of query and text together; absent: what the model takes. */
  maxTokens?: number;
}

export type RerankRequest = { id: number; query: string; texts: string[] } | { cancel: number };

export type RerankReply =
  | { ready: true }
  | { unusable: { field: string; message: string } }
  | { id: number; scores: number[] }
  | { id: number; failed: string };
