import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import { type EmbeddingModel, type EmbedInput, type ModelIdentity, textsOf } from '../embedding-model.ts';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import { splitSentence } from './split-sentence.ts';
import { addScaled, normalize } from './unit-vectors.ts';
import { readWordArtifact } from './word-artifact.ts';
import type { WordModel } from './word-model.ts';

/** The a of smooth inverse frequency, a / (a + share of the word) (Arora et al. 2017, section 3). */
const smoothing = 1e-3;

/**
 * The provider "words": a text is the weighted mean of its words' vectors. `parameters.artifact` is the SHA-256, hex, of
 * a stored word model. Throws a KindredError MODEL_UNUSABLE where it is missing or damaged.
 */
export async function openWordEmbeddingModel(
  definition: ModelDefinition,
  resources: ModelResources,
): Promise<EmbeddingModel> {
  const { artifact } = definition.parameters;
  if (typeof artifact !== 'string' || !/^[0-9a-f]{64}$/.test(artifact)) {
    const message =
      'parameters.artifact must be the SHA-256 of a word model, 64 hex digits; "kindred words train" prints it';
    throw new KindredError('MODEL_UNUSABLE', 'parameters.artifact', message);
  }
  if (!resources.artifact) {
    const message = 'This process has no store of artifacts, so it cannot open a word model';
    throw new KindredError('MODEL_UNUSABLE', 'parameters.artifact', message);
  }
  return wordEmbeddingModel(definition, await resources.artifact(artifact));
}

/** A word model as an embedding model. */
export function wordEmbeddingModel(
  { name, version }: Pick<ModelDefinition, 'name' | 'version'>,
  artifact: Uint8Array,
): EmbeddingModel {
  const words = readWordArtifact(artifact);
  const artifactHash = createHash('sha256').update(artifact).digest('hex');
  const { dimensions } = words;
  return new WordEmbeddingModel(words, {
    name,
    version,
    provider: 'words',
    dimensions,
    dtype: 'float32',
    artifactHash,
  });
}

class WordEmbeddingModel implements EmbeddingModel {
  readonly takes = ['text'] as const;

  constructor(
    private readonly words: WordModel,
    readonly identity: ModelIdentity,
  ) {}

  async embed(inputs: readonly EmbedInput[], _purpose: unknown, signal?: AbortSignal): Promise<Float32Array[]> {
    return textsOf(this, inputs).map((text) => {
      signal?.throwIfAborted();
      return this.vector(text);
    });
  }

  async close(): Promise<void> {}

  private vector(text: string): Float32Array {
    const sum = new Float32Array(this.identity.dimensions);
    for (const word of splitSentence(text)) {
      const unit = this.words.unitVector(word);
      if (unit) addScaled(sum, unit, smoothing / (smoothing + this.words.shareOf(word)));
    }
    return normalize(sum);
  }
}
