// npm run bench:search: Query over gRPC beside the best plain SQL through pg, on real vectors, in one run: ratios matter.
// 100,000 MiniLM vectors of dictionary sentences are made once (ten minutes on two cores) and kept under .cache.
// KINDRED_BENCH_VECTORS=20000 for a smaller set; KINDRED_BENCH_ONLY=vector,filter,writes,bulk for some of the parts;
// KINDRED_BENCH_SYNTHETIC=1 for vectors that nothing has to be embedded for, of bench:scaling's mixture.
import os from 'node:os';
import { resolve } from 'node:path';
import { Kindred } from '@kindred/client';
import { migrate, openDatabase } from '@kindred/database';
import { builtInTextModel, embedTexts } from '@kindred/embedder';
import pg from 'pg';
import { databaseExists, onAdmin } from '../support/admin.ts';
import findBackends, { postgresUrl } from '../support/backends.ts';
import { freePort, KindredProcess } from '../support/kindred-process.ts';
import { syntheticVectors } from './scaling/synthetic-vectors.ts';
import {
  benchShops,
  vectorCollection as collectionName,
  type FilterKind,
  rowOf,
  type Share,
  segments,
  shares,
  textCollection,
  vectorModel,
} from './search/bench-shop.ts';
import { benchBulk, benchWrites, type WriteBench } from './search/bench-writes.ts';
import { calibrated } from './search/calibrated.ts';
import { closing } from './search/closing.ts';
import { sessionsOf } from './search/cpu-clock.ts';
import { dimensions, realVectors } from './search/real-vectors.ts';
import { compare, printSides, type Side } from './search/side.ts';

const count = Number(process.env.KINDRED_BENCH_VECTORS ?? 100_000);
const only = process.env.KINDRED_BENCH_ONLY?.split(',');
/** Timed, and held apart for the planner to learn from. */
const [queries, held] = [800, 200];
const rounds = 3;
const judged = 100;
const limit = 10;

const real = await (process.env.KINDRED_BENCH_SYNTHETIC ? syntheticVectors : realVectors)(count, queries + held);
const vectors = Array.from({ length: queries + held }, (_, at) => [...rowOf(real.queries, at)]);
const stopBackends = await findBackends();
const databaseName = process.env.KINDRED_BENCH_DATABASE ?? `kindred_bench_${process.pid}`;
const url = new URL(postgresUrl()!);
url.pathname = `/${databaseName}`;
const shop = await prepared();
const sql = new pg.Pool({ connectionString: url.href, max: 2 });
const service = await startSearch();
const kindred = new Kindred({ address: service.address });
await closing(
  run,
  () => kindred.close(),
  () => service.process.stop(),
  () => sql.end(),
  () => process.env.KINDRED_BENCH_DATABASE || onAdmin(postgresUrl()!, `drop database ${databaseName} with (force)`),
  () => stopBackends?.(),
);

async function run(): Promise<void> {
  const { length } = os.cpus();
  console.log(`${length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
  const kind = process.env.KINDRED_BENCH_SYNTHETIC ? 'synthetic' : 'MiniLM';
  console.log(`${count} x ${dimensions} ${kind} vectors, ${new Date().toISOString().slice(0, 10)}`);
  for (const [name, part] of Object.entries(parts())) if (!only || only.includes(name)) await part();
}

function parts(): Record<string, () => Promise<void>> {
  return {
    vector: () => benchVector(0.95, 48),
    precise: () => benchVector(0.99, 240),
    texts: benchTexts,
    filter: benchFilters,
    batch: benchBatch,
    writes: () => onWrites(benchWrites),
    bulk: () => onWrites(benchBulk),
  };
}

/** The database of an earlier run, where KINDRED_BENCH_DATABASE names one, else a new one. Undefined where all parts fill their own. */
async function prepared(): Promise<{ table: string } | undefined> {
  const known = process.env.KINDRED_BENCH_DATABASE && (await databaseExists(postgresUrl()!, databaseName));
  if (!known) await onAdmin(postgresUrl()!, `create database ${databaseName}`);
  await migrate({ url: url.href });
  if (only?.every((part) => part === 'writes' || part === 'bulk')) return undefined;
  const database = await openDatabase({ url: url.href, poolSize: 4, applicationName: 'bench' });
  try {
    const started = performance.now();
    const made = await benchShops(database, real, count);
    if (made.texts.isNew) console.log(`loaded and indexed in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
    const recall = await calibrated(database, collectionName, vectors.slice(queries));
    if (recall !== undefined)
      console.log(`the planner learned from ${held} other queries: recall@10 ${recall.toFixed(4)}`);
    const { model, collection } = made.vectors;
    return { table: `kindred.${model.table}_c${collection.collectionId}` };
  } finally {
    await database.close();
  }
}

