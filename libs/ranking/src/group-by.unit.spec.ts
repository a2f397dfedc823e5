import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupBy } from './group-by.ts';

const hit = (id: string, ...brands: string[]) => ({ id, brands });
const ids = (groups: ReturnType<typeof groupBy<ReturnType<typeof hit>>>) =>
  groups.map(({ value, hits }) => [value, hits.map(({ id }) => id).join('')]);

describe('groupBy', () => {
  it('orders groups by their best hit and keeps so many of each', () => {
    const hits = [hit('a', '삼성'), hit('b', 'LG'), hit('c', '삼성'), hit('d'), hit('e', '삼성', 'LG'), hit('f')];
    const by = (size: number) => ids(groupBy(hits, ({ brands }) => brands, size));
    expect(by(2)).toEqual([
      ['삼성', 'ac'],
      ['LG', 'be'],
      [undefined, 'df'],
    ]);
    expect(by(1)).toEqual([
      ['삼성', 'a'],
      ['LG', 'b'],
      [undefined, 'd'],
    ]);
  });

  it('puts a hit into a group once, and every value into one group', () => {
    const values = fc.array(fc.array(fc.constantFrom(1, 2, true, '1'), { maxLength: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 5 }), (all, size) => {
        const groups = groupBy(
          all.map((each, at) => ({ at, each })),
          ({ each }) => each,
          size,
        );
        const distinct = new Set(all.flatMap((each) => (each.length > 0 ? each : [undefined])));
        expect(new Set(groups.map(({ value }) => value))).toEqual(distinct);
        for (const { value, hits } of groups) {
          const having = all.filter((each) => (each.length > 0 ? each.includes(value as 1) : value === undefined));
          expect(hits).toHaveLength(Math.min(size, having.length));
          expect(new Set(hits).size).toBe(hits.length);
        }
        const firsts = groups.map(({ hits }) => hits[0]!.at);
        expect(firsts).toEqual([...firsts].sort((left, right) => left - right));
      }),
    );
  });
});
