import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pool } from '../recommend/pool.ts';
import { type NotedCandidate, notedCandidates } from '../recommend/randomized-page.ts';
import type { SourceWeights } from '../scenario/scenario.ts';
import { CommonNumbers } from '../tables/common-numbers.ts';
import { rankingBy } from './ranking-by.ts';

const score = fc.double({ min: 0.001, max: 1, noNaN: true });
const found = fc.dictionary(fc.constantFrom(...'가나다라마abcdefgh'), score, { minKeys: 1 });
const weights = fc.record({ collaborative: score, content: score, popular: score, trending: score });
const noted = (items: NotedCandidate[], sources: SourceWeights = { collaborative: 1 }) => ({
  share: 0.1,
  depth: 10,
  sources,
  items,
});

interface Sources {
  collaborative: Record<string, number>;
  content: Record<string, number>;
  popular: Record<string, number>;
  trending: Record<string, number>;
}

function poolOf(
  sources: Sources,
  by: Required<Pick<SourceWeights, keyof Sources>>,
  fatigue: Map<string, number>,
): Pool {
  const pool = new Pool(new CommonNumbers(), new Set(), fatigue);
  for (const name of ['collaborative', 'content'] as const) {
    const [ids, scores] = [Object.keys(sources[name]), Object.values(sources[name])];
    pool.addOwn(name, by[name], { items: pool.common.numbersOf(ids), scores, seeds: [] });
  }
  for (const name of ['popular', 'trending'] as const) {
    const ordered = Object.entries(sources[name]).sort(([, left], [, right]) => right - left);
    pool.addGeneral(name, by[name], {
      ids: ordered.map(([id]) => id),
      shares: Float64Array.from(ordered, ([, share]) => share / ordered[0]![1]),
    } as never);
  }
  return pool;
}

describe('rankingBy', () => {
  it('orders the candidates of one setting as another one would have', () => {
    const sources = fc.record({ collaborative: found, content: found, popular: found, trending: found });
    const tired = fc.dictionary(fc.constantFrom(...'가나abc'), score).map((record) => new Map(Object.entries(record)));
    fc.assert(
      fc.property(sources, weights, weights, tired, (given, one, other, fatigue) => {
        const shown = poolOf(given, one, fatigue).all();
        const candidates = notedCandidates(shown, { share: 0.1, depth: 20, seed: 1, before: 0 }, one);
        const wanted = new Map(
          poolOf(given, other, fatigue)
            .all()
            .map(({ itemId, score: of }) => [itemId, of]),
        );
        const scores = rankingBy(candidates, other).map((id) => wanted.get(id)!);
        expect(scores).toHaveLength(wanted.size);
        // Shares are noted with four digits.
        for (const [at, next] of scores.slice(1).entries()) expect(next).toBeLessThanOrEqual(scores[at]! + 0.002);
      }),
    );
  });

  it('boosts as the answer was boosted, and keeps the order of equals and the places of new items', () => {
    const items: NotedCandidate[] = [
      { id: 'boosted', shares: { collaborative: 0.5 }, boost: 1.5 },
      { id: '새것', shares: {}, explored: true },
      { id: 'b', shares: { collaborative: 1 } },
      { id: 'a', shares: { collaborative: 1 } },
      { id: 'other', shares: { content: 1 } },
    ];
    expect(rankingBy(noted(items), { collaborative: 1 })).toEqual(['boosted', '새것', 'b', 'a', 'other']);
    expect(rankingBy(noted(items), { collaborative: 0.1, content: 0.9 })).toEqual([
      'other',
      '새것',
      'boosted',
      'b',
      'a',
    ]);
  });

  it('counts trends of a region, which no weight was given for, as twice what is popular', () => {
    const items: NotedCandidate[] = [
      { id: 'popular', shares: { popular: 1 } },
      { id: 'regional', shares: { trending: 0.8 } },
    ];
    expect(rankingBy(noted(items, { popular: 1 }), { popular: 0.5 })).toEqual(['regional', 'popular']);
    expect(rankingBy(noted(items, { popular: 1, trending: 1 }), { popular: 0.5 })).toEqual(['popular', 'regional']);
  });
});
