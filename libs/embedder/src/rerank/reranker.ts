/** Reads a query and a text together and says how well they fit. One port for every provider. */
export interface Reranker {
  /** What requests call it. */
  readonly name: string;
  /**
   * One finite score per text, in order, greater is better; comparable within one call alone. Any error may pass: the
   * order there was stays.
   */
  rerank(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]>;
  close(): Promise<void>;
}
