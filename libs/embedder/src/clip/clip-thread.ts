import { Worker } from 'node:worker_threads';
import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import type { ClipReply, ClipRequest, ClipSettings } from './clip-messages.ts';

const workerFile = new URL(`./clip-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** A CLIP model in a thread of its own. Replies come in the order of the requests. */
export class ClipThread {
  /** Length of its vectors. Rejected with MODEL_UNUSABLE where package, files or model do not work. */
  readonly dimensions: Promise<number>;
  /** Whether the thread ended: make another. */
  ended = false;
  readonly #worker: Worker;
  readonly #ready = deferred<number>();
  readonly #waiting: Deferred<Float32Array>[] = [];

  constructor(settings: ClipSettings) {
    this.dimensions = this.#ready.promise;
    this.dimensions.catch(() => undefined);
    this.#worker = new Worker(workerFile, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (reply: ClipReply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#end(new Error('The CLIP thread failed', { cause: error })));
    this.#worker.on('exit', () => this.#end(new Error('The CLIP thread ended')));
  }

  /** A vector of length 1. Any error may pass: the thread was ended, or ran out of memory. */
  embed(request: ClipRequest): Promise<Float32Array> {
    const waiting = deferred<Float32Array>();
    if (this.ended) waiting.reject(new Error('The CLIP thread ended'));
    else {
      this.#waiting.push(waiting);
      this.#worker.postMessage(request);
    }
    return waiting.promise;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(reply: ClipReply): void {
    if ('ready' in reply) this.#ready.resolve(reply.ready.dimensions);
    else if ('unusable' in reply)
      this.#end(new KindredError('MODEL_UNUSABLE', reply.unusable.field, reply.unusable.message));
    else if ('vector' in reply) this.#waiting.shift()?.resolve(reply.vector);
    else this.#waiting.shift()?.reject(new Error(`The CLIP model failed: ${reply.failed}`));
  }

  #end(error: Error): void {
    this.ended = true;
    this.#ready.reject(error);
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
