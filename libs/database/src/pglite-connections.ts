import pg from 'pg';
import type { PgliteProcess } from './pglite-process.ts';
import { SessionQueue } from './session-queue.ts';
import { mapError } from './sql-error.ts';
import type { Connections, Lease, WireClient } from './wire-client.ts';

type OnNotify = (payload: string) => void;

/** PGlite's single session, lent to one caller at a time. Statements that run cannot be canceled. */
export class PgliteConnections implements Connections {
  readonly #worker: PgliteProcess;
  readonly #client: WireClient;
  readonly #queue = new SessionQueue();
  readonly #channels = new Map<string, Set<OnNotify>>();
  #closed: Promise<void> | undefined;

  constructor(worker: PgliteProcess, client: WireClient) {
    this.#worker = worker;
    this.#client = client;
    client.on('notification', ({ channel, payload }) => {
      for (const onNotify of [...(this.#channels.get(channel) ?? [])]) onNotify(payload ?? '');
    });
  }

  async acquire(urgent: boolean, signal?: AbortSignal): Promise<Lease> {
    const giveOn = await this.#queue.acquire(urgent, signal);
    return { client: this.#client, release: (healthy) => this.#release(healthy, giveOn) };
  }

  /** Runs `work` while nobody else holds the session. */
  async exclusively<Result>(work: (client: WireClient) => Promise<Result>): Promise<Result> {
    const giveOn = await this.#queue.acquire(false);
    try {
      return await work(this.#client);
    } catch (error) {
      throw mapError(error);
    } finally {
      giveOn();
    }
  }

  async listen(channel: string, onNotify: OnNotify): Promise<() => Promise<void>> {
    const heard = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, heard.add(onNotify));
    await this.exclusively((client) => client.query(`listen ${pg.escapeIdentifier(channel)}`));
    return async () => {
      heard.delete(onNotify);
      if (heard.size > 0 || this.#closed) return;
      this.#channels.delete(channel);
      await this.exclusively((client) => client.query(`unlisten ${pg.escapeIdentifier(channel)}`));
    };
  }

  async dump(file: string): Promise<void> {
    await this.exclusively(() => this.#worker.dump(file));
  }

  /** The thread is gone: what is pending is rejected through the client, what waits or comes later here. */
  fail(error: Error): void {
    this.#queue.fail(mapError(error) as Error);
  }

  /** Waits for whoever holds the session. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const held = this.#queue.acquire(false);
    await held.catch(() => {}); // a thread that has ended has nothing to finish
    this.#queue.fail(mapError(new Error('Client was closed and is not queryable')) as Error);
    await this.#worker.close();
  }

  /** There is no other session to replace a broken one with. */
  #release(healthy: boolean, giveOn: () => void): void {
    if (!healthy) this.fail(new Error('Connection terminated: the embedded session is broken; start again to recover'));
    giveOn();
  }
}