async function startSearch(): Promise<{ address: string; process: KindredProcess; pid: number }> {
  const [address, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const main = resolve(import.meta.dirname, '../../apps/search/dist/main.js');
  const env = {
    DATABASE_URL: url.href,
    GRPC_ADDRESS: address,
    HTTP_ADDRESS: http,
    LOG_LEVEL: 'warn',
    QUERY_LOG: 'off',
  };
  const started = new KindredProcess('search', [process.execPath, main], env, http);
  await started.start();
  return { address, process: started, pid: started.pid };
}

/** The best plain SQL: its settings made once per connection, the statement prepared, nothing but ids. */
async function plainSql(efSearch: number, clients: number): Promise<Side & { close: () => Promise<void> }> {
  const options = `-c hnsw.ef_search=${efSearch} -c jit=off -c search_path=kindred,public`;
  const all = Array.from({ length: clients }, () => new pg.Client({ connectionString: url.href, options }));
  await Promise.all(all.map((client) => client.connect()));
  const pids = await Promise.all(
    all.map(async (client) => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid),
  );
  const text = `select item_id from ${shop!.table} where not recent order by embedding <#> $1::halfvec(${dimensions}) limit ${limit}`;
  return {
    name: `plain SQL, ef_search ${efSearch}`,
    run: async (index, slot) =>
      (await all[slot]!.query({ name: 'nearest', text, values: [JSON.stringify(vectors[index])] })).rows,
    pids: () => pids,
    close: async () => {
      await Promise.all(all.map((client) => client.end()));
    },
  };
}

async function served(): Promise<number[]> {
  return [service.pid, ...(await sessionsOf(sql))];
}

function ask(index: number, recallTarget: number, more: object = {}) {
  return kindred.query({ collection: collectionName, vector: vectors[index]!, limit, recallTarget, ...more });
}

/** Beside plain SQL of the usual breadth for that recall, and of the breadth that Kindred chooses here. */
async function benchVector(recallTarget: number, usual: number): Promise<void> {
  const { plan } = await ask(0, recallTarget);
  const chosen = Number(plan!.legs[0]!.settings['hnsw.ef_search']);
  for (const clients of [1, 8]) {
    const plain = await Promise.all([...new Set([usual, chosen])].map((efSearch) => plainSql(efSearch, clients)));
    const ids: Side = {
      name: 'Query, ids',
      run: (at) => ask(at, recallTarget, { with: { payload: false } }),
      pids: served,
    };
    const rows: Side = { name: 'Query, live rows', run: (at) => ask(at, recallTarget), pids: served };
    const sides = [...plain, ids, rows];
    const results = await compare(sides, { queries, clients, rounds });
    printSides(`by vector, recall_target ${recallTarget}, ${clients} client(s)`, results, plain[0]!.name);
    if (clients === 1) for (const side of sides) await printRecall(side);
    await Promise.all(plain.map((side) => side.close()));
  }
}

async function printRecall({ name, run }: Side): Promise<void> {
  const recall = await recallOf(async (at) => {
    const answer = (await run(at, 0)) as { hits: { itemId: string }[] } | { item_id: string }[];
    return { hits: Array.isArray(answer) ? answer.map(({ item_id: itemId }) => ({ itemId })) : answer.hits };
  });
  console.log(`  ${name.padEnd(34)} recall@10 ${recall.toFixed(3)} (${judged} queries)`);
}

/** Texts and vectors of the built-in model, so that the service embeds: its legs alone, and both in one statement. */
async function benchTexts(): Promise<void> {
  const model = await builtInTextModel();
  const asked = await embedTexts(model, real.queryTexts, 'query');
  const common = { collection: textCollection, limit };
  const by = (mode: 'hybrid' | 'lexical' | 'dense') => (at: number) =>
    kindred.query({ ...common, text: real.queryTexts[at]!, mode });
  const byVector = (at: number) => kindred.query({ ...common, vector: [...asked[at]!] });
  const deep = (mode: 'lexical' | 'dense') => (at: number) =>
    kindred.query({ ...common, text: real.queryTexts[at]!, mode, limit: 100, with: { payload: false } });
  const sides: Side[] = [
    { name: 'by vector', run: byVector, pids: served },
    { name: 'by text, dense', run: by('dense'), pids: served },
    { name: 'by text, lexical', run: by('lexical'), pids: served },
    { name: 'by text, hybrid', run: by('hybrid'), pids: served },
    { name: 'lexical leg of a hybrid search', run: deep('lexical'), pids: served },
    { name: 'dense leg of a hybrid search', run: deep('dense'), pids: served },
  ];
  const results = await compare(sides, { queries: 300, clients: 1, rounds });
  printSides(`texts, ${model.identity.name}, 1 client`, results, sides[0]!.name);
  const p50 = (name: string) => results.get(name)!.p50;
  const slower = Math.max(p50('lexical leg of a hybrid search'), p50('dense leg of a hybrid search'));
  console.log(`  embedding a query costs ${(p50('by text, dense') - p50('by vector')).toFixed(2)} ms p50`);
  console.log(`  hybrid against its slower leg: ${(p50('by text, hybrid') / slower).toFixed(2)} x p50`);
}

async function benchFilters(): Promise<void> {
  const base: Side = { name: 'no filter', run: (at) => ask(at, 0.95), pids: served };
  const fields = (Object.keys(shares) as Share[]).flatMap((share) =>
    (['any', 'near'] as FilterKind[]).map((kind) => `${kind}_${share}`),
  );
  const behind = [...fields, ...segments].map((field): Side => {
    const filter = `${field} = true`;
    return { name: filter, run: (at) => ask(at, 0.95, { filter }), pids: served };
  });
  const sides = [base, ...behind];
  const results = await compare(sides, { queries: 200, clients: 1, rounds });
  printSides('behind filters, recall_target 0.95, 1 client', results, base.name);
  for (const { name } of sides.slice(1)) {
    let short = 0;
    const recall = await recallOf(async (at) => {
      const answer = await ask(at, 0.95, { filter: name });
      const all = Math.min(limit, Math.round(count * shares[/_(\w+)/.exec(name)![1] as Share]));
      if (answer.hits.length < all) short++;
      return answer;
    }, name);
    console.log(`  ${name.padEnd(22)} recall@10 ${recall.toFixed(3)}, short pages ${short} of ${judged}`);
  }
}

async function benchBatch(): Promise<void> {
  const size = 32;
  const input = (at: number) => ({ collection: collectionName, vector: vectors[at]!, limit, recallTarget: 0.95 });
  const groups = Math.floor(queries / size);
  const single: Side = {
    name: `${size} single calls`,
    run: async (group) => {
      for (let at = 0; at < size; at++) await kindred.query(input(group * size + at));
    },
    pids: served,
  };
  const batch: Side = {
    name: `QueryBatch of ${size}`,
    run: (group) => kindred.queryBatch(Array.from({ length: size }, (_, at) => input(group * size + at))),
    pids: served,
  };
  for (const clients of [1, 8]) {
    const results = await compare([single, batch], { queries: groups, clients, rounds });
    printSides(`batches of ${size}, ${clients} client(s)`, results, single.name);
  }
}

async function onWrites(part: (bench: WriteBench) => Promise<void>): Promise<void> {
  const database = await openDatabase({ url: url.href, poolSize: 4, applicationName: 'bench-writes' });
  const nearest = async (collection: string, at: number, recallTarget: number) => {
    const answer = await kindred.query({
      collection,
      vector: vectors[at]!,
      limit,
      recallTarget,
      with: { payload: false },
    });
    return answer.hits.map(({ itemId }) => itemId);
  };
  try {
    const model = await vectorModel(database);
    await part({ url, database, model, vectors: real.stored, count, ask: nearest, queries });
  } finally {
    await database.close();
  }
}

async function recallOf(
  run: (at: number) => Promise<{ hits: { itemId: string }[] }>,
  filter?: string,
): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (let at = 0; at < judged; at++) {
    const exact = await ask(at, 1, { filter });
    const ids = new Set((await run(at)).hits.map(({ itemId }) => itemId));
    wanted += exact.hits.length;
    found += exact.hits.filter(({ itemId }) => ids.has(itemId)).length;
  }
  return found / wanted;
}
