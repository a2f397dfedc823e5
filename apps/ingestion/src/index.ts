export { type IngestionDependencies, ingestionService } from './ingestion.ts';
