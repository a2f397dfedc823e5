import { describe, expect, it } from 'vitest';
import { newestFirst } from '../history/seeds.ts';
import { sequencesOf } from './companions.ts';
import { PairTable } from './pair-table.ts';

const done = [
  { item_id: 'a', day: 2 },
  { item_id: 'b', day: 1 },
  { item_id: 'c', day: 2 },
  { item_id: 'd', day: 3 },
];

describe('sequencesOf', () => {
  it('go the way in which a person is asked about, backwards: of one moment too', async () => {
    const pairs = new PairTable();
    for (const { item_id, day } of done) pairs.add({ item_id, day, owner: 'ann', strength: 1, events: 1 });
    const [sequence] = await sequencesOf(pairs, () => undefined);
    const judged = done.map(({ item_id, day }) => ({
      item_id,
      met_at: day,
      strength: 1,
      kinds: 0,
      bought_at: null,
      impressions: 0,
    }));
    const newest = newestFirst(judged).map(({ item_id }) => item_id);
    expect(newest).toEqual(['d', 'a', 'c', 'b']);
    expect([...sequence!].map((item) => pairs.itemIds[item])).toEqual(newest.toReversed());
  });
});
