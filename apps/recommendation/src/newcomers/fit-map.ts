import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Database } from '@kindred/database';
import { type AttributeDeclaration, decodeVector, type ModelTable } from '@kindred/vector-index';
import { Models } from '../models.ts';
import type { TrainingData } from '../training/training-data.ts';
import { trainingThread } from '../training/training-thread.ts';
import { readDescribed } from './described-items.store.ts';
import type { NewcomerMap } from './factor-map.store.ts';
import type { LearnedMap, MetItem } from './learn-map.ts';
import { Traits } from './traits.ts';

const workerModule = new URL('./learn-map-worker', import.meta.url);
/** Items that a map is learned from at most, evenly among all. */
export const mostMapped = 20_000;
/** Of fewer nothing is learned. */
const fewestMapped = 50;
const itemsPerPage = 500;
/** Of all models: the inverse of a square of so many rows takes half a minute. */
const mostContentDimensions = 2_048;

/** What the thread is told: items page by page, then to learn from them. */
export type LearnTask =
  | { items: MetItem[] }
  | { attributes: readonly AttributeDeclaration[]; contentDimensions: number };

export interface MapSource {
  tenant: string;
  collectionId: number;
  attributes: readonly AttributeDeclaration[];
  /** Whose vectors count as content. */
  content: ModelTable | undefined;
}

type Trained = Pick<TrainingData, 'itemIds' | 'byItem'> & { itemFactors: Float32Array };

/** The model by whose vectors a map of the collection may go. */
export async function contentFor(
  database: Database,
  collection: Pick<MapSource, 'tenant' | 'collectionId'>,
): Promise<ModelTable | undefined> {
  const model = await new Models(database).of(collection);
  return model && model.dimensions <= mostContentDimensions ? model : undefined;
}

/**
 * Learns in a thread how factors follow from what is known of the items that they were trained on. `explained` as fitFactorMap
 * says; nothing is stored where what is known says nothing.
 */
export async function fitMap(
  database: Database,
  source: MapSource,
  trained: Trained,
  heartbeat: () => Promise<void>,
): Promise<{ stored?: NewcomerMap; explained?: number }> {
  const worker = trainingThread(workerModule, undefined);
  try {
    const sent = await sendItems(worker, database, source, trained, heartbeat);
    if (sent < fewestMapped) return {};
    const { attributes, content } = source;
    worker.postMessage({ attributes, contentDimensions: content?.dimensions ?? 0 } satisfies LearnTask);
    // A failure of the thread is thrown by once.
    const [{ names, cuts, map, explained }] = (await once(worker, 'message')) as [LearnedMap];
    if (!map) return { explained };
    return { stored: { traits: new Traits(names, cuts), map, contentTable: content?.table }, explained };
  } finally {
    await worker.terminate();
  }
}

/** Resolves to the number of items that still exist. */
async function sendItems(
  worker: Worker,
  database: Database,
  source: MapSource,
  { itemIds, byItem: { offsets }, itemFactors }: Trained,
  heartbeat: () => Promise<void>,
): Promise<number> {
  const dimensions = itemFactors.length / itemIds.length;
  const every = Math.max(1, Math.ceil(itemIds.length / mostMapped));
  let sent = 0;
  for (let from = 0; from < itemIds.length; from += every * itemsPerPage) {
    const page = new Map<string, number>();
    for (let item = from; item < Math.min(itemIds.length, from + every * itemsPerPage); item += every)
      page.set(itemIds[item]!, item);
    const rows = await readDescribed(database, source, [...page.keys()], source.content);
    const items = rows.map(({ item_id, content, ...row }): MetItem => {
      const item = page.get(item_id)!;
      const factors = itemFactors.slice(item * dimensions, (item + 1) * dimensions);
      const people = offsets[item + 1]! - offsets[item]!;
      return { ...row, content: content ? decodeVector(content) : undefined, factors, people };
    });
    worker.postMessage({ items } satisfies LearnTask);
    sent += items.length;
    await heartbeat();
  }
  return sent;
}
