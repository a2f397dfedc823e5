import { join } from 'node:path';
import { KindredError } from '@kindred/contracts';
import { checkParameters } from '../check-parameters.ts';
import {
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
  textsOf,
} from '../embedding-model.ts';
import { hashFiles } from '../hash-files.ts';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import type { Asking } from '../threads/thread-pool.ts';
import { unanswered } from '../threads/unanswered.ts';
import { lengthBatches } from './length-batches.ts';
import { findModelFiles, type ModelFiles } from './model-files.ts';
import type { LoadedModel, ThreadSettings } from './onnx-messages.ts';
import { type OnnxParameters, onnxParameters } from './onnx-parameters.ts';
import { type OnnxThreads, openOnnxThreads } from './onnx-threads.ts';

/** Texts that a thread turns into tokens at a time. */
const tokenizedTogether = 64;
const transformersPackage = '@huggingface/transformers';

/**
 * Opens an ONNX model of text in the layout of transformers.js, from a folder or, where allowed, the hub; parameters:
 * `onnxParameters`. A MODEL_UNUSABLE names the missing package, file or parameter.
 */
export async function openOnnxTextModel(
  definition: ModelDefinition,
  resources: ModelResources,
  packageName = transformersPackage,
): Promise<EmbeddingModel> {
  const parameters = checkParameters(onnxParameters, definition);
  const { folder, dtype, pooling, maxTokens, queryPrefix, documentPrefix } = parameters;
  const path = join(folderOfModels(definition, resources), folder);
  const found = await findModelFiles(path, dtype);
  const { missing } = found;
  if (missing.length > 0 && !resources.allowDownloads) throw missingFile(definition, folder, found);
  const settings: ThreadSettings = { package: packageName, model: path, dtype, pooling, maxTokens };
  if (missing.length > 0) {
    settings.model = folder;
    settings.download = { into: resources.modelFolder!, hubAddress: resources.hubAddress };
    resources.log?.({
      level: 'info',
      message: 'fetching a model',
      fields: { model: definition.name, folder, missing },
    });
  }
  const { pool, loaded } = await startPool(definition, settings, parameters.threads);
  const files = await findModelFiles(path, dtype);
  const decisive = { dtype, pooling, queryPrefix, documentPrefix, maxTokens: loaded.maxTokens };
  const hash = await hashFiles(path, files.present, JSON.stringify(decisive));
  const identity: ModelIdentity = {
    name: definition.name,
    version: definition.version,
    provider: 'onnx',
    dimensions: loaded.dimensions,
    dtype,
    artifactHash: hash,
  };
  return new OnnxTextModel(identity, pool, parameters, loaded);
}

function folderOfModels({ name }: ModelDefinition, { modelFolder }: ModelResources): string {
  if (modelFolder !== undefined) return modelFolder;
  const message = `The model "${name}" is read from a folder of model files, and none is configured; set MODEL_FOLDER where the embedding service runs`;
  throw new KindredError('MODEL_UNUSABLE', 'parameters.folder', message);
}

function missingFile({ name }: ModelDefinition, folder: string, { missing, dtypes }: ModelFiles): KindredError {
  const files = missing.map((path) => `${folder}/${path}`).join(', ');
  const other = dtypes.length > 0 ? `set dtype to what is there (${dtypes.join(', ')}), ` : '';
  const message = `The model "${name}" lacks ${files} in the folder of models; put it there, ${other}or allow downloads (allowDownloads)`;
  return new KindredError('MODEL_UNUSABLE', 'parameters.folder', message);
}

async function startPool({ name }: ModelDefinition, settings: ThreadSettings, threads: number) {
  try {
    return await openOnnxThreads(settings, threads);
  } catch (error) {
    if (!(error instanceof KindredError) || error.code !== 'MODEL_UNUSABLE') throw error;
    throw new KindredError(error.code, error.field, `The model "${name}": ${error.message}`);
  }
}

/** A text without any token is all zeros, and never reaches the model. */
class OnnxTextModel implements EmbeddingModel {
  readonly takes = ['text'] as const;

  constructor(
    readonly identity: ModelIdentity,
    private readonly pool: OnnxThreads,
    private readonly parameters: OnnxParameters,
    private readonly loaded: LoadedModel,
  ) {}

  async embed(inputs: readonly EmbedInput[], purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    const texts = textsOf(this, inputs);
    signal?.throwIfAborted();
    const { queryPrefix, documentPrefix } = this.parameters;
    const prefix = purpose === 'query' ? queryPrefix : documentPrefix;
    const failed = new AbortController();
    const asking = {
      urgent: purpose === 'query',
      signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
    };
    try {
      return await this.vectors(await this.tokens(texts, prefix, asking), asking);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  /** Token ids per text; none for a blank one. */
  private async tokens(texts: readonly string[], prefix: string, asking: Asking): Promise<Int32Array[]> {
    const starts = Array.from(
      { length: Math.ceil(texts.length / tokenizedTogether) },
      (_, at) => at * tokenizedTogether,
    );
    const groups = await Promise.all(
      starts.map(async (start) => {
        const group = texts.slice(start, start + tokenizedTogether);
        const prefixed = group.map((text) => (text.trim() === '' ? '' : prefix + text));
        const reply = await this.pool.ask({ tokenize: prefixed }, asking);
        return 'tokens' in reply ? reply.tokens : unanswered(reply);
      }),
    );
    return groups.flat();
  }

  private async vectors(tokens: readonly Int32Array[], asking: Asking): Promise<Float32Array[]> {
    const { dimensions, batches } = this.loaded;
    const vectors = tokens.map(() => new Float32Array(dimensions));
    const asked = [...tokens.keys()].filter((at) => tokens[at]!.length > 0);
    const lengths = asked.map((at) => tokens[at]!.length);
    await Promise.all(
      lengthBatches(lengths, this.parameters.batchTokens).map(async (batch) => {
        const places = batch.map((index) => asked[index]!);
        const reply = await this.pool.ask({ embed: places.map((at) => tokens[at]!), together: batches }, asking);
        const flat = 'vectors' in reply ? reply.vectors : unanswered(reply);
        for (const [row, at] of places.entries()) vectors[at] = flat.slice(row * dimensions, (row + 1) * dimensions);
      }),
    );
    this.checkFinite(vectors);
    return vectors;
  }

  private checkFinite(vectors: readonly Float32Array[]): void {
    const at = vectors.findIndex((vector) => !vector.every(Number.isFinite));
    if (at === -1) return;
    const message = `The model "${this.identity.name}" gives inputs[${at}] a vector that is not finite; choose another dtype`;
    throw new KindredError('MODEL_UNUSABLE', `inputs[${at}]`, message);
  }
}
