import pg from 'pg';
import { typeParsers } from './type-parsers.ts';
import type { ScopeStep, Statement, WireClient } from './wire-client.ts';

type Connection = WireClient['connection'];
type Row = Record<string, unknown>;
/** Of one result: what its columns are called, and how their texts are read. */
type Columns = [name: string, parse: (text: string) => unknown][];

interface Field {
  name: string;
  dataTypeID: number;
}

/** Columns of the named statements of each connection: they are asked for once. */
const described = new WeakMap<Connection, Map<string, Columns>>();

/** All prepared statements of the connection are gone. */
export const forgetColumns = (connection: Connection): boolean => described.delete(connection);

/**
 * A prepared scope step and one statement before a single Sync. The protocol makes one transaction of them: no begin and
 * no commit, and settings local to the transaction end with the Sync. Measured: docs/adr/0002.
 */
export class ScopedQuery extends pg.Query {
  readonly name?: string;
  readonly #step: ScopeStep;
  readonly #statement: Statement;
  readonly #rows: Row[] = [];
  #connection: Connection | undefined;
  #columns: Columns = [];
  #inStep = true;
  #failure: unknown;
  #settle!: (error: unknown, rows?: Row[]) => void;

  /** The rows, or the error as the server gave it. */
  readonly result: Promise<Row[]>;

  constructor(step: ScopeStep, statement: Statement) {
    // A text, not a configuration: that is cloned property by property.
    super(statement.text);
    this.name = statement.name;
    this.#step = step;
    this.#statement = statement;
    this.result = new Promise((resolve, reject) => {
      this.#settle = (error, rows) => (error ? reject(error) : resolve(rows!));
    });
  }

  /** Always the extended protocol. */
  requiresPreparation(): boolean {
    return true;
  }

  /** Called by pg.Query.submit, which corks the stream. */
  prepare(connection: Connection): void {
    const { name = '', text, values } = this.#statement;
    this.#connection = connection;
    connection.bind({ statement: this.#step.name, values: this.#step.values });
    connection.execute();
    const { parsedStatements: parsed, submittedNamedStatements: submitted } = connection;
    if (name === '' || (parsed[name] ?? submitted[name]) === undefined) {
      connection.parse({ name, text });
      if (name !== '') submitted[name] = text;
    }
    connection.bind({ statement: name, values });
    const known = described.get(connection)?.get(name);
    if (known) this.#columns = known;
    else connection.describe({ type: 'P' });
    connection.execute();
    connection.sync();
  }

  handleRowDescription({ fields }: { fields: Field[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => [name, typeParsers.getTypeParser(dataTypeID, 'text')]);
    if (this.name === undefined) return;
    const known = described.get(this.#connection!) ?? new Map<string, Columns>();
    described.set(this.#connection!, known.set(this.name, this.#columns));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.#inStep || this.#failure) return;
    try {
      this.#rows.push(rowOf(this.#columns, fields));
    } catch (error) {
      this.#failure = error;
    }
  }

  handleCommandComplete(): void {
    this.#inStep = false;
  }

  handleEmptyQuery(): void {}

  handleError(error: unknown): void {
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    this.#settle(this.#failure, this.#rows);
  }
}

function rowOf(columns: Columns, texts: readonly (string | null)[]): Row {
  const row: Row = {};
  for (let at = 0; at < texts.length; at++) {
    const [name, parse] = columns[at]!;
    const text = texts[at]!;
    row[name] = text === null ? null : parse(text);
  }
  return row;
}
