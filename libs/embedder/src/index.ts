export { builtInTextModel } from './built-in-text-model.ts';
export type { EmbeddingModel, EmbedPurpose, ModelIdentity } from './embedding-model.ts';
