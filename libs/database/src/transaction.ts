import type { Scope, Sql } from './database.ts';
import { toParameter } from './parameters.ts';
import { beginSql } from './scope-sql.ts';
import { deadlineExceeded } from './sql-error.ts';
import type { StatementNames } from './statement-names.ts';
import { inOnePacket, type Statement, send, type WireClient } from './wire-client.ts';

/** Text and values in wire form. Throws, before anything is sent, for values that have none. */
export function statementOf(names: StatementNames, text: string, values: readonly unknown[] = []): Statement {
  return { queryMode: 'extended', name: names.nameOf(text), text, values: values.map(toParameter) };
}

/** `begin` is not waited for: it travels with the first statement of `work`. */
export async function runTransaction<Result>(
  client: WireClient,
  scope: Scope,
  names: StatementNames,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const sql = new TransactionSql(client, scope, names);
  try {
    const result = await work(sql);
    await sql.commit();
    return result;
  } catch (error) {
    await sql.rollback();
    throw error;
  }
}

class TransactionSql implements Sql {
  readonly #client: WireClient;
  readonly #scope: Scope;
  readonly #names: StatementNames;
  readonly #begun: Promise<unknown>;
  #open = true;

  constructor(client: WireClient, scope: Scope, names: StatementNames) {
    this.#client = client;
    this.#scope = scope;
    this.#names = names;
    this.#begun = this.#begin(beginSql(scope));
    this.#begun.catch(() => {}); // thrown again, first, by whatever statement or commit comes next
  }

  /** Held back for a tick, so that a statement sent at once shares its packet. */
  #begin(text: string): Promise<unknown> {
    return inOnePacket(this.#client, () => send(this.#client, text));
  }

  async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    if (!this.#open) throw new Error('The transaction has ended: await every statement inside it');
    if (this.#scope.signal?.aborted) throw deadlineExceeded(this.#scope.signal.reason);
    const sent = send(this.#client, statementOf(this.#names, text, values));
    const [begun, answered] = await Promise.allSettled([this.#begun, sent]);
    if (begun.status === 'rejected') throw begun.reason;
    if (answered.status === 'rejected') throw answered.reason;
    return answered.value.rows as Row[];
  }

  async commit(): Promise<void> {
    this.#open = false;
    await this.#begun;
    const { command } = await send(this.#client, 'commit');
    if (command !== 'COMMIT') throw new Error('Nothing was committed: a statement failed and its error was ignored');
  }

  /** Fails only with the connection, which rolls back too; the first error is the one that tells why. */
  async rollback(): Promise<void> {
    this.#open = false;
    await send(this.#client, 'rollback').catch(() => {});
  }
}
