import type { IndexSettings } from '../collection.store.ts';
import type { Distance } from '../search/distance.ts';
import type { SegmentFields } from './segment-fields.ts';
import { type Segment, wantedSegments } from './segments.ts';

/** What an index is built from. */
export type IndexedElement = 'vector' | 'halfvec' | 'bit';

/** An index as pgvector builds it. */
export type IndexSpec =
  | { method: 'none' }
  | {
      method: 'hnsw';
      element: IndexedElement;
      distance: Distance;
      m: number;
      efConstruction: number;
      /** What was written since it was built waits in a part of its own: docs/adr/0011. */
      recent: boolean;
      /** What has a graph of its own beside. */
      segments?: readonly Segment[];
    }
  | { method: 'ivfflat'; element: IndexedElement; distance: Distance; lists: number };

/** The vectors that an index is made of. */
export interface StoredVectors {
  /** Type of the column. */
  element: 'vector' | 'halfvec';
  dimensions: number;
  rows: number;
  /** What shall have graphs of its own. */
  segments?: SegmentFields;
}

/** Measured on 100k x 384: more links than 16 cost no bytes and gain recall. */
const defaultHnsw = { m: 24, efConstruction: 128 };
/** Dimensions up to which pgvector indexes the type. */
export const mostIndexed = { vector: 2_000, halfvec: 4_000, bit: 64_000 } as const;

/** The operators of pgvector's operator classes, as in "halfvec_ip_ops". */
export const operators: Record<Distance, string> = {
  cosine: 'cosine',
  inner_product: 'ip',
  l2: 'l2',
  l1: 'l1',
  hamming: 'hamming',
  jaccard: 'jaccard',
};

/** The index that the settings, unless they say "exact", call for at this size. Settings left open follow the data. */
export function wantedIndex(settings: IndexSettings, stored: StoredVectors): IndexSpec {
  if (settings.kind === 'exact') return { method: 'none' };
  const element = indexedElement(settings, stored);
  const distance = indexedDistance(settings, element);
  if (settings.kind === 'ivfflat') {
    return { method: 'ivfflat', element, distance, lists: settings.lists ?? listsFor(stored.rows) };
  }
  const m = settings.m ?? Math.min(defaultHnsw.m, Math.floor((settings.efConstruction ?? 2 * defaultHnsw.m) / 2));
  const efConstruction = settings.efConstruction ?? Math.max(defaultHnsw.efConstruction, 2 * m);
  const hnsw = { method: 'hnsw', element, distance, m, efConstruction, recent: true } as const;
  return stored.segments ? { ...hnsw, segments: wantedSegments(stored.segments.common, stored.rows) } : hnsw;
}

function indexedElement({ element, distance }: IndexSettings, stored: StoredVectors): IndexedElement {
  if (element === 'bit' || betweenSigns(distance)) return 'bit';
  if (element === 'half') return 'halfvec';
  // Where nothing is said, what can be indexed is.
  if (element === undefined && stored.dimensions > mostIndexed.vector) return 'halfvec';
  return stored.element;
}

/** Signs are found by Hamming distance, whatever their vectors are compared by afterwards. */
function indexedDistance({ distance }: IndexSettings, element: IndexedElement): Distance {
  if (element === 'bit') return distance === 'jaccard' ? 'jaccard' : 'hamming';
  // Of vectors of length one it is the cheapest, and orders as the cosine does.
  return distance ?? 'inner_product';
}

export const betweenSigns = (distance: Distance | undefined) => distance === 'hamming' || distance === 'jaccard';

/** pgvector's advice: a thousandth of the rows up to a million, their root beyond. */
export const listsFor = (rows: number) =>
  Math.min(32_768, Math.max(1, Math.round(rows <= 1_000_000 ? rows / 1_000 : Math.sqrt(rows))));

/** Whether what was built is what is wanted, segments apart. Lists that nobody named may be off by a factor of two: the data grows. */
export function sameIndex(built: IndexSpec, wanted: IndexSpec, settings: IndexSettings): boolean {
  if (built.method === 'none' || wanted.method === 'none') return built.method === wanted.method;
  if (built.element !== wanted.element || built.distance !== wanted.distance) return false;
  if (built.method === 'hnsw' && wanted.method === 'hnsw') {
    const { m, efConstruction, recent } = wanted;
    return built.m === m && built.efConstruction === efConstruction && built.recent === recent;
  }
  if (built.method !== 'ivfflat' || wanted.method !== 'ivfflat') return false;
  if (settings.lists !== undefined) return built.lists === wanted.lists;
  return built.lists <= 2 * wanted.lists && wanted.lists <= 2 * built.lists;
}
