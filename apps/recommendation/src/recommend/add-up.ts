import type { Seed } from '../history/seeds.ts';
import type { CommonNumbers } from '../tables/common-numbers.ts';
import type { ItemLists } from '../tables/item-lists.ts';

/** What a source found: parallel arrays, in no order. */
export interface Found {
  /** By common numbers. */
  items: ArrayLike<number>;
  /** Above 0. */
  scores: ArrayLike<number>;
  /** Which of the seeds said most for the item; absent where the source has no seeds. */
  by?: ArrayLike<number>;
  seeds: readonly Pick<Seed, 'itemId'>[];
  /** Nothing but what is excluded was found; what was asked by aside. */
  barred?: boolean;
}

/** Sums and loudest seeds by item number; cleared after each use, so that nothing is allocated. */
class Sums {
  constructor(
    readonly sums: Float64Array,
    readonly loudest: Float64Array,
    readonly seeds: Uint16Array,
  ) {}
}

const scratch = new WeakMap<ItemLists, Sums>();

function sumsOf(lists: ItemLists): Sums {
  const size = lists.numbers.ids.length;
  const known = scratch.get(lists);
  if (known && known.sums.length >= size) return known;
  const made = new Sums(new Float64Array(size), new Float64Array(size), new Uint16Array(size));
  scratch.set(lists, made);
  return made;
}

/** Each item's sum of weight x score over the lists of the seeds, but for what is excluded. */
export function addUp(
  lists: ItemLists,
  seeds: readonly Seed[],
  excluded: ReadonlySet<string>,
  common: CommonNumbers,
): Found {
  const { sums, loudest, seeds: loudestSeeds } = sumsOf(lists);
  const { numbers, items, scores } = lists;
  const touched: number[] = [];
  for (const [rank, { itemId, weight }] of seeds.entries()) {
    const own = numbers.find(itemId);
    if (own === undefined) continue;
    const [start, end] = lists.rangeOf(own);
    for (let at = start; at < end; at++) {
      const item = items[at]!;
      const part = weight * scores[at]!;
      if (sums[item] === 0) touched.push(item);
      sums[item] = sums[item]! + part;
      if (part <= loudest[item]!) continue;
      loudest[item] = part;
      loudestSeeds[item] = rank;
    }
  }
  // Mostly fewer than what was touched, and a number is looked at faster than an id.
  const barred: string[] = [];
  for (const id of excluded) {
    const item = numbers.find(id);
    if (item === undefined || !(sums[item]! > 0)) continue;
    sums[item] = -1;
    barred.push(id);
  }
  const [kept, said, by]: [number[], number[], number[]] = [[], [], []];
  for (const item of touched) {
    if (sums[item]! > 0) {
      kept.push(item);
      said.push(sums[item]!);
      by.push(loudestSeeds[item]!);
    }
    sums[item] = 0;
    loudest[item] = 0;
  }
  const found: Found = { items: common.of(numbers, kept), scores: said, by, seeds };
  if (kept.length > 0 || barred.length === 0) return found;
  const asked = new Set(seeds.map(({ itemId }) => itemId));
  return { ...found, barred: barred.some((id) => !asked.has(id)) };
}
