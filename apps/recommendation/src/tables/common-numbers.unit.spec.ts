import { describe, expect, it } from 'vitest';
import { CommonNumbers } from './common-numbers.ts';
import { ItemNumbers } from './item-lists.ts';

function table(...ids: string[]): ItemNumbers {
  const made = new ItemNumbers();
  made.numbersOf(ids);
  return made;
}

describe('the common numbers of items', () => {
  it('are the same whichever table an item is met in, and however the table grew', () => {
    const common = new CommonNumbers();
    const [one, other] = [table('a', '나', 'c'), table('c', 'd', '나')];
    const idsOf = (of: ItemNumbers, items: number[]) => Array.from(common.of(of, items), (item) => common.ids[item]);
    expect(idsOf(one, [2, 1])).toEqual(['c', '나']);
    expect(idsOf(other, [0, 1, 2])).toEqual(['c', 'd', '나']);
    expect(common.of(other, [0, 2])).toEqual(common.of(one, [2, 1]));
    one.numbersOf(['e']);
    expect(idsOf(one, [3, 0])).toEqual(['e', 'a']);
    expect(common.ids).toHaveLength(5);
  });

  it('follow a table whose last numbers became those of others', () => {
    const common = new CommonNumbers();
    const factors = table('trained', 'new');
    common.of(factors, [0, 1]);
    factors.keepFirst(1);
    factors.numbersOf(['newer']);
    expect(Array.from(common.of(factors, [0, 1]), (item) => common.ids[item])).toEqual(['trained', 'newer']);
  });

  it('have places in a list, which takes in those that it lacks', () => {
    const common = new CommonNumbers();
    const [a, b, c, d] = common.numbersOf(['a', 'b', 'c', 'd']) as [number, number, number, number];
    const list = [c, a];
    expect([...common.placesIn(list, [a, d, c, d])]).toEqual([1, 2, 0, 2]);
    expect(list).toEqual([c, a, d]);
    expect([...common.placesIn([], [b, a])]).toEqual([0, 1]);
  });
});
