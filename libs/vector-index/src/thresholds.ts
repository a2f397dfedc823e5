/** Documents from which a collection gets a BM25 index of its own. */
export const bm25From = 5_000;

/** Vectors from which a collection gets an HNSW index of its own. */
export const hnswFrom = 10_000;

/** Vectors from which IVFFlat's centers say something of the data. */
export const ivfflatFrom = 1_000;
