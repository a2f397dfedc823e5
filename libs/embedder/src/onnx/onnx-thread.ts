import { Worker } from 'node:worker_threads';
import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import type { LoadedModel, ThreadReply, ThreadRequest, ThreadSettings } from './thread-messages.ts';

const workerFile = new URL(`./onnx-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** One worker thread with a model in it; answers one request at a time. */
export class OnnxThread {
  readonly #worker: Worker;
  readonly #ended = deferred<void>();
  #pending: Deferred<ThreadReply> | undefined;
  #dead = false;

  private constructor(settings: ThreadSettings) {
    this.#worker = new Worker(workerFile, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (reply: ThreadReply) => {
      const pending = this.#pending;
      this.#pending = undefined;
      pending?.resolve(reply);
    });
    this.#worker.on('messageerror', (error) => this.#end(error.message));
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (code) => {
      this.#end(`exit code ${code}`);
      this.#ended.resolve();
    });
  }

  /** Resolves when the model is loaded; rejects with MODEL_UNUSABLE where it cannot be. */
  static async start(settings: ThreadSettings): Promise<{ thread: OnnxThread; loaded: LoadedModel }> {
    const thread = new OnnxThread(settings);
    const reply = await thread.#reply();
    if ('ready' in reply) return { thread, loaded: reply.ready };
    await thread.kill();
    const { field, message } = 'unusable' in reply ? reply.unusable : { field: '', message: 'the thread lost its way' };
    throw new KindredError('MODEL_UNUSABLE', field, message);
  }

  get dead(): boolean {
    return this.#dead;
  }

  ask(request: ThreadRequest): Promise<ThreadReply> {
    if (this.#dead) return Promise.reject(stopped('it had ended before'));
    const reply = this.#reply();
    this.#worker.postMessage(request);
    return reply;
  }

  /** Ends the thread when its request is answered. */
  async close(): Promise<void> {
    await this.#pending?.promise.catch(() => undefined);
    if (!this.#dead) this.#worker.postMessage({ close: true } satisfies ThreadRequest);
    await this.#ended.promise;
  }

  /** Ends the thread at once. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #reply(): Promise<ThreadReply> {
    this.#pending = deferred();
    return this.#pending.promise;
  }

  #end(reason: string): void {
    this.#dead = true;
    this.#pending?.reject(stopped(reason));
    this.#pending = undefined;
  }
}

function stopped(reason: string): KindredError {
  return new KindredError(
    'EMBEDDING_UNAVAILABLE',
    '',
    `The thread of the model stopped (${reason}); the next call starts another`,
  );
}
