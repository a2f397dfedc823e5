/**
 * Lists of an IVFFlat index to look at for a recall@10: pgvector's starting point, the root of the lists, at .9, and in
 * inverse proportion to the root of what may be missed beyond. Measured: docs/indexes.md.
 */
export const probesFor = (recallTarget: number, lists: number): number =>
  Math.min(lists, Math.max(1, Math.ceil(Math.sqrt((lists * 0.1) / Math.max(1e-6, 1 - recallTarget)) - 1e-9)));

/** Rows by their signs for each that is wanted in full, where nothing was measured: 4 up to a recall of .9, 10 from .97 on. */
export const oversampleFor = (recallTarget: number): number =>
  Math.min(10, Math.max(4, Math.round(0.3 / Math.max(1e-6, 1 - recallTarget))));
