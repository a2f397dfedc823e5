import { groupBy } from '@kindred/messaging';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultNeighborOptions, NeighborFinder, type NeighborOptions } from './neighbors.ts';
import { PairTable } from './pair-table.ts';
import { popularityOf } from './popularity.ts';

interface Pair {
  item: number;
  owner: number;
  strength: number;
  day: number;
}

const noPause = () => undefined;

function tableOf(pairs: Pair[]): PairTable {
  const table = new PairTable();
  const named = pairs.map(({ item, owner, ...rest }) => ({
    item_id: `i${item}`,
    owner: `u${owner}`,
    events: 1,
    ...rest,
  }));
  for (const row of named.toSorted((a, b) => (a.item_id < b.item_id ? -1 : a.item_id > b.item_id ? 1 : 0)))
    table.add(row);
  return table;
}

/** The formula, without any of the shortcuts. */
function expected(pairs: Pair[], a: number, b: number, { shrinkage }: NeighborOptions): number {
  const sizes = groupBy(pairs, (pair) => pair.owner);
  const column = (item: number) =>
    new Map(
      pairs
        .filter((pair) => pair.item === item)
        .map(({ owner, strength }) => [owner, strength / Math.sqrt(sizes.get(owner)!.length)]),
    );
  const [one, two] = [column(a), column(b)];
  const shared = [...one.keys()].filter((owner) => two.has(owner));
  const dot = shared.reduce((sum, owner) => sum + one.get(owner)! * two.get(owner)!, 0);
  const norm = (values: Map<number, number>) =>
    Math.sqrt([...values.values()].reduce((sum, value) => sum + value ** 2, 0));
  return ((dot / norm(one) / norm(two)) * shared.length) / (shared.length + shrinkage);
}

const somePairs = fc.uniqueArray(
  fc.record({
    item: fc.nat(9),
    owner: fc.nat(6),
    strength: fc.constantFrom(0.1, 0.4, 1),
    day: fc.nat(1_000),
  }),
  { selector: ({ item, owner }) => `${item}/${owner}`, maxLength: 50 },
);

describe('NeighborFinder', () => {
  it('gives the shrunken cosine of every pair of items that share a person, best first', async () => {
    await fc.assert(
      fc.asyncProperty(somePairs, async (pairs) => {
        const table = tableOf(pairs);
        const finder = await NeighborFinder.over(table, defaultNeighborOptions, noPause);
        for (const [item, itemId] of table.itemIds.entries()) {
          const found = await finder.of(item);
          expect(found.scores).toEqual(found.scores.toSorted((a, b) => b - a));
          for (const [at, other] of found.items.entries()) {
            const numbers = [itemId, table.itemIds[other]!].map((id) => Number(id.slice(1)));
            expect(found.scores[at]).toBeCloseTo(expected(pairs, numbers[0]!, numbers[1]!, defaultNeighborOptions), 5);
          }
        }
      }),
    );
  });

  it('keeps only the best, and never the item itself', async () => {
    const pairs = Array.from({ length: 20 }, (_, item) => ({ item, owner: item % 3, strength: 1, day: 0 }));
    const all = [...pairs, ...pairs.map((pair) => ({ ...pair, owner: 9 }))];
    const finder = await NeighborFinder.over(tableOf(all), { ...defaultNeighborOptions, neighbors: 4 }, noPause);
    const { items } = await finder.of(0);
    expect(items).toHaveLength(4);
    expect(items).not.toContain(0);
  });

  it('bounds what one person can cause to the newest items', async () => {
    const robot = Array.from({ length: 30 }, (_, item) => ({ item, owner: 1, strength: 1, day: item }));
    const table = tableOf(robot);
    const finder = await NeighborFinder.over(table, { ...defaultNeighborOptions, itemsPerOwner: 2 }, noPause);
    expect((await finder.of(table.itemIds.indexOf('i0'))).items).toEqual([]);
    expect((await finder.of(table.itemIds.indexOf('i29'))).items).toEqual([table.itemIds.indexOf('i28')]);
  });
});

describe('popularityOf', () => {
  it('halves what is a half-life older than the newest event, however old that is', async () => {
    const pairs = [
      { item: 1, owner: 1, strength: 1, day: 400 },
      { item: 2, owner: 1, strength: 1, day: 300 },
    ];
    expect([...(await popularityOf(tableOf(pairs), 100, noPause))]).toEqual([1, 0.5]);
  });

  it('is never 0, which would say that nobody wants the item', async () => {
    const pairs = [
      { item: 1, owner: 1, strength: 1, day: 20_000 },
      { item: 2, owner: 1, strength: 1, day: 0 },
    ];
    expect((await popularityOf(tableOf(pairs), 1, noPause))[1]).toBeGreaterThan(0);
  });

  it('is empty for nothing', async () => {
    expect(await popularityOf(new PairTable(), 1, noPause)).toHaveLength(0);
  });
});
