import type { MaintenanceJob } from './maintenance.ts';

/** Whose rows a transaction may see. A maintenance job sees all tenants; its uses are listed in maintenance.ts. */
export type Scope = ScopeOptions & ({ tenant: string } | { maintenance: MaintenanceJob });

export interface ScopeOptions {
  /** Settings local to the transaction, like { 'hnsw.ef_search': '80' }. */
  settings?: Record<string, string>;
  /** Read-only: may be sent to a replica. */
  readOnly?: boolean;
  /**
   * Its abort rejects with DEADLINE_EXCEEDED at once and cancels the running statement in the server; PGlite cannot
   * cancel, there the result is thrown away. A write that was on its way may have been committed.
   */
  signal?: AbortSignal;
}

/**
 * Values: string, number, bigint, boolean, Date, null, Uint8Array (bytea), arrays of these, and what
 * `Database.vector` and `Database.vectors` return. Send JSON as a string with `::jsonb`.
 * Results of both drivers: int8 is bigint, float and int4 are number, numeric is string, timestamptz is Date
 * (or plus or minus Infinity), json is parsed, bytea is Buffer, arrays are arrays, vectors are their text form "[1,2]",
 * everything else (date, timestamp, uuid, interval) is text.
 */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Lost connections, timeouts and text that PostgreSQL cannot store surface as KindredError; everything else as the
 * server's error with its SQLSTATE in `code` (see isDataError). Calling `query` or `transaction` inside a running
 * `transaction` throws: it would wait for a connection that the outer one holds.
 */
export interface Database {
  readonly driver: 'postgres' | 'pglite';
  readonly features: DatabaseFeatures;
  /** One statement as a transaction of its own: one round trip, tenant and settings included. */
  query<Row = Record<string, unknown>>(scope: Scope, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Commits when `work` resolves, rolls back when it throws. Deadlocks and serialization failures surface as errors. */
  transaction<Result>(scope: Scope, work: (sql: Sql) => Promise<Result>): Promise<Result>;
  /** Calls back after each NOTIFY on the channel, and once (with an empty payload) after a lost connection came back. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  /** A vector as a parameter for `$n::vector` or `$n::vector::halfvec(d)`: pgvector's binary form. */
  vector(values: Float32Array): unknown;
  /**
   * Vectors of one length as a parameter for `$n::vector[]`, to be unnested: binary. In PGlite this takes 512-dimension
   * rows 20 times faster than text does (13,600 against 680 rows a second).
   */
  vectors(list: readonly Float32Array[]): unknown;
  close(): Promise<void>;
}

export interface DatabaseFeatures {
  serverVersion: string;
  pgvector: string;
  /** Version of pg_textsearch (BM25), or null where the server lacks it. */
  textSearch: string | null;
  /** Element type of new vector tables: halfvec, or vector in PGlite, whose halfvec code is slow. */
  vectorElement: 'halfvec' | 'vector';
}
