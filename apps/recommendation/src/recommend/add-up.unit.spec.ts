import { describe, expect, it } from 'vitest';
import { ItemLists, ItemNumbers } from '../tables/item-lists.ts';
import { addUp } from './add-up.ts';

const seed = (itemId: string, weight: number) => ({ itemId, weight, type: 'like' });

function lists(): ItemLists {
  const made = new ItemLists(new ItemNumbers());
  made.add('a', ['x', 'y', 'z'], [1, 0.5, 0.25]);
  made.add('b', ['y', 'x'], [0.75, 0.25]);
  return made;
}

describe('addUp', () => {
  it('sums what seeds say, and knows which says most', () => {
    const { ids, scores, seeds } = addUp(lists(), [seed('a', 1), seed('b', 2)], new Set());
    expect(Object.fromEntries(ids.map((id, at) => [id, [scores[at], seeds[at]]]))).toEqual({
      x: [1.5, 'a'],
      y: [2, 'b'],
      z: [0.25, 'a'],
    });
  });

  it('leaves out what is excluded, spoken against, or of a seed that nobody knows', () => {
    const made = lists();
    made.add('against', ['z', 'y'], [0.1, -1]);
    expect(addUp(made, [seed('a', 1), seed('against', 1), seed('none', 1)], new Set(['x'])).ids).toEqual(['z']);
  });

  it('begins anew with each answer', () => {
    const same = lists();
    const first = addUp(same, [seed('a', 1)], new Set());
    addUp(same, [seed('b', 9)], new Set(['x']));
    expect(addUp(same, [seed('a', 1)], new Set())).toEqual(first);
  });
});
