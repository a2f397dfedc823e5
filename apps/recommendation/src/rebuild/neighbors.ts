import { BestFew } from './best-few.ts';
import type { Pause } from './breather.ts';
import type { PairTable } from './pair-table.ts';

export interface NeighborOptions {
  /** Most neighbors of an item. */
  neighbors: number;
  /** Co-occurrences by which a similarity is halved: pairs seen once or twice say little. */
  shrinkage: number;
  /** Newest items of a person that count; bounds the work a single one can cause. */
  itemsPerOwner: number;
}

/** Measured on ml-latest-small; see docs/adr/0006. */
export const defaultNeighborOptions: NeighborOptions = { neighbors: 50, shrinkage: 10, itemsPerOwner: 1_000 };

export interface Neighbors {
  /** Item numbers, most similar first. */
  items: number[];
  /** In (0, 1]. */
  scores: number[];
}

/** One person's items, by number. */
interface Row {
  items: Int32Array;
  weights: Float64Array;
}

/** Additions between two pauses. */
const stretch = 20_000;

/**
 * Similarity of items by the people they share: cosine of their columns of strengths, times c / (c + shrinkage) for c
 * shared people. A person's strengths are divided by the root of their number, so that who likes everything tells little
 * (inverse user frequency: Breese, Heckerman and Kadie 1998; shrinkage: Bell and Koren 2007).
 */
export class NeighborFinder {
  private readonly norms: Float64Array;
  private readonly dots: Float64Array;
  private readonly counts: Int32Array;
  private work = 0;

  private constructor(
    private readonly pairs: PairTable,
    private readonly rows: Row[],
    private readonly options: NeighborOptions,
    private readonly pause: Pause,
  ) {
    const size = pairs.itemIds.length;
    this.norms = new Float64Array(size);
    this.dots = new Float64Array(size);
    this.counts = new Int32Array(size);
  }

  static async over(pairs: PairTable, options: NeighborOptions, pause: Pause): Promise<NeighborFinder> {
    const finder = new NeighborFinder(pairs, await rowsOf(pairs, options.itemsPerOwner, pause), options, pause);
    for (const { items, weights } of finder.rows) {
      for (let at = 0; at < items.length; at++) finder.norms[items[at]!]! += weights[at]! ** 2;
      await pause();
    }
    return finder;
  }

  /** Ask for one item at a time. Ties go to the lower number. */
  async of(item: number): Promise<Neighbors> {
    const touched: number[] = [];
    for (let at = this.pairs.starts[item]!; at < this.pairs.endOf(item); at++) {
      const row = this.rows[this.pairs.owners[at]!]!;
      this.addRow(row, item, touched);
      this.work += row.items.length;
      if (this.work < stretch) continue;
      this.work = 0;
      await this.pause();
    }
    const best = new BestFew(this.options.neighbors);
    for (const other of touched) {
      if (other !== item) best.offer(other, this.score(item, other));
      this.dots[other] = 0;
      this.counts[other] = 0;
    }
    return { items: best.items, scores: best.scores.map((score) => Number(score.toPrecision(6))) };
  }

  private addRow({ items, weights }: Row, item: number, touched: number[]): void {
    const own = positionOf(items, item);
    if (own < 0) return;
    const weight = weights[own]!;
    for (let at = 0; at < items.length; at++) {
      const other = items[at]!;
      if (this.counts[other]!++ === 0) touched.push(other);
      this.dots[other]! += weight * weights[at]!;
    }
  }

  private score(item: number, other: number): number {
    const shared = this.counts[other]!;
    const cosine = this.dots[other]! / Math.sqrt(this.norms[item]! * this.norms[other]!);
    return cosine * (shared / (shared + this.options.shrinkage));
  }
}

async function rowsOf(pairs: PairTable, itemsPerOwner: number, pause: Pause): Promise<Row[]> {
  const byOwner: { item: number; at: number }[][] = Array.from({ length: pairs.ownerCount }, () => []);
  for (let item = 0; item < pairs.itemIds.length; item++) {
    for (let at = pairs.starts[item]!; at < pairs.endOf(item); at++) byOwner[pairs.owners[at]!]!.push({ item, at });
    await pause();
  }
  const rows: Row[] = [];
  for (const met of byOwner) {
    const newest = met.sort((a, b) => pairs.days[b.at]! - pairs.days[a.at]! || a.item - b.item).slice(0, itemsPerOwner);
    newest.sort((a, b) => a.item - b.item);
    const scale = 1 / Math.sqrt(newest.length);
    rows.push({
      items: Int32Array.from(newest, ({ item }) => item),
      weights: Float64Array.from(newest, ({ at }) => pairs.strengths[at]! * scale),
    });
    await pause();
  }
  return rows;
}

/** Place of a value in an ascending list, or -1. */
function positionOf(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] === value) return middle;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
