import { join } from 'node:path';
import { KindredError } from '@kindred/contracts';
import { z } from 'zod';
import { checkParameters } from '../check-parameters.ts';
import { findModelFiles } from '../onnx/model-files.ts';
import { onnxParameters } from '../onnx/onnx-parameters.ts';
import type { RerankSettings } from './rerank-messages.ts';
import { RerankThread } from './rerank-thread.ts';
import type { Reranker } from './reranker.ts';
import type { RerankerDefinition, RerankerResources } from './rerankers.ts';

const { folder, dtype } = onnxParameters.shape;

const schema = z.strictObject({
  folder,
  dtype,
  /** Of query and text together; longer texts are cut. Absent: what the model takes, 512 at most. */
  maxTokens: z.number().int().min(8).max(8_192).optional(),
  /** Cores that one pair is computed on. */
  threads: z.number().int().min(1).max(64).default(1),
  /** Milliseconds until the order must be there: somebody waits for it. */
  timeoutMs: z.number().int().min(1).max(60_000).default(10_000),
});

/** Throws MODEL_UNUSABLE that names the parameter. */
export const onnxRerankerParameters = (definition: RerankerDefinition) => checkParameters(schema, definition);

/**
 * A cross-encoder from a folder in the layout of transformers.js: a classifier of pairs with one logit, or two. Needs the
 * optional package; throws MODEL_UNUSABLE that names the missing package, file or parameter.
 */
export async function openOnnxReranker(
  definition: RerankerDefinition,
  { modelFolder }: RerankerResources,
  packageName = '@huggingface/transformers',
): Promise<Reranker> {
  const parameters = onnxRerankerParameters(definition);
  if (modelFolder === undefined) {
    const message = `The reranker "${definition.name}" is read from a folder of model files, and none is configured; set MODEL_FOLDER where the search service runs`;
    throw new KindredError('MODEL_UNUSABLE', 'parameters.folder', message);
  }
  const path = join(modelFolder, parameters.folder);
  const { missing } = await findModelFiles(path, parameters.dtype);
  if (missing.length > 0) {
    const message = `The folder "${parameters.folder}" of models lacks ${missing.join(', ')}; put the whole reranker there`;
    throw new KindredError('MODEL_UNUSABLE', 'parameters.folder', message);
  }
  const { timeoutMs, ...rest } = parameters;
  const settings: RerankSettings = { ...rest, package: packageName, folder: path };
  const thread = new RerankThread(settings);
  await thread.ready;
  return new OnnxReranker(definition.name, settings, thread, timeoutMs);
}

class OnnxReranker implements Reranker {
  #closed = false;

  constructor(
    readonly name: string,
    private readonly settings: RerankSettings,
    private thread: RerankThread,
    private readonly timeoutMs: number,
  ) {}

  async rerank(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    try {
      return await this.running().score(query, texts, signal ? AbortSignal.any([signal, timeout]) : timeout);
    } catch (error) {
      signal?.throwIfAborted();
      if (!timeout.aborted) throw error;
      const message = `the reranker "${this.name}" is away: no order within ${this.timeoutMs} ms`;
      throw new KindredError('EMBEDDING_UNAVAILABLE', '', message);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.thread.close();
  }

  /** A thread that ended, for want of memory say, is replaced. */
  private running(): RerankThread {
    if (this.thread.ended && !this.#closed) this.thread = new RerankThread(this.settings);
    return this.thread;
  }
}
