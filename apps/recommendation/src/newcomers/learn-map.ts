import { type DescribedRows, type FactorMap, fitFactorMap } from '@kindred/ranking';
import type { AttributeDeclaration } from '@kindred/vector-index';
import { type DescribedItem, Traits } from './traits.ts';

/** An item that people have met. */
export interface MetItem extends DescribedItem {
  content: Float32Array | undefined;
  factors: Float32Array;
  /** People whom its factors were learned from. */
  people: number;
}

export interface LearnedMap {
  names: readonly string[];
  cuts: Traits['cuts'];
  /** Absent where what is known says nothing of factors. */
  map: FactorMap | undefined;
  explained: number;
}

/** How factors follow from what is known of items: takes seconds. `contentDimensions` 0: content does not count. */
export function learnMap(
  items: readonly MetItem[],
  attributes: readonly AttributeDeclaration[],
  contentDimensions: number,
): LearnedMap {
  const { length: dimensions } = items[0]!.factors;
  const traits = Traits.over(items, attributes, dimensions);
  const rows: DescribedRows = {
    features: sparseRows(items.map((item) => traits.of(item, attributes))),
    featureCount: traits.names.length,
    content: contentDimensions > 0 ? dense(items, contentDimensions, (item) => item.content) : undefined,
    factors: dense(items, dimensions, (item) => item.factors),
    counts: items.map(({ people }) => people),
  };
  return { names: traits.names, cuts: traits.cuts, ...fitFactorMap(rows) };
}

function sparseRows(rows: readonly number[][]): DescribedRows['features'] {
  const offsets = new Uint32Array(rows.length + 1);
  for (const [at, row] of rows.entries()) offsets[at + 1] = offsets[at]! + row.length;
  return { offsets, columns: Uint32Array.from(rows.flat()) };
}

/** Zeros where an item has none. */
function dense(
  items: readonly MetItem[],
  width: number,
  of: (item: MetItem) => Float32Array | undefined,
): Float32Array {
  const all = new Float32Array(items.length * width);
  for (const [at, item] of items.entries()) all.set(of(item) ?? [], at * width);
  return all;
}
