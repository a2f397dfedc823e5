import { Worker } from 'node:worker_threads';
import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import type { RerankReply, RerankSettings } from './rerank-messages.ts';

const workerFile = new URL(`./rerank-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** A cross-encoder in a thread of its own, which answers one request after the other. */
export class RerankThread {
  /** Rejected with MODEL_UNUSABLE where package, files or model do not work. */
  readonly ready: Promise<void>;
  /** Whether the thread ended: make another. */
  ended = false;
  readonly #worker: Worker;
  readonly #ready = deferred<void>();
  readonly #waiting = new Map<number, Deferred<number[]>>();
  #last = 0;

  constructor(settings: RerankSettings) {
    this.ready = this.#ready.promise;
    this.ready.catch(() => undefined);
    this.#worker = new Worker(workerFile, { workerData: settings, execArgv: [] });
    this.#worker.on('message', (reply: RerankReply) => this.#receive(reply));
    this.#worker.on('error', (error) => this.#end(away(`its thread failed: ${reasonOf(error)}`)));
    this.#worker.on('exit', () => this.#end(away('its thread ended')));
  }

  /** Rejects with the signal's reason, and what is not computed by then is not. */
  async score(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    signal?.throwIfAborted();
    if (this.ended) throw away('its thread ended');
    const id = ++this.#last;
    const waiting = deferred<number[]>();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, query, texts });
    const cancel = () => {
      this.#worker.postMessage({ cancel: id });
      waiting.reject(signal!.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await waiting.promise;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(reply: RerankReply): void {
    if ('ready' in reply) this.#ready.resolve();
    else if ('unusable' in reply)
      this.#end(new KindredError('MODEL_UNUSABLE', reply.unusable.field, reply.unusable.message));
    else if ('scores' in reply) this.#waiting.get(reply.id)?.resolve(reply.scores);
    else this.#waiting.get(reply.id)?.reject(away(reply.failed));
  }

  #end(error: KindredError): void {
    this.ended = true;
    this.#ready.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
  }
}

const away = (why: string) => new KindredError('EMBEDDING_UNAVAILABLE', '', `the reranker is away: ${why}`);
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
