import type { Database } from '@kindred/database';
import type { ModelTable } from '@kindred/vector-index';
import pg from 'pg';
import { type Latencies, measure, median } from '../latencies.ts';
import { closing } from './closing.ts';
import { cpuOf } from './cpu-clock.ts';
import { dimensions } from './real-vectors.ts';
import {
  PlainTable,
  perBatch,
  type Rate,
  RowSource,
  sessionsNamed,
  type Writer,
  WrittenCollection,
  writeFor,
} from './written-rows.ts';

export interface WriteBench {
  url: URL;
  /** A pool named `bench-writes`. */
  database: Database;
  model: ModelTable;
  /** Half of them are there before the first row is measured, the others come new, then all are changed. */
  vectors: Float32Array;
  count: number;
  /** The ids of the ten nearest to query number `at` by recall target, 1: exactly. */
  ask: (collection: string, at: number, recallTarget: number) => Promise<string[]>;
  queries: number;
}

const seconds = { slice: 5, sustained: 60, beside: 20 };
const rounds = 3;
const judged = 100;
const recallTarget = 0.95;

/** Vectors are given: how fast they are stored and become searchable, and what that does to searches. */
export async function benchWrites(bench: WriteBench): Promise<void> {
  const rows = new RowSource(bench.vectors, bench.count);
  const half = Math.floor(bench.count / 2);
  const sql = new pg.Pool({ connectionString: bench.url.href, max: 1 });
  const plain = await PlainTable.open(bench.url, 'bench_plain', rows);
  const pids = () => sessionsNamed(sql, 'bench-writes');
  const onWritten = async (written: WrittenCollection) => {
    await plain.load(half);
    await plain.index();
    await written.load(half);
    await written.index();
    const { base, from } = await benchSlices(plain, written, half, pids);
    await benchSustained(bench, { plain, written }, { base, from, pids });
    await benchBeside(bench, written);
  };
  await closing(
    () => withWritten(bench, 'written', rows, onWritten),
    () => plain.close(),
    () => sql.end(),
  );
}

async function withWritten(
  { database, model }: WriteBench,
  name: string,
  rows: RowSource,
  work: (written: WrittenCollection) => Promise<void>,
): Promise<void> {
  const written = await WrittenCollection.open(database, model, name, rows);
  await closing(
    () => work(written),
    () => written.close(),
  );
}

/** Upserts into ${'`half`'} indexed rows by each way, in turns. */
async function benchSlices(plain: PlainTable, written: WrittenCollection, half: number, pids: Writer['pids']) {
  const writers: Writer[] = [
    { name: 'SQL, row by row', write: (from) => plain.one(from), pids: plain.pids },
    { name: `SQL, batches of ${perBatch}`, write: (from) => plain.batch(from), pids: plain.pids },
    { name: `Kindred, batches of ${perBatch}`, write: (from) => written.upsert(from), pids },
  ];
  const next = new Map(writers.map(({ name }) => [name, half]));
  const rates = new Map<string, Rate[]>(writers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const writer of writers) {
      const rate = await writeFor(writer, next.get(writer.name)!, seconds.slice);
      next.set(writer.name, rate.next);
      rates.get(writer.name)!.push(rate);
    }
  }
  const middle = new Map([...rates].map(([name, list]) => [name, medianRate(list)]));
  const base = middle.get(writers[0]!.name)!;
  console.log(`\nupserts to searchable, index live, from ${half} rows: ${rounds} turns of ${seconds.slice} s each`);
  for (const [name, rate] of middle) printRate(name, rate, base);
  return { base, from: Math.max(...next.values()) };
}

function medianRate(list: Rate[]): Rate {
  const cpus = list.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
  const cpu = cpus.length > 0 ? median(cpus) : undefined;
  return { perSecond: median(list.map(({ perSecond }) => perSecond)), cpu, next: 0 };
}

function printRate(name: string, rate: Rate, base: Rate): void {
  const cpu = rate.cpu === undefined ? '' : `  server cpu ${rate.cpu.toFixed(2)} ms a row`;
  const less =
    rate.cpu === undefined || base.cpu === undefined ? '' : `, ${(base.cpu / rate.cpu).toFixed(2)} x less cpu`;
  const ratio = rate === base ? '' : `  | ${(rate.perSecond / base.perSecond).toFixed(2)} x rows${less}`;
  console.log(`  ${name.padEnd(34)} ${String(Math.round(rate.perSecond)).padStart(6)}/s${cpu}${ratio}`);
}

/** Row by row in plain SQL and then as Kindred writes, each beside one client that searches without a pause. */
async function benchSustained(
  bench: WriteBench,
  { plain, written }: { plain: PlainTable; written: WrittenCollection },
  { base, from, pids }: { base: Rate; from: number; pids: Writer['pids'] },
): Promise<void> {
  const quiet = await reads(bench, 1);
  const before = await recall(bench);
  written.built.length = 0;
  const row = { name: 'SQL, row by row', write: (at: number) => plain.one(at), pids: plain.pids };
  const batch = { name: `Kindred, batches of ${perBatch}`, write: (at: number) => written.upsert(at), pids };
  const [slow, besideSlow] = await writeBesideReads(bench, row, from, seconds.beside);
  const [fast, besideFast] = await writeBesideReads(bench, batch, from, seconds.sustained);
  console.log(`\nthe same while one client searches, ${seconds.beside} s and ${seconds.sustained} s`);
  printRate(row.name, slow, slow);
  printRate(batch.name, fast, slow);
  console.log(`  ${(fast.perSecond / base.perSecond).toFixed(2)} x the rows of row by row without searches`);
  printReads('searches before', quiet);
  printReads('searches beside SQL, row by row', besideSlow, quiet);
  printReads('searches beside Kindred', besideFast, quiet);
  const after = await recall(bench);
  console.log(`  recall@10 ${before.toFixed(3)} before, ${after.toFixed(3)} after (${judged} queries)`);
  console.log(`  index built anew: ${written.built.length} times; ${await written.recent()} rows are outside of it`);
}

