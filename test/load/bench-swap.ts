// npm run bench:swap: how long reads and writes wait while a collection grows, and while its index is built anew.
// 300,000 vectors of 32 numbers; KINDRED_BENCH_ROWS for others: waits are those of locks, so the vectors may be small.
import { createHash } from 'node:crypto';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, openDatabase } from '@kindred/database';
import {
  CollectionDirectory,
  ensureModel,
  type IndexSettings,
  keepIndex,
  promoteWhenLarge,
  readLedger,
  upsertVectors,
  type Vectors,
} from '@kindred/vector-index';
import { onAdmin } from '../support/admin.ts';
import findBackends, { postgresUrl } from '../support/backends.ts';
import { closing } from './search/closing.ts';

const rows = Number(process.env.KINDRED_BENCH_ROWS ?? 300_000);
const [dimensions, batch] = [32, 1_000];
const tenant = 'bench';
const small: IndexSettings = { kind: 'hnsw', m: 8, efConstruction: 32 };

const stopBackends = await findBackends();
const databaseName = `kindred_swap_${process.pid}`;
const url = new URL(postgresUrl()!);
url.pathname = `/${databaseName}`;
await onAdmin(postgresUrl()!, `create database ${databaseName}`);
await migrate({ url: url.href });
const database = await openDatabase({ url: url.href, poolSize: 8, applicationName: 'bench-swap' });
await closing(
  () => run(),
  () => database.close(),
  () => onAdmin(postgresUrl()!, `drop database ${databaseName} with (force)`),
  () => stopBackends?.(),
);

async function run(): Promise<void> {
  console.log(
    `${os.cpus().length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(1)}, ${rows} vectors`,
  );
  const large = await open('large');
  const other = await open('other');
  await put(other, 0, 200);
  await watched('grows, with its first index', large, other, async () => {
    for (let from = 0; from < rows; from += batch) {
      await put(large, from, batch);
      void promoteWhenLarge(database, tenant, large.collectionId, large.model, small);
    }
    await keepIndex(database, large, small);
  });
  await watched('is indexed anew', large, other, () => keepIndex(database, large, { ...small, m: 9 }));
  await watched('is indexed anew beside two writers without a pause', large, other, async () => {
    let done = false;
    const writer = async (at: number) => {
      for (let round = 0; !done; round++) await put(large, (at + 7 * round * batch) % rows, 50);
    };
    const writers = [writer(0), writer(rows / 2)];
    await keepIndex(database, large, { ...small, m: 10 }).finally(() => {
      done = true;
    });
    await Promise.all(writers);
  });
}

async function open(name: string): Promise<Vectors> {
  const sql = `insert into kindred.collections (tenant_id, name, attributes, index_settings)
    values (kindred.tenant(), $1, '[]', $2::jsonb)`;
  await database.query({ tenant }, sql, [name, JSON.stringify(small)]);
  const { collectionId } = await new CollectionDirectory(database).get(tenant, name);
  const artifactHash = createHash('sha256').update('random').digest('hex');
  const identity = { name: 'random', version: '1', provider: 'bench', dimensions, dtype: 'float32', artifactHash };
  return { tenant, collectionId, model: await ensureModel(database, tenant, identity) };
}

/** Vectors of the items from..from+count-1, new ones or others in their place. */
function put({ collectionId, model }: Vectors, from: number, count: number): Promise<void> {
  const written = Array.from({ length: count }, (_, at) => ({
    itemId: `i${from + at}`,
    revision: 1n,
    contentHash: Buffer.from([0]),
    vector: Float32Array.from({ length: dimensions }, () => Math.random() - 0.5),
  }));
  return database.transaction({ tenant }, (sql) => upsertVectors(database, sql, model, collectionId, written));
}

/** The longest of each of these, tried again and again while `work` goes on. */
async function watched(what: string, large: Vectors, other: Vectors, work: () => Promise<unknown>): Promise<void> {
  const read = ({ model, collectionId }: Vectors) =>
    database.transaction({ tenant, readOnly: true }, (sql) => readLedger(sql, model, collectionId, ['i1']));
  const tried = {
    'a read of it': () => read(large),
    'a write to it': () => put(large, 1, 1),
    'a read of another': () => read(other),
    'a write to another': () => put(other, 1, 1),
  };
  let done = false;
  const longest = async (once: () => Promise<unknown>) => {
    let most = 0;
    for (; !done; await sleep(2)) {
      const begun = performance.now();
      await once();
      most = Math.max(most, performance.now() - begun);
    }
    return most;
  };
  const began = performance.now();
  const probes = Object.entries(tried).map(async ([name, once]) => [name, await longest(once)] as const);
  await work().finally(() => {
    done = true;
  });
  console.log(`a collection ${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s; the longest`);
  for (const [name, most] of await Promise.all(probes))
    console.log(`  ${name.padEnd(20)}${most.toFixed(0).padStart(7)} ms`);
}
