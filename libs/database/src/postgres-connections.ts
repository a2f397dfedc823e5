import pg from 'pg';
import { deferred } from './deferred.ts';
import { cancelStatement } from './postgres-cancel.ts';
import { QuietClient } from './postgres-config.ts';
import { PostgresListener } from './postgres-listener.ts';
import { deadlineExceeded, mapError } from './sql-error.ts';
import type { Connections, Lease, WireClient, WireConfig } from './wire-client.ts';

/** A pool of pipelining connections, and one for LISTEN. */
export class PostgresConnections implements Connections {
  readonly #pool: pg.Pool;
  readonly #listener: PostgresListener;

  constructor(config: WireConfig) {
    // The pool takes its own error listener off a client that is on loan.
    this.#pool = new pg.Pool({ ...config, Client: QuietClient });
    // An idle connection that breaks is removed by the pool; the next caller gets a new one or its error.
    this.#pool.on('error', () => {});
    this.#listener = new PostgresListener({ ...config, application_name: `${config.application_name} listen` });
  }

  /** The pool has one queue: urgent is for PGlite, which has one session. */
  async acquire(_urgent: boolean, signal?: AbortSignal): Promise<Lease> {
    const connecting = this.#pool.connect() as Promise<WireClient & pg.PoolClient>;
    const client = await (signal ? beforeAbort(connecting, signal) : connecting).catch((error) => {
      throw mapError(error);
    });
    return {
      client,
      cancel: () => cancelStatement(client),
      release: (healthy) => client.release(!healthy),
    };
  }

  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, onNotify);
  }

  async close(): Promise<void> {
    await Promise.all([this.#listener.close(), this.#pool.end()]);
  }
}

async function beforeAbort<Client extends pg.PoolClient>(
  connecting: Promise<Client>,
  signal: AbortSignal,
): Promise<Client> {
  const aborted = deferred<never>();
  const onAbort = () => aborted.reject(deadlineExceeded(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([connecting, aborted.promise]);
  } catch (error) {
    if (signal.aborted)
      connecting.then(
        (client) => client.release(),
        () => {},
      ); // nobody waits for it any more
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
