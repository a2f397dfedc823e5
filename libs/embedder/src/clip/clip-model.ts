import { KindredError } from '@kindred/contracts';
import {
  checkInputs,
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
} from '../embedding-model.ts';
import { defaultPixelLimits, readShape } from '../image/read-pixels.ts';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import { type ClipDtype, findClipFiles, suffixes } from './clip-files.ts';
import type { ClipRequest, ClipSettings } from './clip-messages.ts';
import { ClipThread } from './clip-thread.ts';

/** Shorter side that pictures are brought to before the model's own preprocessing: above what any CLIP looks at. */
const shorterSide = 512;
const parameterNames = ['folder', 'dtype', 'threads'];

/**
 * A CLIP model from a folder: pictures and the texts that describe them in one space. `parameters.folder`: below the
 * process's folder of models, in the layout of transformers.js with onnx/text_model and onnx/vision_model; `dtype`: which
 * of its files, "fp32" by default; `threads`: cores for one input, 1 by default. Needs the optional package; throws
 * MODEL_UNUSABLE that names what is missing.
 */
export async function openClipModel(
  definition: ModelDefinition,
  resources: ModelResources,
  packageName = '@huggingface/transformers',
): Promise<EmbeddingModel> {
  const { folder, dtype, threads } = clipParameters(definition);
  if (resources.modelFolder === undefined)
    throw unusable('folder', 'cannot be found: this process has no folder of models; have the operator set it');
  const files = await findClipFiles(resources.modelFolder, folder, dtype);
  const settings = { package: packageName, folder: files.folder, dtype, threads };
  const thread = new ClipThread(settings);
  const dimensions = await thread.dimensions;
  const { name, version } = definition;
  const identity = { name, version, provider: 'clip', dimensions, dtype, artifactHash: files.hash };
  return new ClipModel(identity, settings, thread);
}

function clipParameters({ parameters }: ModelDefinition): { folder: string; dtype: ClipDtype; threads: number } {
  const unknown = Object.keys(parameters).find((each) => !parameterNames.includes(each));
  if (unknown !== undefined) throw unusable(unknown, `is not one of ${parameterNames.join(', ')}; leave it out`);
  const { folder, dtype = 'fp32', threads = 1 } = parameters;
  if (typeof folder !== 'string' || folder === '') throw unusable('folder', 'must name a folder of models');
  if (typeof dtype !== 'string' || !Object.hasOwn(suffixes, dtype))
    throw unusable('dtype', `must be one of ${Object.keys(suffixes).join(', ')}`);
  if (typeof threads !== 'number' || !Number.isInteger(threads) || threads < 1 || threads > 64)
    throw unusable('threads', 'must be a whole number from 1 to 64');
  return { folder, dtype: dtype as ClipDtype, threads };
}

const unusable = (parameter: string, problem: string) =>
  new KindredError('MODEL_UNUSABLE', `parameters.${parameter}`, `The parameter "${parameter}" ${problem}`);

class ClipModel implements EmbeddingModel {
  readonly takes = ['text', 'image'] as const;
  #closed = false;

  constructor(
    readonly identity: ModelIdentity,
    private readonly settings: ClipSettings,
    private thread: ClipThread,
  ) {}

  /** An aborted call leaves at most one input to the thread. */
  async embed(inputs: readonly EmbedInput[], _purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    checkInputs(this, inputs);
    const vectors: Float32Array[] = [];
    for (const [at, input] of inputs.entries()) {
      signal?.throwIfAborted();
      const request = await requestOf(input, `inputs[${at}]`);
      vectors.push(await this.running().embed(request));
    }
    return vectors;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.thread.close();
  }

  /** A thread that ended, for want of memory say, is replaced. */
  private running(): ClipThread {
    if (this.thread.ended && !this.#closed) this.thread = new ClipThread(this.settings);
    return this.thread;
  }
}

async function requestOf(input: EmbedInput, field: string): Promise<ClipRequest> {
  if (input.kind === 'text') return { text: input.text };
  if (input.kind === 'image') return await readShape(input.bytes, shorterSide, defaultPixelLimits, field);
  throw new KindredError('INPUT_KIND_NOT_TAKEN', field, `${field} is a sound, and CLIP takes texts and images`);
}
