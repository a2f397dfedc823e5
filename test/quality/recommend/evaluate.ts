import { topItems } from '@kindred/ranking';
import type { Case } from './problem.ts';

/** Scores of all items for the person of a case; the caller may change the array. */
export type Scorer = (each: Case) => Float64Array;

/** Figures per case, in the order of the cases, and the ten best of each. */
export interface Outcome {
  ndcg10: number[];
  ndcg100: number[];
  recall20: number[];
  top10: number[][];
}

/** Full ranking: every item but the known ones (and those outside `among`), equal scores by item. */
export function outcomeOf(cases: readonly Case[], scorer: Scorer, among?: ReadonlySet<number>): Outcome {
  const outcome: Outcome = { ndcg10: [], ndcg100: [], recall20: [], top10: [] };
  for (const each of cases) {
    const scores = scorer(each);
    for (const item of each.known) scores[item] = Number.NEGATIVE_INFINITY;
    if (among) keepOnly(scores, among);
    const ranked = topItems(scores, 100);
    outcome.ndcg10.push(ndcg(ranked, each.wanted, 10));
    outcome.ndcg100.push(ndcg(ranked, each.wanted, 100));
    outcome.recall20.push(ranked.slice(0, 20).filter((item) => each.wanted.has(item)).length / each.wanted.size);
    outcome.top10.push(ranked.slice(0, 10));
  }
  return outcome;
}

function keepOnly(scores: Float64Array, among: ReadonlySet<number>): void {
  for (let item = 0; item < scores.length; item++) if (!among.has(item)) scores[item] = Number.NEGATIVE_INFINITY;
}

/** Binary gains, discount 1 / log2(rank + 1), against the ideal order of min(k, wanted) hits. */
function ndcg(ranked: readonly number[], wanted: ReadonlySet<number>, k: number): number {
  let gained = 0;
  let ideal = 0;
  for (let rank = 0; rank < k; rank++) {
    const gain = 1 / Math.log2(rank + 2);
    if (wanted.has(ranked[rank]!)) gained += gain;
    if (rank < wanted.size) ideal += gain;
  }
  return gained / ideal;
}
