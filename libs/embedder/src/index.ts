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
export { type ModelDefinition, type ModelResources, openModel } from './open-model.ts';
