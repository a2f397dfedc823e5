import { describe, expect, it } from 'vitest';
import { keptBecause } from './kept-because.ts';

const first = { ndcg10: 0.3, recall20: 0.2, popularNdcg10: 0.2, people: 100 };
const beside = (ndcg10: number, [differenceLow, differenceHigh]: [number, number], people = 100) => ({
  ...first,
  ndcg10,
  activeNdcg10: 0.3,
  activeRecall20: 0.2,
  differenceLow,
  differenceHigh,
  people,
});

describe('trained factors', () => {
  it('take over where there are none, unless what is popular is better', () => {
    expect(keptBecause(first, false)).toBeUndefined();
    expect(keptBecause({ ...first, ndcg10: 0.101 }, false)).toBe(
      'what is popular is better: nDCG@10 0.200 against 0.101',
    );
  });

  it('take over from active ones that are no better, or better by next to nothing for certain', () => {
    expect(keptBecause(beside(0.31, [-0.2, 0.2]), true)).toBeUndefined();
    expect(keptBecause(beside(0.3, [0, 0]), true)).toBeUndefined();
    expect(keptBecause(beside(0.299, [-0.005, 0.003]), true)).toBeUndefined();
  });

  it('leave active ones that are better, or may well be where few can tell', () => {
    expect(keptBecause(beside(0.25, [-0.08, -0.02]), true)).toBe(
      'the active model is better: nDCG@10 0.300 against 0.250',
    );
    expect(keptBecause(beside(0.25, [-0.33, 0.02], 12), true)).toBe(
      'it may well be worse than the active model, as far as 12 people tell: nDCG@10 0.300 against 0.250',
    );
  });

  it('leave active ones where nobody can tell', () => {
    const nobody = { ndcg10: 0, recall20: 0, popularNdcg10: 0, people: 0 };
    expect(keptBecause(nobody, false)).toBeUndefined();
    expect(keptBecause(nobody, true)).toBe('nobody has held-out events to compare it with the active model by');
  });
});
