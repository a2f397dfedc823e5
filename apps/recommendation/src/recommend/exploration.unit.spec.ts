import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withExplored } from './exploration.ts';

const items = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ itemId: `${prefix}${at}`, score: 1 - at / 100, shares: {} }));
const idsOf = (list: { itemId: string }[]) => list.map(({ itemId }) => itemId);

describe('withExplored', () => {
  it('keeps a share of the places, evenly', () => {
    expect(idsOf(withExplored(items('k', 6), items('n', 2), 1 / 3))).toEqual([
      'k0',
      'k1',
      'n0',
      'k2',
      'k3',
      'n1',
      'k4',
      'k5',
    ]);
  });

  it('gives each item once, the known ones in their order, and the beginning of a longer list', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(10), fc.double({ min: 0, max: 0.5, noNaN: true }), (known, fresh, share) => {
        const shared = items('k', known);
        const mixed = idsOf(withExplored(shared, [...items('n', fresh), ...shared.slice(-2)], share));
        expect(new Set(mixed).size).toBe(mixed.length);
        expect(mixed).toEqual(expect.arrayContaining(idsOf(shared)));
        const longer = idsOf(withExplored([...shared, ...items('z', 5)], items('n', fresh), share));
        expect(longer.slice(0, 5)).toEqual(
          idsOf(withExplored(shared.concat(items('z', 9)), items('n', fresh), share)).slice(0, 5),
        );
      }),
    );
  });
});
