import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, DatabaseFeatures, Scope, Sql } from './database.ts';
import { deferred } from './deferred.ts';
import type { FoundFeatures } from './features.ts';
import { vectorArrayBytes, vectorBytes } from './parameters.ts';
import { scopeStep } from './scope-sql.ts';
import { deadlineExceeded, isStaleStatement, needsMigration } from './sql-error.ts';
import { StatementNames } from './statement-names.ts';
import { runTransaction, statementOf } from './transaction.ts';
import { type Connections, forgetStatements, type Lease, sendScoped, type WireClient } from './wire-client.ts';

type Run<Result> = (client: WireClient) => Promise<Result>;

/** Database over the PostgreSQL wire protocol; the drivers differ in where their connections come from. */
export class SqlDatabase implements Database {
  readonly driver: Database['driver'];
  readonly connections: Connections;
  readonly #names = new StatementNames();
  readonly #inside = new AsyncLocalStorage<{ running: boolean }>();
  #found: FoundFeatures | undefined;

  /** `found` is undefined for an embedded database that is still to be migrated. */
  constructor(driver: Database['driver'], connections: Connections, found: FoundFeatures | undefined) {
    this.driver = driver;
    this.connections = connections;
    this.#found = found;
  }

  get features(): DatabaseFeatures {
    return this.#ready();
  }

  /** What the server can do from now on; undefined while it must not be used. */
  refresh(found: FoundFeatures | undefined): void {
    this.#found = found;
  }

  async query<Row>(scope: Scope, text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.#ready();
    const statement = statementOf(this.#names, text, values);
    const step = scopeStep(scope);
    const run = (client: WireClient) => sendScoped(client, step, statement) as Promise<Row[]>;
    try {
      return await this.#leased(scope, true, run);
    } catch (error) {
      if (!isStaleStatement(error)) throw error;
      return this.#leased(scope, true, run);
    }
  }

  async transaction<Result>(scope: Scope, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    this.#ready();
    return this.#leased(scope, scope.readOnly === true, (client) => {
      const state = { running: true };
      const noted = (sql: Sql) => this.#inside.run(state, () => work(sql));
      return runTransaction(client, scope, this.#names, noted).finally(() => {
        state.running = false;
      });
    });
  }

  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    return this.connections.listen(channel, onNotify);
  }

  vector(values: Float32Array): unknown {
    return vectorBytes(values);
  }

  vectors(list: readonly Float32Array[]): unknown {
    return vectorArrayBytes(list, this.#ready().vectorOid);
  }

  close(): Promise<void> {
    return this.connections.close();
  }

  #ready(): FoundFeatures {
    if (this.#found === undefined) throw needsMigration();
    return this.#found;
  }

  async #leased<Result>(scope: Scope, urgent: boolean, run: Run<Result>): Promise<Result> {
    if (this.#inside.getStore()?.running) {
      throw new Error(
        'Inside a transaction use the Sql it was given: another call would wait for the first one forever',
      );
    }
    const { signal } = scope;
    if (signal?.aborted) throw deadlineExceeded(signal.reason);
    const lease = await this.connections.acquire(urgent, signal);
    const work = run(lease.client);
    if (signal === undefined) {
      await Promise.allSettled([work]);
      await giveBack(lease, work);
      return work;
    }
    return underSignal(lease, work, signal);
  }
}

/** Rejects at the abort; the lease goes back when both the work and the cancel request have ended. */
async function underSignal<Result>(lease: Lease, work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = deferred<never>();
  let canceling: Promise<void> | undefined;
  const onAbort = () => {
    canceling = lease.cancel?.();
    aborted.reject(deadlineExceeded(signal.reason));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const finished = Promise.allSettled([work]).then(async () => {
    signal.removeEventListener('abort', onAbort);
    await giveBack(lease, work, canceling);
  });
  await Promise.race([finished, aborted.promise]);
  return work;
}

/**
 * After a cancel request one more round trip takes in a cancel that arrived late, so that it cannot hit the
 * next caller. Anything but an idle, answering connection is closed.
 */
async function giveBack(lease: Lease, work: Promise<unknown>, canceling?: Promise<void>): Promise<void> {
  const { client } = lease;
  try {
    await canceling;
    if (canceling !== undefined) await client.query('select').catch(() => client.query('select'));
    if (await work.then(() => false, isStaleStatement)) await forgetStatements(client);
    lease.release(client.getTransactionStatus() === 'I');
  } catch {
    lease.release(false);
  }
}
