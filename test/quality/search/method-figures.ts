import { bootstrapInterval, type Interval, judgedOnly, mean, mrrAt, ndcgAt, recallAt } from '@kindred/ranking';
import type { Query } from '../datasets.ts';

/** Figures of one way to search: a value per query that has a relevant document, in order. */
export interface MethodFigures {
  name: string;
  ndcg: number[];
  mrr: number[];
  recall10: number[];
  recall100: number[];
}

/** nDCG with linear gain, as trec_eval has it. With `judged` alone what nobody judged is left out of the rankings. */
export function figuresOf(
  name: string,
  queries: readonly Query[],
  rankings: readonly string[][],
  { judged = false } = {},
): MethodFigures {
  const figures: MethodFigures = { name, ndcg: [], mrr: [], recall10: [], recall100: [] };
  for (const [at, { grades }] of queries.entries()) {
    const ranking = judged ? judgedOnly(rankings[at]!, grades) : rankings[at]!;
    const ndcg = ndcgAt(10, ranking, grades);
    if (ndcg === undefined) continue;
    figures.ndcg.push(ndcg);
    figures.mrr.push(mrrAt(10, ranking, grades));
    figures.recall10.push(recallAt(10, ranking, grades)!);
    figures.recall100.push(recallAt(100, ranking, grades)!);
  }
  return figures;
}

/** Of the mean difference of two ways, per query; 95 %. */
export const gainOf = ({ ndcg }: MethodFigures, other: MethodFigures): Interval =>
  bootstrapInterval(ndcg.map((value, at) => value - other.ndcg[at]!));

/** The better one by nDCG@10. */
export const betterOf = (one: MethodFigures, other: MethodFigures) =>
  mean(one.ndcg) >= mean(other.ndcg) ? one : other;
