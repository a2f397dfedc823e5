export { builtInTextModel } from './built-in/built-in-text-model.ts';
export {
  checkInputs,
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  embedTexts,
  type InputKind,
  type ModelIdentity,
} from './embedding-model.ts';
export { imageViews } from './image/image-views.ts';
export { loadMedia } from './media/load-media.ts';
export { defaultMediaLimits, type MediaLimits, type MediaResources } from './media/media-access.ts';
export { ModelPool } from './model-pool.ts';
export { type ModelDefinition, type ModelResources, openModel } from './open-model.ts';
export type { ModelUsage } from './openai/model-usage.ts';
export {
  type MediaAccess,
  type MediaSettings,
  type ModelSettings,
  mediaAccess,
  openModelPool,
} from './process-resources.ts';
export type { Reranker } from './rerank/reranker.ts';
export { type RerankerDefinition, type RerankerResources, Rerankers } from './rerank/rerankers.ts';
export { UsageMetrics } from './usage-metrics.ts';
export type { CorpusFile, SentenceUnit } from './words/corpus-sentences.ts';
export { type ExpansionOptions, type ExtraWord, expandQuery } from './words/expand-query.ts';
export { OpenWordModels } from './words/open-word-models.ts';
export type { TrainingProgress } from './words/train-skip-gram.ts';
export { type TrainedWords, trainWords } from './words/train-words.ts';
export { checkTraining, defaultTraining, type TrainingParameters } from './words/training-parameters.ts';
export { writeWordArtifact } from './words/word-artifact.ts';
export { readWordFile, type WordFileFormat, wordFileLimits, writeWordFile } from './words/word-files.ts';
export { type Neighbor, WordModel } from './words/word-model.ts';
