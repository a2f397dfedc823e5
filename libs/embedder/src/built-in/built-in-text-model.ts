import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
  textsOf,
} from '../embedding-model.ts';
import { TimeSlice } from '../time-slice.ts';
import { readFeatureDamping } from './feature-damping.ts';
import { readStaticTable } from './static-table.ts';
import { TextVectorizer, type VectorizerParameters } from './text-vectorizer.ts';

/** Chosen by measurement, see docs/models.md. A change here is another model: raise `version`. */
const version = '2';
export const builtInParameters: VectorizerParameters = {
  staticDimensions: 160,
  hashedDimensions: 352,
  staticShare: 0.4,
  probes: 2,
  features: { shortestGram: 4, longestGram: 5, gramDecay: 0.25, syllable: 0.5, longestWord: 64 },
  longestText: 65_536,
};

const modelFile = (name: string) => readFile(new URL(`../../models/${name}`, import.meta.url));

/**
 * Loads the model that needs no download: a static word table beside hashed words and character n-grams.
 * Reads 8 MB once; the model is ready when the promise resolves. Documents and queries are weighted alike.
 */
export async function builtInTextModel(): Promise<EmbeddingModel> {
  const [table, damping] = await Promise.all([modelFile('static-256-int8.bin'), modelFile('feature-damping.bin')]);
  const vectorizer = new TextVectorizer(readStaticTable(table), readFeatureDamping(damping), builtInParameters);
  const hash = createHash('sha256').update(table).update(damping).update(JSON.stringify(builtInParameters));
  return new BuiltInTextModel(vectorizer, {
    name: 'kindred-text',
    version,
    provider: 'built-in',
    dimensions: vectorizer.dimensions,
    dtype: 'float32',
    artifactHash: hash.digest('hex'),
  });
}

class BuiltInTextModel implements EmbeddingModel {
  readonly takes = ['text'] as const;

  constructor(
    private readonly vectorizer: TextVectorizer,
    readonly identity: ModelIdentity,
  ) {}

  async embed(inputs: readonly EmbedInput[], _purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    const texts = textsOf(this, inputs);
    const vectors: Float32Array[] = [];
    const time = new TimeSlice(signal);
    for (const text of texts) {
      signal?.throwIfAborted();
      vectors.push(this.vectorizer.vector(text));
      if (time.isOver) await time.pause();
    }
    return vectors;
  }

  async close(): Promise<void> {}
}
