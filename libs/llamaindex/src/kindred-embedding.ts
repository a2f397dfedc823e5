import type { Kindred } from '@kindred/client';
import { BaseEmbedding } from '@llamaindex/core/embeddings';

/** Embeds with a model of a Kindred server: for an index that wants vectors of its own. */
export class KindredEmbedding extends BaseEmbedding {
  constructor(
    private readonly kindred: Kindred,
    /** Name of a registered model. Default: the server's. */
    private readonly model?: string,
  ) {
    super();
    this.embedBatchSize = 64;
  }

  async getTextEmbedding(text: string): Promise<number[]> {
    return (await this.embed([text], 'document'))[0]!;
  }

  override getTextEmbeddings = (texts: string[]): Promise<number[][]> => this.embed(texts, 'document');

  override async getQueryEmbedding(query: { type: string; text?: string }): Promise<number[] | null> {
    return query.text === undefined ? null : (await this.embed([query.text], 'query'))[0]!;
  }

  private async embed(texts: string[], purpose: 'document' | 'query'): Promise<number[][]> {
    return (await this.kindred.embed({ texts, purpose, model: this.model })).vectors;
  }
}
