import { Worker } from 'node:worker_threads';
import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import type { CloseRequest, Failed, ThreadOptions, ThreadStart } from './thread-messages.ts';

/** One worker thread with a model in it; answers one request at a time. */
export class ModelThread<Request, Answer> {
  readonly #worker: Worker;
  readonly #ended = deferred<void>();
  #pending: Deferred<unknown> | undefined;
  #dead = false;

  private constructor({ workerFile, settings }: ThreadOptions) {
    this.#worker = new Worker(workerFile, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (reply: unknown) => {
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
  static async start<Loaded, Request, Answer>(
    options: ThreadOptions,
  ): Promise<{ thread: ModelThread<Request, Answer>; loaded: Loaded }> {
    const thread = new ModelThread<Request, Answer>(options);
    const reply = (await thread.#reply()) as ThreadStart<Loaded>;
    if ('ready' in reply) return { thread, loaded: reply.ready };
    await thread.kill();
    const { field, message } = reply.unusable;
    throw new KindredError('MODEL_UNUSABLE', field, message);
  }

  get dead(): boolean {
    return this.#dead;
  }

  async ask(request: Request): Promise<Answer | Failed> {
    if (this.#dead) throw stopped('it had ended before');
    const reply = this.#reply();
    this.#worker.postMessage(request);
    return (await reply) as Answer | Failed;
  }

  /** Ends the thread when its request is answered. */
  async close(): Promise<void> {
    await this.#pending?.promise.catch(() => undefined);
    if (!this.#dead) this.#worker.postMessage({ close: true } satisfies CloseRequest);
    await this.#ended.promise;
  }

  /** Ends the thread at once. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #reply(): Promise<unknown> {
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
