/** Type of the indexed elements; "bit" keeps their signs, and the vectors themselves order what the signs found. */
export type Element = 'vector' | 'halfvec' | 'bit';

export type IndexVariant =
  | { method: 'hnsw'; element: Element; m: number; efConstruction: number }
  | { method: 'ivfflat'; element: Element; lists: number };

/** One index, and the breadths it is searched with: ef_search of HNSW, probes of IVFFlat. */
export interface Experiment {
  variant: IndexVariant;
  breadths: readonly number[];
}

/** What is copied for the experiments. */
export interface VectorShape {
  dimensions: number;
  /** Type of the stored vectors. */
  stored: 'vector' | 'halfvec';
}

/** hnsw halfvec m=24 ef_construction=128. */
export function variantName(variant: IndexVariant): string {
  const { method, element } = variant;
  if (variant.method === 'ivfflat') return `${method} ${element} lists=${variant.lists}`;
  return `${method} ${element} m=${variant.m} ef_construction=${variant.efConstruction}`;
}

/** What a variant's breadth is called in PostgreSQL. */
export const breadthName = ({ method }: IndexVariant) => (method === 'hnsw' ? 'ef_search' : 'probes');
