import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { type Deferred, deferred } from './deferred.ts';

export interface PgliteFiles {
  /** Folder of the PostgreSQL files; in memory without it. */
  dataFolder?: string;
  snapshot?: string;
}

type Reply =
  | { bytes: Uint8Array }
  | { ready: true }
  | { dumped: true; error?: string }
  | { closed: true }
  | { failed: string };

/** 64 MB keep a 20,000-item demo in memory; PGlite's default of 128 MB is never given back to the machine. */
const settings = ['-c', 'shared_buffers=64MB', '-c', 'max_wal_size=256MB'];
const workerFile = new URL(`./pglite-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * PGlite in a thread of its own, seen as the socket of a PostgreSQL server: `stream` is what `pg` connects to, so
 * both drivers share protocol, types and prepared statements.
 */
export class PgliteProcess {
  readonly stream: PgliteStream;
  readonly #worker: Worker;
  readonly #started = deferred<void>();
  readonly #ended = deferred<void>();
  #dumped: Deferred<void> | undefined;
  #closing = false;

  /** `onFailure` is told once when the thread ends without being asked to. */
  constructor(files: PgliteFiles, onFailure: (error: Error) => void) {
    this.#worker = new Worker(workerFile, { workerData: { ...files, settings }, execArgv: [] });
    this.stream = new PgliteStream(this.#worker);
    const fail = (error: Error) => {
      if (this.#closing) return;
      this.#closing = true;
      this.#started.reject(error);
      this.#dumped?.reject(error);
      onFailure(error);
      this.stream.destroy(error);
    };
    this.#worker.on('message', (reply: Reply) => this.#receive(reply, fail));
    this.#worker.on('error', (error) => fail(failure(error instanceof Error ? error.message : String(error))));
    this.#worker.on('exit', (code) => {
      fail(failure(`exit code ${code}`));
      this.#ended.resolve();
    });
  }

  /** Resolves when PostgreSQL is up; recovery after a kill included. */
  started(): Promise<void> {
    return this.#started.promise;
  }

  /** Resolves when the thread is gone, for whatever reason. */
  ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Call only while nobody holds the session. */
  async dump(file: string): Promise<void> {
    this.#dumped = deferred();
    this.#worker.postMessage({ dump: file });
    await this.#dumped.promise;
  }

  /** Shuts PostgreSQL down in order. */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#worker.postMessage({ close: true });
    }
    await this.#ended.promise;
    this.stream.destroy();
  }

  #receive(reply: Reply, fail: (error: Error) => void): void {
    if ('bytes' in reply) {
      this.stream.push(Buffer.from(reply.bytes.buffer, reply.bytes.byteOffset, reply.bytes.byteLength));
    } else if ('ready' in reply) {
      this.#started.resolve();
    } else if ('dumped' in reply) {
      if (reply.error === undefined) this.#dumped?.resolve();
      else this.#dumped?.reject(new Error(reply.error));
    } else if ('failed' in reply) {
      fail(failure(reply.failed));
    }
  }
}

function failure(reason: string): Error {
  return new Error(`Connection terminated: the embedded database stopped (${reason}); start again to recover`);
}

/** The part of net.Socket that `pg` uses, over the worker's messages. */
export class PgliteStream extends Duplex {
  readonly #worker: Worker;

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#post(new Uint8Array(chunk));
    done();
  }

  /** What was corked together is executed together: one message there, one back. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#post(new Uint8Array(Buffer.concat(chunks.map(({ chunk }) => chunk))));
    done();
  }

  #post(bytes: Uint8Array<ArrayBuffer>): void {
    this.#worker.postMessage(bytes, [bytes.buffer]);
  }
}
