import type { IndexedElement, IndexSpec } from './index-spec.ts';

/** A page of 8 kB less its header and pgvector's own 8 bytes at its end. */
const page = 8_192 - 24 - 8;
const pageBytes = 8_192;
const itemPointer = 4;

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;

function elementBytes(element: IndexedElement, dimensions: number): number {
  if (element === 'bit') return 8 + Math.ceil(dimensions / 8);
  return 8 + dimensions * (element === 'halfvec' ? 2 : 4);
}

/**
 * Bytes of a freshly built index over so many rows, within some percent. From pgvector's page layouts: an HNSW row is an element
 * (72 bytes and the vector) and its neighbors (6 bytes each, m per level and 2 m at the lowest, 1 / (m - 1) levels above
 * it on average), both on one page where they fit; an IVFFlat row is an index tuple, and every list has a last page of its own.
 */
export function expectedIndexBytes(spec: IndexSpec, dimensions: number, rows: number): number {
  if (spec.method === 'none') return 0;
  const vector = elementBytes(spec.element, dimensions);
  if (spec.method === 'ivfflat') {
    const perPage = Math.max(1, Math.floor(page / (aligned(8 + vector) + itemPointer)));
    // Half of each list's last page is empty; centers, kept as vectors, come on top.
    return pageBytes * (1 + Math.ceil(rows / perPage) + spec.lists / 2 + spec.lists / perPage);
  }
  const neighbors = aligned(4 + 6 * spec.m * (2 + 1 / (spec.m - 1)));
  const both = aligned(72 + vector) + neighbors + 2 * itemPointer;
  if (both <= page) return pageBytes * (1 + Math.ceil(rows / Math.floor(page / both)));
  const neighborsPerPage = Math.floor(page / (neighbors + itemPointer));
  return pageBytes * (1 + rows + Math.ceil(rows / neighborsPerPage));
}

/** An index is built anew from this many times the size of a fresh one, or with this share of its rows dead. */
export const rebuildAt = { bloat: 2, deadShare: 0.5, rows: 1_000 } as const;

export interface Bloat {
  /** Bytes of the index by those of a fresh one; 1 where there is nothing to compare. */
  bloat: number;
  /** Dead row versions by all. */
  deadShare: number;
  /** Searching it costs twice what it should: it is built anew. */
  excessive: boolean;
}

/**
 * Deleted elements stay in an HNSW graph until vacuum, which frees their room for new ones but never gives it back: an
 * index that was large stays large, and what is dead is walked through.
 */
export function bloatOf(
  state: { rows: number; recentRows: number; deadRows: number; indexBytes: number },
  spec: IndexSpec,
  dimensions: number,
): Bloat {
  const expected = expectedIndexBytes(spec, dimensions, state.rows - state.recentRows);
  const bloat = expected === 0 || state.indexBytes === 0 ? 1 : state.indexBytes / expected;
  const all = state.rows + state.deadRows;
  const deadShare = all === 0 ? 0 : state.deadRows / all;
  // A small index costs less than building it again.
  const worthwhile = all >= rebuildAt.rows && spec.method !== 'none';
  return { bloat, deadShare, excessive: worthwhile && (bloat >= rebuildAt.bloat || deadShare >= rebuildAt.deadShare) };
}