async function writeBesideReads(
  bench: WriteBench,
  writer: Writer,
  from: number,
  time: number,
): Promise<[Rate, Latencies]> {
  let writing = true;
  const beside = readsWhile(bench, () => writing);
  const rate = await writeFor(writer, from, time).finally(() => {
    writing = false;
  });
  return [rate, await beside];
}

async function benchBeside(bench: WriteBench, written: WrittenCollection): Promise<void> {
  const perSecond = 200;
  const quiet: Latencies[] = [];
  const busy: Latencies[] = [];
  let reached = 0;
  let next = 0;
  for (let round = 0; round < rounds; round++) {
    quiet.push(await reads(bench, 4));
    let writing = true;
    const beside = readsWhile(bench, () => writing, 4);
    const writer: Writer = { name: 'beside', write: (at) => written.upsert(at, 20), pids: () => [] };
    const rate = await writeFor(writer, next, seconds.beside, perSecond);
    writing = false;
    next = rate.next;
    reached += rate.perSecond / rounds;
    busy.push(await beside);
  }
  const p99 = (list: Latencies[]) => median(list.map((one) => one.p99));
  console.log(`\nsearches beside upserts, 20 at a time (${reached.toFixed(0)}/s of ${perSecond} reached), 4 clients`);
  console.log(
    `  p99 quiet ${p99(quiet).toFixed(2)}, beside ${p99(busy).toFixed(2)} ms | ${(p99(busy) / p99(quiet)).toFixed(2)} x`,
  );
}

/** The whole way of a first load: rows in, index built; in turns with COPY and CREATE INDEX. */
export async function benchBulk(bench: WriteBench): Promise<void> {
  const { url, vectors, count } = bench;
  const rows = new RowSource(vectors, count);
  const sql = new pg.Pool({ connectionString: url.href, max: 1 });
  const plain = await PlainTable.open(url, 'bench_bulk', rows);
  const load = async () => {
    const copied = await timed(plain.pids, async () => {
      await plain.load(count);
      await plain.index();
    });
    await withWritten(bench, 'bulk', rows, async (written) => {
      const loaded = await timed(
        () => sessionsNamed(sql, 'bench-writes'),
        async () => {
          await written.load(count);
          await written.index();
        },
      );
      printBulk(count, copied, loaded);
    });
  };
  await closing(
    load,
    () => plain.close(),
    () => sql.end(),
  );
}

interface Timed {
  ms: number;
  cpu?: number;
}

function printBulk(count: number, copied: Timed, loaded: Timed): void {
  const rate = ({ ms, cpu }: Timed): Rate => ({
    perSecond: (count / ms) * 1_000,
    cpu: cpu === undefined ? undefined : cpu / count,
    next: 0,
  });
  const base = rate(copied);
  console.log(`\nfirst load of ${count} x ${dimensions}, index included`);
  printRate('COPY and CREATE INDEX', base, base);
  printRate('Kindred, batches of 2000, promotion', rate(loaded), base);
}

async function timed(pids: Writer['pids'], work: () => Promise<void>): Promise<Timed> {
  const before = cpuOf(await pids());
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const after = cpuOf(await pids());
  return { ms, cpu: before === undefined || after === undefined ? undefined : after - before };
}

const reads = ({ ask, queries }: WriteBench, clients: number) =>
  measure(queries, clients, (at) => ask('written', at, recallTarget));

/** Searches until it is enough. */
async function readsWhile({ ask, queries }: WriteBench, going: () => boolean, clients = 1): Promise<Latencies> {
  const times: number[] = [];
  const started = performance.now();
  let at = 0;
  const client = async () => {
    while (going()) {
      const begin = performance.now();
      await ask('written', at++ % queries, recallTarget);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  times.sort((a, b) => a - b);
  const share = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
  const perSecond = times.length / ((performance.now() - started) / 1_000);
  return { perSecond, p50: share(0.5), p95: share(0.95), p99: share(0.99) };
}

async function recall({ ask }: WriteBench): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (let at = 0; at < judged; at++) {
    const exact = new Set(await ask('written', at, 1));
    found += (await ask('written', at, recallTarget)).filter((id) => exact.has(id)).length;
    wanted += exact.size;
  }
  return found / wanted;
}

function printReads(name: string, { perSecond, p50, p95, p99 }: Latencies, base?: Latencies): void {
  const ratio = base
    ? `  | ${(p50 / base.p50).toFixed(2)} x p50, ${(p95 / base.p95).toFixed(2)} x p95, ${(p99 / base.p99).toFixed(2)} x p99`
    : '';
  console.log(
    `  ${name.padEnd(34)} ${String(Math.round(perSecond)).padStart(6)}/s  p50 ${p50.toFixed(2)}  p95 ${p95.toFixed(2)}  p99 ${p99.toFixed(2)} ms${ratio}`,
  );
}
