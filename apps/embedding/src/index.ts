export { type EmbeddingDependencies, embeddingService } from './embedding.ts';
