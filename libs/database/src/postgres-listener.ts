import pg from 'pg';
import { newClient } from './postgres-config.ts';
import { mapError } from './sql-error.ts';
import type { WireClient, WireConfig } from './wire-client.ts';

type OnNotify = (payload: string) => void;

const firstDelay = 100;
const longestDelay = 5000;

/** One connection for all LISTENs of a process, opened by the first one, reopened with backoff when it is lost. */
export class PostgresListener {
  readonly #config: WireConfig;
  readonly #channels = new Map<string, Set<OnNotify>>();
  #client: Promise<WireClient> | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** A connection was lost since everybody was last called back. */
  #missed = false;
  #closed = false;

  constructor(config: WireConfig) {
    this.#config = config;
  }

  async listen(channel: string, onNotify: OnNotify): Promise<() => Promise<void>> {
    this.#client ??= this.#connect();
    const heard = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, heard.add(onNotify));
    try {
      const client = await this.#client;
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#drop(channel, onNotify);
      throw mapError(error);
    }
    return () => this.#unlisten(channel, onNotify);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => undefined);
    await client?.end();
  }

  async #unlisten(channel: string, onNotify: OnNotify): Promise<void> {
    this.#drop(channel, onNotify);
    if (this.#channels.has(channel) || this.#closed) return;
    const client = await this.#client?.catch(() => undefined);
    // On a lost connection there is nothing to take back: the next one listens to #channels only.
    await client?.query(`unlisten ${pg.escapeIdentifier(channel)}`).catch(() => {});
  }

  #drop(channel: string, onNotify: OnNotify): void {
    const heard = this.#channels.get(channel);
    heard?.delete(onNotify);
    if (heard?.size === 0) this.#channels.delete(channel);
  }

  async #connect(): Promise<WireClient> {
    const client = newClient(this.#config);
    client.on('notification', ({ channel, payload }) => this.#call(channel, payload ?? ''));
    try {
      await client.connect();
      for (const channel of this.#channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#client = undefined;
      await client.end();
      throw error;
    }
    client.once('end', () => this.#lost());
    if (this.#missed) {
      this.#missed = false;
      for (const channel of [...this.#channels.keys()]) this.#call(channel, '');
    }
    return client;
  }

  #call(channel: string, payload: string): void {
    for (const onNotify of [...(this.#channels.get(channel) ?? [])]) onNotify(payload);
  }

  #lost(): void {
    this.#client = undefined;
    this.#missed = true;
    this.#reconnectIn(firstDelay);
  }

  #reconnectIn(delay: number): void {
    clearTimeout(this.#retry);
    if (this.#closed) return;
    this.#retry = setTimeout(
      () => {
        if (this.#closed || this.#client !== undefined) return;
        this.#client = this.#connect();
        this.#client.catch(() => this.#reconnectIn(Math.min(delay * 2, longestDelay)));
      },
      delay * (0.5 + Math.random()),
    );
  }
}
