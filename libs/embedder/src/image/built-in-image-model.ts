import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import {
  checkInputs,
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
} from '../embedding-model.ts';
import type { ModelDefinition } from '../open-model.ts';
import { type ImageParameters, imageDimensions, imageVector } from './image-vectorizer.ts';
import { defaultPixelLimits, loadSharp, type PixelLimits, readPixels } from './read-pixels.ts';

/** A change of what a picture's vector is: raise it. */
const algorithm = 'kindred-image-1';
/** Pictures decoded at once: decoding has threads of its own, and a picture may take 150 MB. */
const atOnce = 4;

/** Chosen by measurement, see docs/media.md. */
const purposes: Readonly<Record<string, ImageParameters>> = {
  duplicates: { shape: 0.95, hash: 0.05, color: 0, focus: 0.5 },
  similar: { shape: 0.7, hash: 0.05, color: 0.25, focus: 0 },
};
const parameterNames = ['purpose', 'maxPixels'];

/**
 * The image model that needs no weights. `parameters.purpose`: "duplicates" (the same picture, changed; the default) or
 * "similar" (color counts too); `parameters.maxPixels`: larger pictures are refused. It recognises neither things nor faces.
 * A mirrored or cropped picture has another vector: query `imageViews` too. Throws MODEL_UNUSABLE.
 */
export async function builtInImageModel({ name, version, parameters }: ModelDefinition): Promise<EmbeddingModel> {
  const unknown = Object.keys(parameters).find((each) => !parameterNames.includes(each));
  if (unknown !== undefined) throw unusable(unknown, `is not one of ${parameterNames.join(', ')}; leave it out`);
  const { purpose = 'duplicates', maxPixels = defaultPixelLimits.pixels } = parameters;
  const chosen = Object.hasOwn(purposes, String(purpose)) ? purposes[String(purpose)] : undefined;
  if (!chosen) throw unusable('purpose', `must be one of ${Object.keys(purposes).join(', ')}`);
  if (typeof maxPixels !== 'number' || !Number.isSafeInteger(maxPixels) || maxPixels < 1)
    throw unusable('maxPixels', 'must be a whole number of at least 1');
  await loadSharp();
  const artifactHash = createHash('sha256')
    .update(JSON.stringify([algorithm, chosen]))
    .digest('hex');
  const dimensions = imageDimensions(chosen);
  const identity = { name, version, provider: 'image', dimensions, dtype: 'float32', artifactHash };
  return new BuiltInImageModel(identity, chosen, { ...defaultPixelLimits, pixels: maxPixels });
}

const unusable = (parameter: string, problem: string) =>
  new KindredError('MODEL_UNUSABLE', `parameters.${parameter}`, `The parameter "${parameter}" ${problem}`);

class BuiltInImageModel implements EmbeddingModel {
  readonly takes = ['image'] as const;

  constructor(
    readonly identity: ModelIdentity,
    private readonly parameters: ImageParameters,
    private readonly limits: PixelLimits,
  ) {}

  /** Every picture waits for its decoding, so others get their turn between two of them. */
  async embed(inputs: readonly EmbedInput[], _purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    checkInputs(this, inputs);
    const vectors: Float32Array[] = [];
    for (let from = 0; from < inputs.length; from += atOnce) {
      signal?.throwIfAborted();
      const few = inputs.slice(from, from + atOnce);
      vectors.push(...(await Promise.all(few.map((input, at) => this.vectorOf(input, `inputs[${from + at}]`)))));
    }
    return vectors;
  }

  async close(): Promise<void> {}

  private async vectorOf(input: EmbedInput, field: string): Promise<Float32Array> {
    const bytes = input.kind === 'image' ? input.bytes : new Uint8Array();
    return imageVector(await readPixels(bytes, this.limits, field), this.parameters);
  }
}
