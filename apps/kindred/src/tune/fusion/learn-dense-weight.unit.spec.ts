import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgedQuery, learnDenseWeight } from './learn-dense-weight.ts';

const terms = ['red', 'wireless', 'mouse', 'silent'];

/** The relevant item is the first of one leg and the last of the other. */
function query(at: number, better: 'lexical' | 'dense'): JudgedQuery {
  const order = ['good', 'a', 'b', 'c'].map((id) => `${id}${at}`);
  const scores = (ids: string[]) => ({ scores: new Map(ids.map((id, place) => [id, 1 - place / 5])), floor: 0 });
  const [first, last] = [scores(order), scores([...order].reverse())];
  const [lexical, dense] = better === 'lexical' ? [first, last] : [last, first];
  const grades = new Map([[`good${at}`, 1]]);
  return { text: `q${at}`, terms, provider: 'onnx', lexical, dense, grades };
}

const queries = (count: number, better: (at: number) => 'lexical' | 'dense') =>
  Array.from({ length: count }, (_, at) => query(at, better(at)));

describe('learning the dense weight', () => {
  it('raises it where vectors know better, and says what queries not learned from gain', () => {
    const learned = learnDenseWeight(
      queries(40, () => 'dense'),
      0.3,
    );
    expect(learned.better).toBe(true);
    expect(learned.best.weight).toBeGreaterThan(0.8);
    expect(learned.best.ndcg).toBe(1);
    expect(learned.heldOut.learned).toBe(1);
    expect(learned.gain.low).toBeGreaterThan(0);
    expect(learned.gain.mean).toBeCloseTo(1 - learned.current.ndcg);
  });

  it('lowers it where words know better', () => {
    const learned = learnDenseWeight(
      queries(40, () => 'lexical'),
      0.95,
    );
    expect([learned.better, learned.best.ndcg]).toEqual([true, 1]);
    expect(learned.best.weight).toBeLessThan(0.84);
  });

  it('leaves a weight that is good already', () => {
    const learned = learnDenseWeight(
      queries(40, () => 'lexical'),
      0.3,
    );
    expect(learned).toMatchObject({ better: false, best: { weight: 0.3 }, gain: { mean: 0 } });
  });

  it('takes no gain for one that may be chance', () => {
    const learned = learnDenseWeight(
      queries(12, (at) => (at % 2 === 0 ? 'dense' : 'lexical')),
      0.3,
    );
    expect(learned.better).toBe(false);
    expect(learned.gain.low).toBeLessThanOrEqual(0);
  });

  it('needs ten queries', () => {
    expect(() =>
      learnDenseWeight(
        queries(9, () => 'dense'),
        0.3,
      ),
    ).toThrow(RangeError);
  });

  it('never finds a weight worse than the current one, whatever the queries', () => {
    const sides = fc.array(fc.constantFrom('lexical' as const, 'dense' as const), { minLength: 10, maxLength: 40 });
    fc.assert(
      fc.property(sides, fc.double({ min: 0, max: 1, noNaN: true }), (all, current) => {
        const learned = learnDenseWeight(
          queries(all.length, (at) => all[at]!),
          current,
        );
        expect(learned.best.ndcg).toBeGreaterThanOrEqual(learned.current.ndcg - 1e-9);
        expect(learned.curve.map(({ weight }) => weight)).toContain(current);
        if (learned.better) expect(learned.gain.low).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});
