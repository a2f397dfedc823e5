import type { Kindred } from '@kindred/client';
import { Embeddings } from '@langchain/core/embeddings';

export interface KindredEmbeddingsOptions {
  /** Name of a registered model. Default: the server's; a store needs the one of its collection. */
  model?: string;
}

/** Of one request, which has at most 4 MiB. */
const textsPerCall = 64;

/** Embeds with the models of a Kindred server: unit vectors, retried and with a deadline as the client does. */
export class KindredEmbeddings extends Embeddings {
  constructor(
    private readonly kindred: Kindred,
    private readonly options: KindredEmbeddingsOptions = {},
  ) {
    super({});
  }

  async embedDocuments(texts: string[]): Promise<number[][]> {
    const vectors: number[][] = [];
    for (let start = 0; start < texts.length; start += textsPerCall) {
      const chunk = texts.slice(start, start + textsPerCall);
      vectors.push(...(await this.kindred.embed({ ...this.options, texts: chunk, purpose: 'document' })).vectors);
    }
    return vectors;
  }

  async embedQuery(text: string): Promise<number[]> {
    return (await this.kindred.embed({ ...this.options, texts: [text], purpose: 'query' })).vectors[0]!;
  }
}
