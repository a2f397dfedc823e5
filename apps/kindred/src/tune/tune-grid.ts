import type { Element, Experiment, IndexVariant, VectorShape } from './index-variant.ts';

export const gridNames = ['small', 'full'] as const;
export type GridName = (typeof gridNames)[number];

/** pgvector indexes no more dimensions. */
const mostDimensions: Record<Element, number> = { vector: 2_000, halfvec: 4_000, bit: 64_000 };

const efSearches = [10, 20, 40, 80, 160, 320];
/** Signs alone order badly: fewer candidates are of no use. */
const bitEfSearches = [40, 80, 160, 320, 640];
const probes = [1, 2, 4, 8, 16, 32, 64];

/** The indexes to build and how to search them, for a copy of so many rows. */
export function gridOf(name: GridName, rows: number, shape: VectorShape): Experiment[] {
  const all = name === 'small' ? smallGrid(rows, shape) : fullGrid(rows, shape);
  return all.filter(({ variant }) => shape.dimensions <= mostDimensions[variant.element]);
}

function smallGrid(rows: number, { stored }: VectorShape): Experiment[] {
  const graphs = [
    [16, 64],
    [24, 128],
    [32, 256],
  ] as const;
  return [
    ...graphs.map(([m, efConstruction]) => hnsw(stored, m, efConstruction, efSearches)),
    hnsw('bit', 24, 128, bitEfSearches),
    ivfflat(stored, Math.sqrt(rows), probes),
  ];
}

function fullGrid(rows: number, { stored }: VectorShape): Experiment[] {
  const graphs = [8, 16, 24, 32, 48].flatMap((m) => [64, 128, 256].map((efConstruction) => ({ m, efConstruction })));
  const allowed = graphs.filter(({ m, efConstruction }) => efConstruction >= 2 * m);
  const other: Element = stored === 'vector' ? 'halfvec' : 'vector';
  return [
    ...allowed.map(({ m, efConstruction }) => hnsw(stored, m, efConstruction, [...efSearches, 640])),
    ...[16, 24, 32].map((m) => hnsw(other, m, 128, efSearches)),
    ...[16, 24, 32].map((m) => hnsw('bit', m, 128, bitEfSearches)),
    ...[0.5, 1, 2].map((factor) => ivfflat(stored, factor * Math.sqrt(rows), probes)),
  ];
}

function hnsw(element: Element, m: number, efConstruction: number, breadths: readonly number[]): Experiment {
  return { variant: { method: 'hnsw', element, m, efConstruction }, breadths };
}

function ivfflat(element: Element, wanted: number, breadths: readonly number[]): Experiment {
  const lists = Math.max(1, Math.round(wanted));
  const variant: IndexVariant = { method: 'ivfflat', element, lists };
  return { variant, breadths: breadths.filter((breadth) => breadth <= lists) };
}
