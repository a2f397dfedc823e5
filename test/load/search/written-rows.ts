import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@kindred/database';
import {
  BackgroundPromotion,
  CollectionDirectory,
  type CollectionRow,
  contentHash,
  type ModelTable,
  promote,
  upsertVectors,
} from '@kindred/vector-index';
import pg from 'pg';
import { tenant } from './bench-shop.ts';
import { closing } from './closing.ts';
import { copyIn } from './copy-in.ts';
import { cpuOf } from './cpu-clock.ts';
import { dimensions } from './real-vectors.ts';

export const perBatch = 200;

/** Numbered rows; beyond the vectors that there are they come again under the same ids, each with another's vector. */
export class RowSource {
  constructor(
    private readonly vectors: Float32Array,
    readonly count: number,
  ) {}

  idOf = (at: number) => `s-${String(at % this.count).padStart(7, '0')}`;

  vectorOf(at: number): Float32Array {
    const row = (at + Math.floor(at / this.count)) % this.count;
    return this.vectors.subarray(row * dimensions, (row + 1) * dimensions);
  }

  textOf = (at: number) => `[${this.vectorOf(at).join(',')}]`;

  numbers = (from: number, count: number) => Array.from({ length: count }, (_, each) => from + each);
}

/** A way to write rows, from a number on: how many it wrote. */
export interface Writer {
  name: string;
  write: (from: number) => Promise<number>;
  /** Sessions of the server that are busy for it, those that build indexes included. */
  pids: () => Promise<number[]> | number[];
}

/** An own table with an index by the best settings, written by plain SQL. */
export class PlainTable {
  private constructor(
    readonly name: string,
    private readonly client: pg.Client,
    private readonly pid: number,
    private readonly rows: RowSource,
  ) {}

  static async open(url: URL, name: string, rows: RowSource): Promise<PlainTable> {
    const client = new pg.Client({ connectionString: url.href, options: '-c search_path=kindred,public' });
    await client.connect();
    await client.query(`drop table if exists ${name}`);
    await client.query(`create table ${name} (item_id text collate "C" primary key, revision bigint not null default 1,
      embedding halfvec(${dimensions}) not null)`);
    await client.query(`alter table ${name} alter embedding set storage plain`);
    const { rows: found } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return new PlainTable(name, client, found[0]!.pid, rows);
  }

  pids = () => [this.pid];

  async load(count: number): Promise<void> {
    for (let from = 0; from < count; from += 10_000) await this.copy(from, Math.min(10_000, count - from));
  }

  async index(): Promise<void> {
    await this.client.query(
      `create index on ${this.name} using hnsw (embedding halfvec_ip_ops) with (m = 24, ef_construction = 128)`,
    );
  }

  copy(from: number, count: number): Promise<void> {
    const lines = this.rows.numbers(from, count).map((at) => `${this.rows.idOf(at)}\t${this.rows.textOf(at)}\n`);
    return copyIn(this.client, `copy ${this.name} (item_id, embedding) from stdin`, lines);
  }

  /** One statement and commit for each row. */
  async one(from: number): Promise<number> {
    const text = `insert into ${this.name} (item_id, embedding) values ($1, $2) ${onConflict}`;
    await this.client.query({ name: 'one', text, values: [this.rows.idOf(from), this.rows.textOf(from)] });
    return 1;
  }

  async batch(from: number): Promise<number> {
    const numbers = this.rows.numbers(from, perBatch);
    const text = `insert into ${this.name} (item_id, embedding)
      select r.id, r.vector::halfvec(${dimensions}) from unnest($1::text[], $2::text[]) as r(id, vector) ${onConflict}`;
    const values = [numbers.map(this.rows.idOf), numbers.map(this.rows.textOf)];
    await this.client.query({ name: 'batch', text, values });
    return perBatch;
  }

  close(): Promise<void> {
    return closing(
      async () => void (await this.client.query(`drop table ${this.name}`)),
      () => this.client.end(),
    );
  }
}

const onConflict = `on conflict (item_id) do update set embedding = excluded.embedding`;

/** A collection of bare vectors, written as the embedding service writes them. */
export class WrittenCollection {
  readonly built: string[] = [];
  private readonly looking = new Set<Promise<void>>();
  /** Of looking after the index: thrown by the next write, or when it is closed. */
  private failed: { error: unknown } | undefined;
  private readonly promotion: BackgroundPromotion;

