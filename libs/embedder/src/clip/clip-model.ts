import { KindredError } from '@kindred/contracts';
import {
  checkInputs,
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
} from '../embedding-model.ts';
import { defaultPixelLimits, readShape } from '../image/read-pixels.ts';
import { fileSuffixes, type OnnxDtype } from '../onnx/onnx-parameters.ts';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import { ThreadPool } from '../threads/thread-pool.ts';
import { unanswered } from '../threads/unanswered.ts';
import { findClipFiles } from './clip-files.ts';
import type { ClipAnswer, ClipRequest, ClipSettings, LoadedClip } from './clip-messages.ts';

const workerFile = new URL(`./clip-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

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
  const settings: ClipSettings = { package: packageName, folder: files.folder, dtype, threads };
  // One thread: an input is computed on `threads` cores, and inputs one at a time.
  const { pool, loaded } = await ThreadPool.open<LoadedClip, ClipRequest, ClipAnswer>({ workerFile, settings }, 1);
  const { name, version } = definition;
  const identity = { name, version, provider: 'clip', ...loaded, dtype, artifactHash: files.hash };
  return new ClipModel(identity, pool);
}

function clipParameters({ parameters }: ModelDefinition): { folder: string; dtype: OnnxDtype; threads: number } {
  const unknown = Object.keys(parameters).find((each) => !parameterNames.includes(each));
  if (unknown !== undefined) throw unusable(unknown, `is not one of ${parameterNames.join(', ')}; leave it out`);
  const { folder, dtype = 'fp32', threads = 1 } = parameters;
  if (typeof folder !== 'string' || folder === '') throw unusable('folder', 'must name a folder of models');
  if (typeof dtype !== 'string' || !Object.hasOwn(fileSuffixes, dtype))
    throw unusable('dtype', `must be one of ${Object.keys(fileSuffixes).join(', ')}`);
  if (typeof threads !== 'number' || !Number.isInteger(threads) || threads < 1 || threads > 64)
    throw unusable('threads', 'must be a whole number from 1 to 64');
  return { folder, dtype: dtype as OnnxDtype, threads };
}

const unusable = (parameter: string, problem: string) =>
  new KindredError('MODEL_UNUSABLE', `parameters.${parameter}`, `The parameter "${parameter}" ${problem}`);

class ClipModel implements EmbeddingModel {
  readonly takes = ['text', 'image'] as const;

  constructor(
    readonly identity: ModelIdentity,
    private readonly pool: ThreadPool<ClipRequest, ClipAnswer>,
  ) {}

  /** An aborted call leaves at most one input to the thread. */
  async embed(inputs: readonly EmbedInput[], purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    checkInputs(this, inputs);
    const vectors: Float32Array[] = [];
    for (const [at, input] of inputs.entries()) {
      const request = await requestOf(input, `inputs[${at}]`);
      const reply = await this.pool.ask(request, { urgent: purpose === 'query', signal });
      vectors.push('vector' in reply ? reply.vector : unanswered(reply));
    }
    return vectors;
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

async function requestOf(input: EmbedInput, field: string): Promise<ClipRequest> {
  if (input.kind === 'text') return { text: input.text };
  if (input.kind === 'image') return await readShape(input.bytes, shorterSide, defaultPixelLimits, field);
  throw new KindredError('INPUT_KIND_NOT_TAKEN', field, `${field} is a sound, and CLIP takes texts and images`);
}
