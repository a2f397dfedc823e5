/** Human judgements of one query: grade by document, 0 for irrelevant. A document without a grade is unjudged. */
export type Grades = ReadonlyMap<string, number>;

/** linear: the grade itself (Järvelin and Kekäläinen 2002; trec_eval). exponential: 2^grade - 1 (Burges et al. 2005). */
export type Gain = 'linear' | 'exponential';

/**
 * Normalized discounted cumulative gain of the first k, 0..1; discount 1 / log2(rank + 1). Unjudged documents gain
 * nothing; the ideal order is over all grades. Undefined where no document is relevant.
 */
export function ndcgAt(
  k: number,
  ranked: readonly string[],
  grades: Grades,
  gain: Gain = 'linear',
): number | undefined {
  const gainOf = (grade: number) => (gain === 'linear' ? grade : 2 ** grade - 1);
  const dcg = (order: readonly number[]) =>
    order.slice(0, k).reduce((sum, grade, index) => sum + gainOf(grade) / Math.log2(index + 2), 0);
  const ideal = dcg([...grades.values()].sort((left, right) => right - left));
  if (!(ideal > 0)) return undefined;
  return dcg(ranked.slice(0, k).map((id) => grades.get(id) ?? 0)) / ideal;
}

/** The ranking without unjudged documents: for a figure beside nDCG that does not punish finding what nobody judged. */
export function judgedOnly(ranked: readonly string[], grades: Grades): string[] {
  return ranked.filter((id) => grades.has(id));
}

/** Share of the relevant documents (grade above 0) among the first k, 0..1. Undefined where none is relevant. */
export function recallAt(k: number, ranked: readonly string[], grades: Grades): number | undefined {
  const relevant = new Set([...grades].filter(([, grade]) => grade > 0).map(([id]) => id));
  if (relevant.size === 0) return undefined;
  return new Set(ranked.slice(0, k).filter((id) => relevant.has(id))).size / relevant.size;
}

/** 1 / rank of the first relevant document among the first k, 0 where none is there. Its mean over queries is MRR@k. */
export function mrrAt(k: number, ranked: readonly string[], grades: Grades): number {
  const index = ranked.slice(0, k).findIndex((id) => (grades.get(id) ?? 0) > 0);
  return index === -1 ? 0 : 1 / (index + 1);
}
