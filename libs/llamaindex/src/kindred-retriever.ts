import { BaseRetriever } from '@llamaindex/core/retriever';
import type { NodeWithScore } from '@llamaindex/core/schema';
import { extractText } from '@llamaindex/core/utils';
import { type MetadataFilters, VectorStoreQueryMode } from '@llamaindex/core/vector-store';
import type { KindredVectorStore } from './kindred-vector-store.ts';

export interface KindredRetrieverOptions {
  /** Default 4. */
  similarityTopK?: number;
  filters?: MetadataFilters;
  mode?: VectorStoreQueryMode;
}

type Query = Parameters<BaseRetriever['_retrieve']>[0];

/** Finds nodes by the text of a query, in one call and without an embedding model in this process. */
export class KindredRetriever extends BaseRetriever {
  constructor(
    private readonly store: KindredVectorStore,
    private readonly options: KindredRetrieverOptions = {},
  ) {
    super();
  }

  override async _retrieve({ query }: Query): Promise<NodeWithScore[]> {
    const { similarityTopK = 4, filters, mode = VectorStoreQueryMode.DEFAULT } = this.options;
    const queryStr = extractText(query);
    const { nodes = [], similarities } = await this.store.query({ queryStr, similarityTopK, filters, mode });
    return nodes.map((node, at) => ({ node, score: similarities[at] }));
  }
}
