export { PoolEmbedder } from './pool-embedder.ts';
export { RemoteEmbedder } from './remote-embedder.ts';
export { type RerankSettings, rerankersOf } from './rerankers-of.ts';
export { type SearchDependencies, searchEnv, searchService } from './search.ts';
