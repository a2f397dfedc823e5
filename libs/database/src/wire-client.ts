import type { Duplex } from 'node:stream';
import pg from 'pg';
import { forgetColumns, ScopedQuery } from './scoped-query.ts';
import { mapError } from './sql-error.ts';

type Values = readonly (string | Buffer | null)[];

/** Messages of the extended protocol, as pg writes them. */
interface WireConnection {
  stream: Duplex;
  /** Texts by name: those the server has, and those it was sent. */
  parsedStatements: Record<string, string>;
  submittedNamedStatements: Record<string, string>;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values?: Values }): void;
  describe(portal: { type: 'P' }): void;
  execute(): void;
  sync(): void;
}

/** What of pg 8.23's pipelining client its types do not tell yet. */
export type WireClient = pg.Client & {
  readonly connection: WireConnection;
  readonly processID: number;
  readonly secretKey: number;
  /** I: no transaction is open. */
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
};

export type WireConfig = pg.PoolConfig & { pipeline: true };

/** One connection on loan. Whoever releases it with `healthy` false has it closed. */
export interface Lease {
  readonly client: WireClient;
  /** Asks the server to stop what this connection runs; resolves when the request has been delivered. */
  cancel?(): Promise<void>;
  release(healthy: boolean): void;
}

/** Where leases come from: a pool of connections, or the one session of PGlite. */
export interface Connections {
  /** Urgent leases go before others where they must queue. Rejects when the signal aborts the wait. */
  acquire(urgent: boolean, signal?: AbortSignal): Promise<Lease>;
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface Statement {
  text: string;
  /** Always the extended protocol: it refuses a text that holds a second statement. */
  queryMode: 'extended';
  /** Prepared under this name; unnamed otherwise. */
  name?: string;
  values?: Values;
}

/** Sets who asks, and the scope's settings, until the transaction ends. */
export interface ScopeStep {
  name: string;
  text: string;
  values: Values;
}

/** Sends one statement; those sent in one tick travel together. Server errors come mapped. */
export async function send(client: WireClient, statement: Statement | string): Promise<pg.QueryResult> {
  try {
    return await client.query(statement as pg.QueryConfig);
  } catch (error) {
    throw mapError(error);
  }
}

/** Sends one statement behind the step of its scope, both in one transaction and one packet. Errors as for `send`. */
export async function sendScoped(client: WireClient, step: ScopeStep, statement: Statement) {
  const { name, text, values } = step;
  // Once per connection, for nothing but its plan.
  if (client.connection.parsedStatements[name] === undefined) {
    await send(client, { queryMode: 'extended', name, text, values });
  }
  const query = new ScopedQuery(step, statement);
  client.query(query);
  return query.result.catch((error) => {
    throw mapError(error);
  });
}

/** Everything written inside `write` leaves in one packet. */
export function inOnePacket<Result>(client: WireClient, write: () => Result): Result {
  const { stream } = client.connection;
  stream.cork();
  try {
    return write();
  } finally {
    process.nextTick(() => stream.uncork());
  }
}

/** Drops all prepared statements of a connection on both sides. */
export async function forgetStatements(client: WireClient): Promise<void> {
  const { connection } = client;
  await client.query('deallocate all');
  connection.parsedStatements = {};
  forgetColumns(connection);
}
