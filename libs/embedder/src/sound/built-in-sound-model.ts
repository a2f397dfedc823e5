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
import { TimeSlice } from '../time-slice.ts';
import { decodeSound, defaultSoundLimits, type SoundLimits } from './decode-sound.ts';
import { logMelFrames, melRate } from './mel-bands.ts';
import { resample } from './resample.ts';
import { type SoundParameters, soundDimensions, soundVector } from './sound-vectorizer.ts';

/** A change of what a clip's vector is: raise it. */
const algorithm = 'kindred-sound-1';
/** Chosen by measurement, see docs/media.md. */
const parameters: SoundParameters = {
  bandMeans: 0.2,
  bandDeviations: 0.1,
  cepstrumMeans: 0.15,
  cepstrumDeviations: 0.05,
  cepstrumChanges: 0.05,
  course: 0.45,
};

/**
 * The sound model that needs no weights: statistics of log-mel bands and their cepstrum over the whole clip. It finds
 * copies of a clip that were changed in gain, noise or encoding, and clips that sound alike; it knows no words or songs.
 * `parameters.maxSeconds`: longer clips are refused; 300 by default. Throws MODEL_UNUSABLE.
 */
export async function builtInSoundModel(definition: ModelDefinition): Promise<EmbeddingModel> {
  const unknown = Object.keys(definition.parameters).find((each) => each !== 'maxSeconds');
  if (unknown !== undefined) throw unusable(unknown, 'is not known here: there is maxSeconds alone; leave it out');
  const { maxSeconds = defaultSoundLimits.seconds } = definition.parameters;
  if (typeof maxSeconds !== 'number' || !(maxSeconds >= 1 && maxSeconds <= 3_600))
    throw unusable('maxSeconds', 'must be a number from 1 to 3600');
  const artifactHash = createHash('sha256')
    .update(JSON.stringify([algorithm, parameters]))
    .digest('hex');
  const { name, version } = definition;
  const identity = { name, version, provider: 'sound', dimensions: soundDimensions, dtype: 'float32', artifactHash };
  return new BuiltInSoundModel(identity, { seconds: maxSeconds });
}

const unusable = (parameter: string, problem: string) =>
  new KindredError('MODEL_UNUSABLE', `parameters.${parameter}`, `The parameter "${parameter}" ${problem}`);

class BuiltInSoundModel implements EmbeddingModel {
  readonly takes = ['sound'] as const;

  constructor(
    readonly identity: ModelIdentity,
    private readonly limits: SoundLimits,
  ) {}

  /** One clip at a time, in slices: a minute of sound is about a second of work. */
  async embed(inputs: readonly EmbedInput[], _purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    checkInputs(this, inputs);
    const time = new TimeSlice(signal);
    const vectors: Float32Array[] = [];
    for (const [at, input] of inputs.entries()) {
      signal?.throwIfAborted();
      const bytes = input.kind === 'sound' ? input.bytes : new Uint8Array();
      vectors.push(await this.vectorOf(bytes, `inputs[${at}]`, time, signal));
    }
    return vectors;
  }

  async close(): Promise<void> {}

  private async vectorOf(bytes: Uint8Array, field: string, time: TimeSlice, signal?: AbortSignal) {
    const sound = await decodeSound(bytes, this.limits, field, signal);
    const frames = await logMelFrames(await resample(sound, melRate, time), time);
    const vector = frames && soundVector(frames, parameters);
    if (vector?.some(Boolean)) return vector;
    throw new KindredError(
      'MEDIA_UNREADABLE',
      field,
      `${field} is silence, which resembles nothing; send a clip with sound`,
    );
  }
}