  constructor(
    private readonly database: Database,
    readonly collection: CollectionRow,
    readonly model: ModelTable,
    private readonly rows: RowSource,
  ) {
    this.promotion = new BackgroundPromotion(database, ({ reason, error }) => {
      if (error) this.failed ??= { error };
      else this.built.push(String(reason));
    });
  }

  static async open(database: Database, model: ModelTable, name: string, rows: RowSource): Promise<WrittenCollection> {
    await database.query({ tenant }, 'delete from kindred.collections where name = $1', [name]);
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), $1, '[]')`,
      [name],
    );
    const directory = new CollectionDirectory(database);
    const collection = await directory.get(tenant, name);
    await directory.close();
    await database.query(
      { tenant },
      `insert into kindred.collection_models (tenant_id, collection_id, kind, role, name, version)
       values (kindred.tenant(), $1, 'text', 'active', $2, $3) on conflict do nothing`,
      [collection.collectionId, model.name, model.version],
    );
    await database.query(
      { tenant },
      `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, content_hash)
       select kindred.tenant(), $1, 's-' || lpad((n - 1)::text, 7, '0'), 1, 'item ' || n, '\\x00' from generate_series(1, $2::int) n`,
      [collection.collectionId, rows.count],
    );
    return new WrittenCollection(database, collection, model, rows);
  }

  /** Searchable when it returns. */
  async upsert(from: number, count = perBatch): Promise<number> {
    this.refuseFailed();
    const written = this.rows.numbers(from, count).map((at) => ({
      itemId: this.rows.idOf(at),
      revision: BigInt(at + 1),
      contentHash: contentHash(String(at)),
      vector: this.rows.vectorOf(at),
    }));
    const { collectionId } = this.collection;
    await this.database.transaction({ tenant }, (sql) =>
      upsertVectors(this.database, sql, this.model, collectionId, written),
    );
    const look = this.promotion.look(this.collection, this.model).finally(() => this.looking.delete(look));
    this.looking.add(look);
    return count;
  }

  /** The same, and no index is looked after meanwhile. */
  async load(count: number, batch = 2_000): Promise<void> {
    for (let from = 0; from < count; from += batch) {
      const numbers = this.rows.numbers(from, Math.min(batch, count - from));
      const written = numbers.map((at) => ({
        itemId: this.rows.idOf(at),
        revision: 1n,
        contentHash: contentHash(String(at)),
        vector: this.rows.vectorOf(at),
      }));
      await this.database.transaction({ tenant }, (sql) =>
        upsertVectors(this.database, sql, this.model, this.collection.collectionId, written),
      );
    }
  }

  async index(): Promise<void> {
    await promote(this.database, tenant, this.collection.collectionId, this.model);
  }

  async recent(): Promise<number> {
    const [row] = await this.database.query<{ rows: number }>(
      { tenant },
      `select count(*)::int as rows from kindred.${this.model.table} where collection_id = $1 and recent`,
      [this.collection.collectionId],
    );
    return row!.rows;
  }

  private refuseFailed(): void {
    if (this.failed) throw this.failed.error;
  }

  async close(): Promise<void> {
    await Promise.all(this.looking);
    this.refuseFailed();
    await this.database.query({ tenant }, 'delete from kindred.collections where collection_id = $1', [
      this.collection.collectionId,
    ]);
  }
}

export interface Rate {
  perSecond: number;
  /** Milliseconds of processor time of the server for a row. */
  cpu?: number;
  next: number;
}

/** Writes for so long, one call after the other; `perSecond` at most, where it is given. */
export async function writeFor(writer: Writer, from: number, seconds: number, perSecond?: number): Promise<Rate> {
  const before = cpuOf(await writer.pids());
  const started = performance.now();
  let next = from;
  while (performance.now() - started < seconds * 1_000) {
    next += await writer.write(next);
    const due = perSecond ? ((next - from) / perSecond) * 1_000 - (performance.now() - started) : 0;
    if (due > 1) await sleep(due);
  }
  const took = (performance.now() - started) / 1_000;
  const after = cpuOf(await writer.pids());
  const written = next - from;
  const cpu = before === undefined || after === undefined ? undefined : (after - before) / written;
  return { perSecond: written / took, cpu, next };
}

/** The server's sessions of one pool. */
export async function sessionsNamed(sql: pg.Pool, applicationName: string): Promise<number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and application_name = $1',
    [applicationName],
  );
  return rows.map(({ pid }) => pid);
}
