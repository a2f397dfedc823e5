import { type Database, type Sql, sqlState } from '@kindred/database';
import { nearestRecall } from '@kindred/ranking';
import { hnswFrom } from '../thresholds.ts';
import { type Measured, readExact, readFound, readStored, saveRecall, widen } from './index-recall.store.ts';
import type { IndexSpec } from './index-spec.ts';
import type { Vectors } from './keep-index.ts';
import { type BreadthRecall, breadths, compared, pointOf, type RecallCurve, sure } from './recall-curve.ts';

/** By breadth, what probes found. */
export interface IndexRecall extends RecallCurve {
  probes: number;
  /** Vectors in the index when it was measured. */
  rows: number;
  measuredAt: Date;
}

/** Broader searches than one that surely has this are not measured. */
const enough = 0.99;
const mostProbes = 100;
const leastProbes = 20;
/** Time for the exact answers; beyond, the least number of probes is enough. */
const exactMs = 10_000;

/** Of signs by Hamming distance: what they find is compared by angles, as nearly everybody does. */
const isMeasurable = (spec: IndexSpec): spec is Measured['spec'] =>
  spec.method === 'hnsw' && spec.distance !== 'jaccard';

/**
 * Asks an index probes made of its own vectors, exactly and with several breadths, in one snapshot, and keeps the result.
 * Takes about 10 s of one core for the exact answers (20 of them, where one takes longer than half a second) and less for
 * the others. Does nothing where there is no breadth to choose, or where the table is gone.
 */
export async function measureIndex(
  database: Database,
  { tenant, collectionId, model }: Vectors,
  spec: IndexSpec,
  partition: string,
): Promise<void> {
  if (!isMeasurable(spec)) return;
  const settings = { transaction_isolation: 'repeatable read', statement_timeout: '0', jit: 'off' };
  const scope = { tenant, readOnly: true, settings: { ...settings, max_parallel_workers_per_gather: '0' } };
  const index = { model, spec, partition };
  try {
    const measured = await database.transaction(scope, (sql) => askProbes(database, sql, index));
    if (!measured) return;
    await database.transaction({ tenant }, (sql) => saveRecall(sql, { collectionId, partition }, measured));
  } catch (error) {
    // 42P01: another process put the copy in use, or its collection was deleted.
    if (sqlState(error) !== '42P01') throw error;
  }
}

async function askProbes(database: Database, sql: Sql, index: Measured) {
  const { rows, vectors } = await readStored(sql, index, mostProbes);
  if (rows < hnswFrom) return undefined;
  const probes = probesOf(vectors).map((probe) => database.vector(probe));
  const exact = await timed(probes, (probe) => readExact(sql, index, probe));
  const points: BreadthRecall[] = [];
  for (const efSearch of breadths) {
    await widen(sql, efSearch);
    const recalls: number[] = [];
    for (const [at, nearest] of exact.entries())
      recalls.push(nearestRecall(compared, await readFound(sql, index, probes[at], efSearch), nearest));
    points.push(pointOf(efSearch, recalls));
    if (sure(points.at(-1)!) >= enough) break;
  }
  return { rows, probes: exact.length, points };
}

/** Of as many as the time is enough for. */
async function timed<One, Result>(all: readonly One[], work: (one: One) => Promise<Result>): Promise<Result[]> {
  const start = performance.now();
  const done: Result[] = [];
  for (const one of all) {
    if (done.length >= leastProbes && performance.now() - start > exactMs) break;
    done.push(await work(one));
  }
  return done;
}

/** Share of another vector in a probe: found as hard as people's queries are, or a little harder (docs/adr/0018). */
const other = 0.5;

/** Queries of length one, each halfway from a vector to the middle between it and another: stored ones are too easy. */
export function probesOf(vectors: readonly Float32Array[]): Float32Array[] {
  const half = Math.floor(vectors.length / 2);
  return vectors.map((vector, at) => {
    const far = vectors[(at + half) % vectors.length]!;
    return unit(vector.map((value, each) => value + other * far[each]!));
  });
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
