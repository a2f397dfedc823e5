import type { MaintenanceJob } from './maintenance.ts';

/** Whose rows a transaction may see. A maintenance job sees all tenants; its uses are listed in maintenance.ts. */
export type Scope = ScopeOptions & ({ tenant: string } | { maintenance: MaintenanceJob });

export interface ScopeOptions {
  /** Settings local to the transaction, like { 'hnsw.ef_search': '80' }. */
  settings?: Record<string, string>;
  /** Read-only: may be sent to a replica. */
  readOnly?: boolean;
  /** Cancels the running statement in the server. */
  signal?: AbortSignal;
}

/**
 * Values: string, number, bigint, boolean, Date, null, Uint8Array (bytea), arrays of these, and what
 * `Database.vector` returns. Send JSON as a string with `::jsonb`.
 * Results of both drivers: int8 is bigint, float and int4 are number, numeric is string, timestamptz is Date,
 * json is parsed, bytea is Buffer, arrays are arrays, vectors are their text form "[1,2]".
 */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  readonly driver: 'postgres' | 'pglite';
  readonly features: DatabaseFeatures;
  /** One statement as a transaction of its own: one round trip, tenant and settings included. */
  query<Row = Record<string, unknown>>(scope: Scope, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Commits when `work` resolves, rolls back when it throws. Deadlocks and serialization failures surface as errors. */
  transaction<Result>(scope: Scope, work: (sql: Sql) => Promise<Result>): Promise<Result>;
  /** Calls back after each NOTIFY on the channel, and once after a lost connection came back. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  /** A vector as a parameter for `$n::vector` or `$n::halfvec(d)`-style casts: binary where the driver can. */
  vector(values: Float32Array): unknown;
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
