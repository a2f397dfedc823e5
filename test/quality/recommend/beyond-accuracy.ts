import { mean, mmr, type SparseRows, topItems } from '@kindred/ranking';
import type { Scorer } from './evaluate.ts';
import type { Factors } from './models.ts';
import { itemsOf } from './problem.ts';

export interface Beyond {
  /** Share of all items that stand in somebody's ten. */
  coverage: number;
  /** Mean of -log2 of the share of people who chose the item (Zhou et al. 2010); higher is less known. */
  novelty: number;
  /** 1 - mean cosine of the features of two items of one list. */
  diversity: number;
  /** Mean popularity rank of what is shown, as a share: 0 the most popular item, 1 the least (Steck 2011). */
  popularityRank: number;
}

export function beyondAccuracy(
  lists: readonly (readonly number[])[],
  counts: Float64Array,
  people: number,
  features: SparseRows,
): Beyond {
  const order = [...counts.keys()].sort((left, right) => counts[right]! - counts[left]! || left - right);
  const rankOf = new Float64Array(counts.length);
  order.forEach((item, rank) => {
    rankOf[item] = rank / counts.length;
  });
  const shown = lists.flat();
  return {
    coverage: new Set(shown).size / counts.length,
    novelty: mean(shown.map((item) => -Math.log2(Math.max(1, counts[item]!) / people))),
    diversity: 1 - mean(lists.map((list) => meanSimilarity(list, features))),
    popularityRank: mean(shown.map((item) => rankOf[item]!)),
  };
}

function meanSimilarity(list: readonly number[], features: SparseRows): number {
  const similarities: number[] = [];
  list.forEach((left, at) => {
    for (const right of list.slice(at + 1))
      similarities.push(featureCosine(itemsOf(features, left), itemsOf(features, right)));
  });
  return mean(similarities);
}

function featureCosine(left: Uint32Array, right: Uint32Array): number {
  const own = new Set(left);
  const common = right.reduce((sum, feature) => sum + Number(own.has(feature)), 0);
  return common / Math.sqrt(left.length * right.length || 1);
}

/** The same scores, with the first ten chosen of the best fifty by maximal marginal relevance over normalized factors. */
export function diversified(scorer: Scorer, { model, itemFactors }: Factors, relevance: number): Scorer {
  const { dimensions } = model;
  return (each) => {
    const scores = scorer(each);
    for (const item of each.known) scores[item] = 0;
    const few = topItems(scores, 50);
    const most = scores[few[0]!]!;
    const candidates = few.map((item) => {
      const row = itemFactors.slice(item * dimensions, (item + 1) * dimensions);
      const length = Math.hypot(...row) || 1;
      return { id: String(item), score: scores[item]! / most, vector: row.map((value) => value / length) };
    });
    mmr(candidates, 50, relevance).forEach(({ id }, rank) => {
      scores[Number(id)] = most * (2 - rank / 100);
    });
    return scores;
  };
}
