import { describe, expect, it } from 'vitest';
import { PairTable } from './pair-table.ts';

function tableOf(...rows: [item: string, owner: string, strength: number, events: number][]): PairTable {
  const table = new PairTable();
  for (const [item_id, owner, strength, events] of rows) table.add({ item_id, owner, strength, events, day: 0 });
  return table;
}

const pairsOf = (table: PairTable) =>
  table.itemIds.map((id, item) => [id, table.owners.slice(table.starts[item], table.endOf(item))]);

describe('PairTable', () => {
  const table = tableOf(
    ['a', 'ann', 1, 1],
    ['a', 'robot', 1, 300],
    ['b', 'robot', 0.5, 2],
    ['c', 'ann', 1, 1],
    ['d', 'robot', -1, 200],
  );

  it('holds the pairs that speak for an item, and counts the events of all', () => {
    expect(pairsOf(table)).toEqual([
      ['a', [0, 1]],
      ['b', [1]],
      ['c', [0]],
    ]);
    expect(table.ownersAbove(500)).toEqual(['robot']);
    expect(table.ownersAbove(502)).toEqual([]);
  });

  it('leaves owners out, and with them what nobody else is for', () => {
    expect(pairsOf(table.without(['robot', 'nobody']))).toEqual([
      ['a', [0]],
      ['c', [0]],
    ]);
    expect(table.without(['robot']).strengths).toEqual([1, 1]);
    expect(table.without([])).toBe(table);
  });
});
