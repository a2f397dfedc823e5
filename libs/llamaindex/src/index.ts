export { KindredEmbedding } from './kindred-embedding.ts';
export { KindredRetriever, type KindredRetrieverOptions } from './kindred-retriever.ts';
export { type KindredStoreConfig, KindredVectorStore } from './kindred-vector-store.ts';
