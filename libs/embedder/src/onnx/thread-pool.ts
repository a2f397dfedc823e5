import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import { OnnxThread } from './onnx-thread.ts';
import type { LoadedModel, ThreadReply, ThreadRequest, ThreadSettings } from './thread-messages.ts';

export interface Asking {
  /** Goes before everything that is not urgent: somebody waits for a query. */
  urgent: boolean;
  signal?: AbortSignal;
}

interface Task extends Asking {
  request: ThreadRequest;
  answered: Deferred<ThreadReply>;
}

/** So many threads with the same model, started when they are needed; a thread that died is replaced by the next request. */
export class ThreadPool {
  readonly #urgent: Task[] = [];
  readonly #patient: Task[] = [];
  readonly #idle: OnnxThread[] = [];
  readonly #busy = new Set<Promise<void>>();
  #closed = false;

  private constructor(
    private readonly settings: ThreadSettings,
    private readonly most: number,
  ) {}

  /** Starts the first thread, to learn what the model is. */
  static async open(settings: ThreadSettings, threads: number): Promise<{ pool: ThreadPool; loaded: LoadedModel }> {
    const pool = new ThreadPool(settings, threads);
    const { thread, loaded } = await OnnxThread.start(settings);
    pool.#idle.push(thread);
    return { pool, loaded };
  }

  /** Rejects with the signal's reason, or with EMBEDDING_UNAVAILABLE when the thread died over it. */
  async ask(request: ThreadRequest, { urgent, signal }: Asking): Promise<ThreadReply> {
    signal?.throwIfAborted();
    if (this.#closed) throw new KindredError('SHUTTING_DOWN', '', 'The model is closed; open it again');
    const answered = deferred<ThreadReply>();
    const abort = () => answered.reject(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    (urgent ? this.#urgent : this.#patient).push({ request, answered, urgent, signal });
    this.#start();
    try {
      return await answered.promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Answers what was asked, takes nothing new, ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    await Promise.all(this.#idle.splice(0).map((thread) => thread.close()));
  }

  #start(): void {
    while (this.#busy.size < this.most) {
      const task = this.#next();
      if (!task) return;
      const work: Promise<void> = this.#work(task).finally(() => {
        this.#busy.delete(work);
        this.#start();
      });
      this.#busy.add(work);
    }
  }

  #next(): Task | undefined {
    for (;;) {
      const task = this.#urgent.shift() ?? this.#patient.shift();
      if (!task?.signal?.aborted) return task;
    }
  }

  async #work({ request, answered }: Task): Promise<void> {
    let thread: OnnxThread | undefined;
    try {
      thread = await this.#thread();
      answered.resolve(await thread.ask(request));
    } catch (error) {
      answered.reject(error);
    }
    if (thread && !thread.dead) this.#idle.push(thread);
  }

  async #thread(): Promise<OnnxThread> {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) if (!thread.dead) return thread;
    return (await OnnxThread.start(this.settings)).thread;
  }
}
