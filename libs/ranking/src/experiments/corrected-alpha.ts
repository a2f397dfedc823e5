/**
 * Level of each of several comparisons, so that any of them claims what is not so with probability at most `alpha`
 * (Bonferroni; Dunn 1961). It needs no independence: arms share a control, and metrics their users.
 */
export function correctedAlpha(alpha: number, comparisons: number): number {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError('alpha must be between 0 and 1');
  if (!(Number.isInteger(comparisons) && comparisons >= 1)) throw new RangeError('comparisons must be 1 or more');
  return alpha / comparisons;
}
