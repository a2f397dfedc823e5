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
export { mirroredImage } from './image/mirrored-image.ts';
export { isTransient } from './is-transient.ts';
export { loadMedia } from './media/load-media.ts';
export { defaultMediaLimits, type MediaLimits, type MediaResources } from './media/media-access.ts';
export { checkMediaType, type MediaKind, type MediaType, mediaTypeOf } from './media/media-type.ts';
export { ModelPool, type ResourcesOf } from './model-pool.ts';
export { type ModelDefinition, type ModelResources, openModel } from './open-model.ts';
export type { ModelUsage } from './openai/model-usage.ts';
export { OpenAiTextModel } from './openai/openai-text-model.ts';
export {
  type MediaAccess,
  type MediaSettings,
  type ModelSettings,
  mediaAccess,
  modelResources,
} from './process-resources.ts';
export type { CorpusFile, SentenceUnit } from './words/corpus-sentences.ts';
export { type ExpansionOptions, type ExtraWord, expandQuery } from './words/expand-query.ts';
export type { TrainingProgress } from './words/train-skip-gram.ts';
export { type TrainedWords, trainWords } from './words/train-words.ts';
export { checkTraining, defaultTraining, type TrainingParameters } from './words/training-parameters.ts';
export { readWordArtifact, writeWordArtifact } from './words/word-artifact.ts';
export { wordEmbeddingModel } from './words/word-embedding-model.ts';
export { readWordFile, type WordFileFormat, wordFileLimits, writeWordFile } from './words/word-files.ts';
export { type Neighbor, WordModel } from './words/word-model.ts';
