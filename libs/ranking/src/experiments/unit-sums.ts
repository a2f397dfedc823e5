/**
 * What one arm did, as sums over its units (users, who are the independent observations; their answers are not). Of each
 * unit x is the numerator (its clicks) and y the denominator (its answers).
 */
export interface UnitSums {
  units: number;
  /** Sum of x. */
  numerator: number;
  /** Sum of y. */
  denominator: number;
  /** Sum of x * x. */
  numeratorSquares: number;
  /** Sum of y * y. */
  denominatorSquares: number;
  /** Sum of x * y. */
  products: number;
}

export function unitSums(units: Iterable<readonly [numerator: number, denominator: number]>): UnitSums {
  const sums = { units: 0, numerator: 0, denominator: 0, numeratorSquares: 0, denominatorSquares: 0, products: 0 };
  for (const [x, y] of units) {
    sums.units += 1;
    sums.numerator += x;
    sums.denominator += y;
    sums.numeratorSquares += x * x;
    sums.denominatorSquares += y * y;
    sums.products += x * y;
  }
  return sums;
}

/** A ratio and the variance of its estimate. */
export interface RatioEstimate {
  /** NaN where the denominator is 0. */
  ratio: number;
  variance: number;
}

/**
 * sum(x) / sum(y) with its variance by the delta method (Deng, Knoblich and Lu, "Applying the delta method in metric
 * analytics", 2018): of the residuals x - ratio * y over the units, which sum to 0, divided by the squared sum of y.
 */
export function ratioOf(sums: UnitSums): RatioEstimate {
  const { units, numerator, denominator } = sums;
  const ratio = denominator === 0 ? Number.NaN : numerator / denominator;
  if (Number.isNaN(ratio) || units < 2) return { ratio, variance: Number.NaN };
  const squares = sums.numeratorSquares - 2 * ratio * sums.products + ratio * ratio * sums.denominatorSquares;
  // Equal units leave a residue of rounding, of either sign.
  const least = 1e-12 * sums.numeratorSquares;
  const variance = squares <= least ? 0 : ((squares / (units - 1)) * units) / denominator ** 2;
  return { ratio, variance };
}
