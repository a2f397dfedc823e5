export { KindredEmbeddings, type KindredEmbeddingsOptions } from './kindred-embeddings.ts';
export { type KindredStoreConfig, KindredVectorStore } from './kindred-vector-store.ts';
