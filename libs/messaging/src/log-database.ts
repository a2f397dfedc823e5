/** Which rows the event log may see: those of all tenants. */
export interface LogScope {
  maintenance: 'event-log' | 'status-of-log';
}

/** What the log in PostgreSQL needs of a database; `Database` of @kindred/database satisfies it. */
export interface LogDatabase {
  readonly driver: 'postgres' | 'pglite';
  /** One statement as a transaction of its own. int8 comes back as bigint, bytea as Buffer, json parsed. */
  query<Row = Record<string, unknown>>(scope: LogScope, text: string, values?: readonly unknown[]): Promise<Row[]>;
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
}
