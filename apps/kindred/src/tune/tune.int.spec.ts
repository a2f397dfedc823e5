import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection, IndexKind, IndexSettings } from '@kindred/contracts';
import { type Database, openDatabase, withMigrator } from '@kindred/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Shop } from '../../../../libs/vector-index/src/shop.fake.spec.ts';
import { createTestDatabase, hasPostgres } from '../../../../test/support/databases.ts';
import { programRuns } from '../commands/run-program.fake.spec.ts';
import { FakeTerminal } from '../output/fake-terminal.fake.spec.ts';
import { Interrupted } from '../output/terminal.ts';
import { tuneOnCopy } from './tune-on-copy.ts';

const adjectives = 'black white fast quiet small large wireless cheap bright 작은'.split(' ');
const nouns = 'mouse keyboard laptop printer cable monitor speaker camera phone charger 무선마우스 키보드'.split(' ');
const items = Array.from({ length: 400 }, (_, at) => ({
  itemId: `i${at}`,
  title: `${adjectives[at % 10]} ${nouns[(at * 3) % 12]} model ${at}`,
}));

const options = {
  collection: 'shop',
  tenant: 'default',
  sample: 10,
  rows: 1_000,
  grid: 'small' as const,
  clients: 1,
  seconds: 0,
  buildMemory: 64,
  address: '',
  timeout: 1,
};

