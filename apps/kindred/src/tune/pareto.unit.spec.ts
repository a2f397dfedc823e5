import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paretoFront } from './pareto.ts';
import { graph, resultOf } from './tune-result.fake.spec.ts';

const some = (recall10: number, qps: number) => resultOf(graph(16, 64), 40, { recall10, qps });

describe('the Pareto front', () => {
  it('keeps what no other beats in recall and speed, by rising recall', () => {
    const [fast, beaten, equalButSlower, best] = [some(0.8, 900), some(0.8, 500), some(0.9, 300), some(0.9, 400)];
    expect(paretoFront([beaten!, best!, equalButSlower!, fast!])).toEqual([fast, best]);
    expect(paretoFront([])).toEqual([]);
  });

  it('beats everything that it leaves out, and nothing that it keeps', () => {
    const figure = fc.integer({ min: 0, max: 20 });
    const points = fc.array(fc.tuple(figure, figure).map(([recall, qps]) => some(recall / 20, qps)));
    fc.assert(
      fc.property(points, (all) => {
        const front = paretoFront(all);
        const atLeast = (a: (typeof all)[number], b: (typeof all)[number]) =>
          a.recall10 >= b.recall10 && a.qpsClients >= b.qpsClients;
        for (const result of all) expect(front.some((kept) => atLeast(kept, result))).toBe(true);
        for (const kept of front) {
          const better = (other: (typeof all)[number]) => atLeast(other, kept) && !atLeast(kept, other);
          expect(all.some(better)).toBe(false);
        }
      }),
    );
  });
});
