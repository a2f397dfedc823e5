// npm run bench:scaling: how searches by vector and by text and vector grow with the collection, on a seeded synthetic mixture.
// 10,000, 100,000 and 1,000,000 rows; KINDRED_BENCH_SIZES=10000,100000 for others, from 10,000 on, where indexes begin.
// KINDRED_BENCH_DATABASE=name keeps the database, and a later run takes what is loaded in it.
import os from 'node:os';
import { type Database, migrate, openDatabase } from '@kindred/database';
import type { IndexSettings } from '@kindred/vector-index';
import pg from 'pg';
import { databaseExists, onAdmin } from '../support/admin.ts';
import findBackends, { postgresUrl } from '../support/backends.ts';
import { exponentOf } from './exponent.ts';
import { ScaledShop } from './scaling/scaled-shop.ts';
import { dimensions, SyntheticMixture } from './scaling/synthetic-mixture.ts';
import { closing } from './search/closing.ts';
import { sessionsOf } from './search/cpu-clock.ts';
import { compare, type Measured, type Side } from './search/side.ts';

const sizes = (process.env.KINDRED_BENCH_SIZES ?? '10000,100000,1000000').split(',').map(Number);
/** Timed, and held apart for the planner to learn from. */
const [queries, held, rounds] = [200, 200, 3];
const elements: Record<string, IndexSettings> = {
  'halves (the default)': { kind: 'hnsw' },
  'signs, compared in full': { kind: 'hnsw', element: 'bit', m: 16 },
};

const stopBackends = await findBackends();
const databaseName = process.env.KINDRED_BENCH_DATABASE ?? `kindred_scaling_${process.pid}`;
const url = new URL(postgresUrl()!);
url.pathname = `/${databaseName}`;
if (!(await databaseExists(postgresUrl()!, databaseName)))
  await onAdmin(postgresUrl()!, `create database ${databaseName}`);
await migrate({ url: url.href });
const database = await openDatabase({ url: url.href, poolSize: 2, applicationName: 'bench-scaling' });
const sql = new pg.Pool({ connectionString: url.href, max: 1 });
await closing(
  () => run(database),
  () => database.close(),
  () => sql.end(),
  () => process.env.KINDRED_BENCH_DATABASE || onAdmin(postgresUrl()!, `drop database ${databaseName} with (force)`),
  () => stopBackends?.(),
);

async function run(opened: Database): Promise<void> {
  console.log(`${os.cpus().length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(1)}`);
  console.log(`synthetic mixture, ${dimensions} dimensions, ${new Date().toISOString().slice(0, 10)}`);
  const mixture = new SyntheticMixture();
  const asked = Array.from({ length: queries }, (_, at) => mixture.query(at));
  const shops: ScaledShop[] = [];
  for (const rows of sizes)
    shops.push(await timed(`${rows} rows: loaded and indexed`, () => ScaledShop.open(opened, mixture, rows, asked)));
  for (const [name, settings] of Object.entries(elements)) {
    console.log(`\nan index of ${name}`);
    for (const shop of shops) await timed(`${shop.rows} rows: index in use`, () => shop.declare(settings));
    const others = Array.from({ length: held }, (_, at) => mixture.query(queries + at));
    if (!settings.element)
      for (const shop of shops) await timed(`${shop.rows} rows: planned for`, () => shop.learn(others));
    await compareSizes(shops);
  }
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work();
  console.log(`  ${what} after ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  return result;
}

/** All sizes by turns. */
async function compareSizes(shops: readonly ScaledShop[]): Promise<void> {
  const { search, close } = await shops[0]!.searching();
  const pids = async () => [process.pid, ...(await sessionsOf(sql, 'bench-scaling'))];
  for (const shop of shops) {
    const { each, ofVector, ofIndex } = await shop.indexBytes();
    const { recall, plan } = await shop.recall(search);
    const bytes = `${each.toFixed(0)} bytes a vector: ${ofVector.toFixed(2)} x fp32, ${ofIndex.toFixed(2)} x an index of it`;
    console.log(`  ${String(shop.rows).padEnd(8)} recall@10 ${recall.toFixed(3)}; ${bytes}; ${plan}`);
  }
  const sides = shops.map((shop) => shop.sides(search, pids));
  for (const by of ['vector', 'hybrid'] as const)
    await printGrowth(
      by,
      sides.map((side) => side[by]),
    );
  await close();
}

async function printGrowth(by: string, sides: readonly Side[]): Promise<void> {
  const results = [...(await compare(sides, { queries, clients: 1, rounds })).values()];
  for (const [at, { p50, p95, cpu }] of results.entries())
    console.log(
      `  ${by.padEnd(8)} ${String(sizes[at]).padEnd(8)} p50 ${p50.toFixed(2)}  p95 ${p95.toFixed(2)} ms  cpu ${cpu?.toFixed(2)} ms`,
    );
  const exponent = (of: (one: Measured) => number) =>
    exponentOf(results.map((one, at) => [sizes[at]!, of(one)] as const)).toFixed(2);
  console.log(
    `  ${by}: p50 grows as rows ^ ${exponent((one) => one.p50)}, cpu ^ ${exponent((one) => one.cpu ?? Number.NaN)}`,
  );
}
