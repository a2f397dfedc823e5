import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommonNumbers } from '../tables/common-numbers.ts';
import { ItemLists, ItemNumbers } from '../tables/item-lists.ts';
import { addUp } from './add-up.ts';

const seed = (itemId: string, weight: number) => ({ itemId, weight, type: 'like' });

function lists(): ItemLists {
  const made = new ItemLists(new ItemNumbers());
  made.add('a', ['x', 'y', 'z'], [1, 0.5, 0.25]);
  made.add('b', ['y', 'x'], [0.75, 0.25]);
  return made;
}

/** What was said of each item, and by which seed loudest. */
function said(of: ItemLists, seeds: readonly ReturnType<typeof seed>[], excluded: string[] = []) {
  const common = new CommonNumbers();
  common.numbersOf(['in another order', 'z']);
  const found = addUp(of, seeds, new Set(excluded), common);
  const tell = (at: number) => [found.scores[at], found.seeds[found.by![at]!]!.itemId];
  return Object.fromEntries(Array.from(found.items, (item, at) => [common.ids[item]!, tell(at)]));
}

describe('addUp', () => {
  it('sums what seeds say, and knows which says most', () => {
    expect(said(lists(), [seed('a', 1), seed('b', 2)])).toEqual({ x: [1.5, 'a'], y: [2, 'b'], z: [0.25, 'a'] });
  });

  it('leaves out what is excluded, spoken against, or of a seed that nobody knows', () => {
    const made = lists();
    made.add('against', ['z', 'y'], [0.1, -1]);
    const seeds = [seed('a', 1), seed('against', 1), seed('none', 1)];
    expect(Object.keys(said(made, seeds, ['x']))).toEqual(['z']);
  });

  it('begins anew with each answer', () => {
    const same = lists();
    const first = said(same, [seed('a', 1)]);
    said(same, [seed('b', 9)], ['x']);
    expect(said(same, [seed('a', 1)])).toEqual(first);
  });

  it('sums random lists as adding up by ids does', () => {
    const id = fc.integer({ min: 0, max: 15 }).map((at) => `i${at}`);
    const score = fc.integer({ min: 1, max: 64 }).map((value) => value / 64);
    const list = fc.uniqueArray(fc.tuple(id, score), { selector: ([of]) => of, maxLength: 10 });
    const random = fc.uniqueArray(fc.tuple(id, list), { selector: ([of]) => of });
    const chosen = fc.uniqueArray(fc.tuple(id, score), { selector: ([of]) => of, maxLength: 6 });
    fc.assert(
      fc.property(random, chosen, fc.array(id), (all, weights, excluded) => {
        const made = new ItemLists(new ItemNumbers());
        for (const [of, entries] of all)
          made.add(
            of,
            entries.map(([to]) => to),
            entries.map(([, each]) => each),
          );
        const sums: Record<string, number> = {};
        for (const [of, weight] of weights) {
          for (const [to, each] of all.find(([item]) => item === of)?.[1] ?? []) {
            if (!excluded.includes(to)) sums[to] = (sums[to] ?? 0) + weight * each;
          }
        }
        const found = said(
          made,
          weights.map(([of, weight]) => seed(of, weight)),
          excluded,
        );
        expect(Object.fromEntries(Object.entries(found).map(([to, [sum]]) => [to, sum]))).toEqual(sums);
      }),
    );
  });
});
