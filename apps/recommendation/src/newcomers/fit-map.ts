import { once } from 'node:events';
import type { Database } from '@kindred/database';
import type { DescribedRows, FactorMap, fitFactorMap } from '@kindred/ranking';
import { type AttributeDeclaration, decodeVector, type ModelTable } from '@kindred/vector-index';
import type { TrainingData } from '../training/training-data.ts';
import { trainingThread } from '../training/training-thread.ts';
import { type DescribedRow, readDescribed } from './described-items.store.ts';
import type { NewcomerMap } from './factor-map.store.ts';
import { Traits } from './traits.ts';

const workerModule = new URL('./fit-map-worker', import.meta.url);
/** Items that a map is learned from at most, evenly among all. */
export const mostMapped = 20_000;
/** Of fewer nothing is learned. */
const fewestMapped = 50;
const itemsPerPage = 500;
/** Of all models: the inverse of a square of so many rows takes half a minute. */
const mostContentDimensions = 2_048;

export interface MapSource {
  tenant: string;
  collectionId: number;
  attributes: readonly AttributeDeclaration[];
  /** Whose vectors count as content. */
  content: ModelTable | undefined;
}

/** The model by whose vectors a map may go. */
export const contentFor = (model: ModelTable | undefined): ModelTable | undefined =>
  model && model.dimensions <= mostContentDimensions ? model : undefined;

/**
 * Learns in a thread how factors follow from what is known of the items that they were trained on. `explained` as fitFactorMap
 * says; nothing is stored where what is known says nothing.
 */
export async function fitMap(
  database: Database,
  source: MapSource,
  data: Pick<TrainingData, 'itemIds' | 'byItem'>,
  itemFactors: Float32Array,
  heartbeat: () => Promise<void>,
): Promise<{ stored?: NewcomerMap; explained?: number }> {
  const dimensions = itemFactors.length / data.itemIds.length;
  const numbers = sampleOf(data.itemIds.length);
  const described = await readAll(database, source, { itemIds: data.itemIds, numbers }, heartbeat);
  if (described.length < fewestMapped) return {};
  const traits = Traits.over(
    described.map(({ row }) => row),
    source.attributes,
    dimensions,
  );
  const { offsets } = data.byItem;
  const rows: DescribedRows = {
    ...sparseRows(described.map(({ row }) => traits.of(row, source.attributes))),
    featureCount: traits.names.length,
    content: source.content && contentOf(described, source.content.dimensions),
    factors: taken(
      itemFactors,
      dimensions,
      described.map(({ item }) => item),
    ),
    counts: described.map(({ item }) => offsets[item + 1]! - offsets[item]!),
  };
  const { map, explained } = await inThread(rows);
  if (!map) return { explained };
  return { stored: { traits, map, contentTable: source.content?.table }, explained };
}

interface Known {
  /** Its number in the training. */
  item: number;
  row: DescribedRow;
}

function sampleOf(count: number): number[] {
  const every = Math.max(1, Math.ceil(count / mostMapped));
  return Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every);
}

async function readAll(
  database: Database,
  source: MapSource,
  { itemIds, numbers }: { itemIds: readonly string[]; numbers: readonly number[] },
  heartbeat: () => Promise<void>,
): Promise<Known[]> {
  const numberOf = new Map(numbers.map((item) => [itemIds[item]!, item]));
  const known: Known[] = [];
  for (let from = 0; from < numbers.length; from += itemsPerPage) {
    const ids = numbers.slice(from, from + itemsPerPage).map((item) => itemIds[item]!);
    for (const row of await readDescribed(database, source, ids, source.content))
      known.push({ item: numberOf.get(row.item_id)!, row });
    await heartbeat();
  }
  return known;
}

function sparseRows(rows: readonly number[][]): { features: DescribedRows['features'] } {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [at, row] of rows.entries()) offsets[at + 1] = offsets[at]! + row.length;
  return { features: { offsets, columns: Uint32Array.from(rows.flat()) } };
}

function contentOf(known: readonly Known[], width: number): Float32Array {
  const content = new Float32Array(known.length * width);
  for (const [at, { row }] of known.entries()) if (row.content) content.set(decodeVector(row.content), at * width);
  return content;
}

function taken(factors: Float32Array, dimensions: number, items: readonly number[]): Float32Array {
  const rows = new Float32Array(items.length * dimensions);
  for (const [at, item] of items.entries())
    rows.set(factors.subarray(item * dimensions, (item + 1) * dimensions), at * dimensions);
  return rows;
}

async function inThread(rows: DescribedRows): Promise<ReturnType<typeof fitFactorMap>> {
  const worker = trainingThread(workerModule, rows);
  // A failure of the thread is thrown by once.
  const [result] = (await once(worker, 'message')) as [{ map: FactorMap | undefined; explained: number }];
  return result;
}