describe.skipIf(!hasPostgres())('kindred tune on PostgreSQL', () => {
  const { server, state, run } = programRuns();
  let url: string;
  let drop: () => Promise<void>;
  let folder: string;
  let before: string | undefined;
  let createdAt: Date;

  beforeAll(async () => {
    ({ url, drop } = await createTestDatabase());
    folder = await mkdtemp(join(tmpdir(), 'kindred-tune-'));
    const database: Database = await openDatabase({ url, poolSize: 2 });
    await (await Shop.open(database, 'default')).put(items);
    await Shop.open(database, 'empty');
    await database.close();
    createdAt = await withMigrator(url, async (client) => {
      const { rows } = await client.query("select created_at from kindred.collections where tenant_id = 'default'");
      return rows[0].created_at;
    });
    before = process.env.DATABASE_URL;
    process.env.DATABASE_URL = url;
  });
  afterAll(async () => {
    process.env.DATABASE_URL = before;
    await rm(folder, { recursive: true });
    await drop();
  });
  beforeEach(() => {
    server.collections.clear();
  });

  const quick = ['--seconds', '0', '--clients', '2', '--sample', '10'];
  const tune = (...args: string[]) =>
    run('tune', '--collection', 'shop', '--output', join(folder, 'out'), ...quick, ...args);
  const declare = (more: Partial<Collection> = {}) =>
    server.collections.set('shop', Collection.create({ name: 'shop', createdAt, ...more }));
  const schemas = () =>
    withMigrator(url, async (client) => {
      const { rows } = await client.query("select to_regnamespace('kindred_tune') is null as gone");
      return rows[0].gone as boolean;
    });

  it('measures every setting on a copy, writes the files and leaves nothing behind', async () => {
    expect(await tune('--recall', '.9', '--json')).toEqual({ code: 0, line: '' });
    const document = JSON.parse(state.terminal.printed[0]!);
    expect(document.facts).toMatchObject({ collection: 'shop', rows: 390, total: 400, queries: 10, stored: 'halfvec' });
    const kinds = document.results.map((result: { variant: { method: string; element: string } }) => {
      const { method, element } = result.variant;
      return `${method} ${element}`;
    });
    expect(new Set(kinds)).toEqual(new Set(['hnsw halfvec', 'hnsw bit', 'ivfflat halfvec']));
    for (const result of document.results) {
      expect(result.recall10).toBeGreaterThanOrEqual(0);
      expect(result.index_bytes).toBeGreaterThan(8_192);
      expect(result.p99_ms).toBeGreaterThanOrEqual(result.p50_ms);
    }
    // With a breadth of nearly everything nothing can be missed.
    const broad = document.results.find(
      (result: { breadth: number; variant: { m?: number; element: string } }) =>
        result.breadth === 320 && result.variant.m === 32 && result.variant.element === 'halfvec',
    );
    expect(broad.recall10).toBeGreaterThan(0.99);
    expect(document.recommendation.reached).toBe(true);
    expect(document.facts.exact_p50_ms).toBeGreaterThan(0);
    const csv = await readFile(join(folder, 'out', 'results.csv'), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength(document.results.length + 1);
    const html = await readFile(join(folder, 'out', 'report.html'), 'utf8');
    expect(html).toContain('Recall@10 against ef_search');
    expect(html).not.toMatch(/(src|href)=/);
    expect(await schemas()).toBe(true);
    expect(state.terminal.barsOpen).toBe(0);
  });

  it('takes texts, vectors and items of a file, and applies what it recommends', async () => {
    const file = join(folder, 'queries.jsonl');
    const vector = Array.from({ length: 64 }, (_, at) => (at === 3 ? 5 : 0.1));
    await writeFile(file, [{ item_id: 'i7' }, { vector }].map((line) => JSON.stringify(line)).join('\n'));
    declare();
    expect(await tune('--queries', file, '--latency', '60000ms', '--apply')).toEqual({ code: 0, line: '' });
    const put = server.calls.find(({ method }) => method === 'putCollection')!;
    expect(put.request.collection).toMatchObject({
      name: 'shop',
      index: { m: expect.any(Number), efConstruction: expect.any(Number), efSearch: expect.any(Number) },
    });
    expect(state.terminal.log.join('\n')).toContain('! applied to shop: m=');
    expect(state.terminal.printed.join('\n')).toContain('For a p95 of at most 60000 ms: hnsw halfvec');
  });

  it('refuses at once to apply what could not be: measured on a part, or declared otherwise', async () => {
    declare();
    const part = await tune('--rows', '100', '--apply');
    expect(part).toMatchObject({
      code: 1,
      line: expect.stringMatching(/on all vectors: give --rows \d+, or leave it out/),
    });
    declare({ index: IndexSettings.create({ kind: IndexKind.INDEX_KIND_IVFFLAT }) });
    const other = await tune('--apply');
    expect(other).toMatchObject({ code: 1, line: expect.stringContaining('"shop" is declared with IVFFlat') });
  });

  it('writes nothing to a collection of that name which another tenant or database has', async () => {
    declare({ createdAt: new Date(createdAt.getTime() + 1) });
    const { code, line } = await tune('--apply');
    expect({ code, line }).toEqual({ code: 1, line: expect.stringContaining('the server has another "shop"') });
    expect(server.calls.some(({ method }) => method === 'putCollection')).toBe(false);
  });

  it('changes nothing where nothing reaches the target', async () => {
    declare();
    expect(await tune('--latency', '0.0001ms', '--apply')).toEqual({ code: 0, line: '' });
    expect(server.calls.some(({ method }) => method === 'putCollection')).toBe(false);
    const said = 'nothing was changed in shop: nothing reaches a p95 of at most 0.0001 ms';
    expect(state.terminal.log.join('\n')).toContain(said);
  });

  it('refuses a folder that it cannot write before it measures', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const refused = await run('tune', '--collection', 'shop', ...quick, '--output', join(file, 'below'));
    expect(refused).toEqual({ code: 2, line: expect.stringMatching(/--output .*below: .*file is no folder/) });
    expect(state.terminal.log).toEqual([]);
  });

  it('clears what a crashed run left, and refuses to run beside another', async () => {
    await withMigrator(url, async (client) => {
      await client.query('create schema kindred_tune');
      await client.query('create table kindred_tune.vectors (id int)');
      await client.query("select pg_advisory_lock(hashtext('kindred_tune'))");
      expect((await tune()).line).toContain('another kindred tune runs on this database');
    });
    expect(await schemas()).toBe(false);
    expect((await tune()).code).toBe(0);
    expect(await schemas()).toBe(true);
  });

  it('names what is wrong with a file of queries, by line', async () => {
    const file = join(folder, 'bad.jsonl');
    const lines = [
      '{"text": "무선 마우스"}',
      '{"text": ""}',
      'mouse',
      '{"vector": [1, 2]}',
      '{"text": "a", "item_id": "b"}',
    ];
    await writeFile(file, lines.join('\n'));
    const { code, line } = await tune('--queries', file);
    expect(code).toBe(1);
    expect(line).toContain('line 2: text must not be empty');
    expect(line).toContain('line 3: is not valid JSON');
    expect(line).toContain("line 4: vector has 2 numbers, the collection's vectors have 64");
    expect(line).toContain('line 5: must have one of text, vector and item_id');
    await writeFile(file, '{"item_id": "i1"}\n{"item_id": "없음"}');
    expect((await tune('--queries', file)).line).toContain('line 2: the item has no vector of fake-text');
  });

  it('has texts embedded as queries by the very model, and refuses what another one made', async () => {
    const file = join(folder, 'texts.jsonl');
    await writeFile(file, '{"text": "무선 마우스"}');
    expect((await tune('--queries', file)).line).toContain('the server made 2 dimensions of a text, fake-text has 64');
    const inputs = [{ kind: { $case: 'text', value: '무선 마우스' } }];
    expect(server.calls[0]!.request).toMatchObject({ model: 'fake-text', version: '1', purpose: 2, inputs });
    expect((await tune('--recent')).line).toContain('no recent queries of "shop" are kept');
  });

  it('refuses a collection that is unknown or too small, and a model it has not', async () => {
    expect((await tune('--tenant', 'empty')).line).toContain('"shop" has 0 vectors');
    expect((await tune('--model', 'other')).line).toContain('"shop" has no vectors of other; its models: fake-text');
    const unknown = await run('tune', '--collection', '상점', ...quick);
    expect(unknown.line).toContain('there is no collection "상점" of tenant "default"; it has shop');
  });

  it('says that it needs PostgreSQL, its schema and the right to make tables', async () => {
    process.env.DATABASE_URL = '';
    expect((await tune()).line).toContain('needs PostgreSQL: set DATABASE_URL');
    process.env.DATABASE_URL = url;
    const bare = await createTestDatabase({ empty: true });
    process.env.DATABASE_URL = bare.url;
    expect((await tune()).line).toContain('has no schema of Kindred: run kindred migrate');
    process.env.DATABASE_URL = url;
    await bare.drop();
    const role = `tune_nobody_${process.pid}`;
    await withMigrator(url, async (client) => {
      await client.query(`create role ${role} login password 'nobody' in role kindred_service`);
    });
    const mine = new URL(url);
    mine.username = role;
    mine.password = 'nobody';
    process.env.DATABASE_URL = mine.href;
    expect((await tune()).line).toMatch(/permission denied.*give DATABASE_URL with the user that runs kindred migrate/);
    process.env.DATABASE_URL = url;
    await withMigrator(url, async (client) => void (await client.query(`drop role ${role}`)));
  });

  it('says that the model knows no word of what was asked lately', async () => {
    await withMigrator(url, async (client) => {
      const text = `insert into kindred.recent_queries (tenant_id, collection_id, query)
        select tenant_id, collection_id, '!!!' from kindred.collections where tenant_id = 'default'`;
      await client.query(text);
    });
    const embed = async (texts: string[]) => texts.map(() => new Float32Array(64));
    const signal = new AbortController().signal;
    const around = { embed, check: async () => {}, terminal: state.terminal, signal };
    await expect(tuneOnCopy(url, { ...options, recent: true }, around)).rejects.toThrow(
      'fake-text knows no word of the recent queries',
    );
  });

  it('stops at Ctrl-C in the middle of a build, and drops the copy', async () => {
    const controller = new AbortController();
    const terminal = new FakeTerminal();
    terminal.progress = () => ({
      update: (_share, text) => text.startsWith('building') && controller.abort(new Interrupted()),
      stop: () => undefined,
    });
    const around = { embed: async () => [], check: async () => {}, terminal, signal: controller.signal };
    await expect(tuneOnCopy(url, options, around)).rejects.toThrow(Interrupted);
    expect(await schemas()).toBe(true);
  });
});
