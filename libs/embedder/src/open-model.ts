import { KindredError } from '@kindred/contracts';
import { builtInTextModel } from './built-in/built-in-text-model.ts';
import { openClipModel } from './clip/clip-model.ts';
import type { EmbeddingModel, ModelIdentity } from './embedding-model.ts';
import { builtInImageModel } from './image/built-in-image-model.ts';
import { openOnnxTextModel } from './onnx/onnx-text-model.ts';
import type { ModelUsage } from './openai/model-usage.ts';
import { openOpenAiTextModel } from './openai/openai-text-model.ts';
import { builtInSoundModel } from './sound/built-in-sound-model.ts';
import { openWordEmbeddingModel } from './words/word-embedding-model.ts';

/** What a model is made from, as the registry keeps it. Holds no secrets. */
export interface ModelDefinition {
  name: string;
  version: string;
  /** A key of `providers`. */
  provider: string;
  /** The provider's own settings, checked by it. */
  parameters: Readonly<Record<string, unknown>>;
}

/** What the process that opens models lends to them. */
export interface ModelResources {
  /** Where folders of model files are looked for. Absent: such models are refused. */
  modelFolder?: string;
  /** Whether files a folder lacks may be fetched from the hub. */
  allowDownloads?: boolean;
  /** Address of a mirror of the hub; the Hugging Face hub without it. */
  hubAddress?: string;
  /** Value of a secret by its name, like "OPENAI_API_KEY"; never stored, never logged. */
  secret?(name: string): string | undefined;
  /** Bytes of a stored artifact by its SHA-256, hex. */
  artifact?(hash: string): Promise<Uint8Array>;
  /** Told after each answered or failed request to a provider that is paid by use. */
  onUsage?(model: Pick<ModelIdentity, 'name' | 'version' | 'provider'>, usage: ModelUsage): void;
  log?(entry: { level: 'info' | 'warn'; message: string; fields: Record<string, unknown> }): void;
}

/** Opens a model: reads its files, checks its parameters, computes its identity. */
type Provider = (definition: ModelDefinition, resources: ModelResources) => Promise<EmbeddingModel>;

const providers: Readonly<Record<string, Provider>> = {
  'built-in': () => builtInTextModel(),
  image: builtInImageModel,
  sound: builtInSoundModel,
  clip: (definition, resources) => openClipModel(definition, resources),
  onnx: openOnnxTextModel,
  openai: openOpenAiTextModel,
  words: openWordEmbeddingModel,
};

/** Throws a KindredError MODEL_UNUSABLE that names the missing package, file or parameter. */
export function openModel(definition: ModelDefinition, resources: ModelResources = {}): Promise<EmbeddingModel> {
  const open = providers[definition.provider];
  if (open) return open(definition, resources);
  const known = Object.keys(providers).join(', ');
  const message = `There is no provider "${definition.provider}"; choose one of ${known}`;
  return Promise.reject(new KindredError('MODEL_UNUSABLE', 'provider', message));
}
