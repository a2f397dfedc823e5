export { type IngestionDependencies, ingestionEnv, ingestionService } from './ingestion.ts';
