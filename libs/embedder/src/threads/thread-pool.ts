import { KindredError } from '@kindred/contracts';
import { type Deferred, deferred } from '../deferred.ts';
import { ModelThread } from './model-thread.ts';
import type { Failed, ThreadOptions } from './thread-messages.ts';

export interface Asking {
  /** Goes before everything that is not urgent: somebody waits for a query. */
  urgent: boolean;
  signal?: AbortSignal;
}

interface Task<Request, Answer> extends Asking {
  request: Request;
  answered: Deferred<Answer | Failed>;
}

/** So many threads with the same model, started when they are needed; a thread that died is replaced by the next request. */
export class ThreadPool<Request, Answer> {
  readonly #urgent: Task<Request, Answer>[] = [];
  readonly #patient: Task<Request, Answer>[] = [];
  readonly #idle: ModelThread<Request, Answer>[] = [];
  readonly #busy = new Set<Promise<void>>();
  #closed = false;

  private constructor(
    private readonly options: ThreadOptions,
    private readonly most: number,
  ) {}

  /** Starts the first thread, to learn what the model is. */
  static async open<Loaded, Request, Answer>(
    options: ThreadOptions,
    threads: number,
  ): Promise<{ pool: ThreadPool<Request, Answer>; loaded: Loaded }> {
    const pool = new ThreadPool<Request, Answer>(options, threads);
    const { thread, loaded } = await ModelThread.start<Loaded, Request, Answer>(options);
    pool.#idle.push(thread);
    return { pool, loaded };
  }

  /** Rejects with the signal's reason, or with EMBEDDING_UNAVAILABLE when the thread died over it. */
  async ask(request: Request, { urgent, signal }: Asking): Promise<Answer | Failed> {
    signal?.throwIfAborted();
    if (this.#closed) throw new KindredError('SHUTTING_DOWN', '', 'The model is closed; open it again');
    const answered = deferred<Answer | Failed>();
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

  #next(): Task<Request, Answer> | undefined {
    for (;;) {
      const task = this.#urgent.shift() ?? this.#patient.shift();
      if (!task?.signal?.aborted) return task;
    }
  }

  async #work({ request, answered }: Task<Request, Answer>): Promise<void> {
    let thread: ModelThread<Request, Answer> | undefined;
    try {
      thread = await this.#thread();
      answered.resolve(await thread.ask(request));
    } catch (error) {
      answered.reject(error);
    }
    if (thread && !thread.dead) this.#idle.push(thread);
  }

  async #thread(): Promise<ModelThread<Request, Answer>> {
    for (let thread = this.#idle.pop(); thread; thread = this.#idle.pop()) if (!thread.dead) return thread;
    return (await ModelThread.start<unknown, Request, Answer>(this.options)).thread;
  }
}
