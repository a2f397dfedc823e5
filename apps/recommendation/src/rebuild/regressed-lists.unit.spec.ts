import { NeighborRegression } from '@kindred/ranking';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultNeighborOptions, NeighborFinder } from './neighbors.ts';
import { PairTable } from './pair-table.ts';
import { longest, RegressedLists, regularization } from './regressed-lists.ts';

const noPause = () => undefined;

interface Pair {
  item: number;
  owner: number;
  strength: number;
}

function tableOf(pairs: readonly Pair[]): PairTable {
  const table = new PairTable();
  for (const { item, owner, strength } of pairs.toSorted((left, right) => left.item - right.item)) {
    table.add({ item_id: `i${String(item).padStart(4, '0')}`, owner: `u${owner}`, strength, events: 1, day: 0 });
  }
  return table;
}

async function listsOf(table: PairTable, options = defaultNeighborOptions) {
  const finder = await NeighborFinder.over(table, options, noPause);
  const neighbors: number[][] = [];
  for (const item of table.itemIds.keys()) neighbors.push((await finder.of(item)).items);
  return { neighbors, lists: await RegressedLists.over(table, neighbors, noPause) };
}

const somePairs = fc.uniqueArray(
  fc.record({ item: fc.nat(9), owner: fc.nat(8), strength: fc.constantFrom(0.1, 0.4, 1) }),
  { selector: ({ item, owner }) => `${item}/${owner}`, maxLength: 60 },
);

describe('RegressedLists', () => {
  it('give each item the weights by which it speaks for others, best first', async () => {
    await fc.assert(
      fc.asyncProperty(somePairs, async (pairs) => {
        const table = tableOf(pairs);
        const { neighbors, lists } = await listsOf(table);
        const columns = {
          starts: [...table.starts, table.owners.length],
          rows: table.owners,
          values: table.strengths,
          rowCount: table.ownerCount,
        };
        const regression = new NeighborRegression(columns, regularization);
        const said = new Map<string, number>();
        for (const item of table.itemIds.keys()) {
          const { items, scores } = lists.of(item);
          expect(scores).toEqual(scores.toSorted((left, right) => right - left));
          for (const [at, other] of items.entries()) said.set(`${item} for ${other}`, scores[at]!);
        }
        const expected = new Map<string, number>();
        for (const target of table.itemIds.keys()) {
          const items = neighbors[target]!;
          for (const [at, weight] of regression.weightsOf(target, items).entries())
            expected.set(`${items[at]} for ${target}`, weight);
        }
        expect(said).toEqual(expected);
      }),
    );
  });

  it('keep what says most of an item that everything leans on', async () => {
    const many = longest + 20;
    // Everybody has item 0; item n is had by n people more than the one before.
    const pairs = Array.from({ length: many }, (_, owner) => [
      { item: 0, owner, strength: 1 },
      ...Array.from({ length: many - owner }, (_, at) => ({ item: many - at, owner, strength: 1 })),
    ]).flat();
    const table = tableOf(pairs);
    const { lists } = await listsOf(table, { ...defaultNeighborOptions, neighbors: many });
    const { items, scores } = lists.of(0);
    expect(items).toHaveLength(longest);
    expect(Math.min(...scores)).toBeGreaterThan(0);
  });
});
