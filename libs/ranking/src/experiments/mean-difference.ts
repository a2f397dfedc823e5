import { ratioOf, type UnitSums } from './unit-sums.ts';

/** Of each arm, before anything is claimed: the intervals hold for large samples. */
export const leastUnits = 100;

/** Intervals are tightest, for their level, at so many units of both arms together; elsewhere they hold as well. */
const tightestAt = 10_000;

export interface RatioInterval {
  /** NaN where the denominator is 0. */
  ratio: number;
  low: number;
  high: number;
}

export interface Difference {
  /** Of the arm's ratio over the control's; NaN where a denominator is 0. */
  difference: number;
  low: number;
  high: number;
  /** Share of the control's ratio, .1 is 10 % more; NaN where that is 0. */
  relative: number;
  relativeLow: number;
  relativeHigh: number;
  /** Always-valid p-value of no difference: below `alpha` exactly where the interval leaves out 0. */
  pAlways: number;
}

/**
 * Ratio of an arm with an interval that holds at all looks together with probability 1 - alpha, see `meanDifference`. Of
 * an interleaving give clicks for one team as numerators and for both as denominators: a preference is proven where it
 * leaves out 1/2. Unbounded below `leastUnits` and where all units are alike.
 */
export function ratioInterval(sums: UnitSums, alpha: number): RatioInterval {
  checkAlpha(alpha);
  const { ratio, variance } = ratioOf(sums);
  if (sums.units < leastUnits || !(variance > 0)) return { ratio, ...unbounded };
  const half = Math.sqrt(variance) * widthAt(sums.units, alpha);
  return { ratio, low: ratio - half, high: ratio + half };
}

/**
 * How an arm differs from the control, with an interval that may be looked at any number of times, and at whose word an
 * experiment may be stopped: the probability that any look leaves out the truth is at most `alpha`, for large samples. It
 * is the Gaussian mixture of Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences"
 * (2021), which inverts the mixture sequential probability ratio test of Johari et al., "Always valid inference" (2022);
 * variances by the delta method. The relative interval is Fieller's (1954) with the same width, so that it leaves out 0
 * where the absolute one does. Nothing is claimed below `leastUnits` in either arm, nor where no unit differs from
 * another.
 */
export function meanDifference(arm: UnitSums, control: UnitSums, alpha: number): Difference {
  checkAlpha(alpha);
  const [left, right] = [ratioOf(arm), ratioOf(control)];
  const difference = left.ratio - right.ratio;
  const relative = right.ratio === 0 ? Number.NaN : difference / right.ratio;
  const variance = left.variance + right.variance;
  const unclaimed = { difference, relative, ...unbounded, ...unboundedRelative, pAlways: 1 };
  if (Math.min(arm.units, control.units) < leastUnits || !(variance > 0)) return unclaimed;
  const width = widthAt(arm.units + control.units, alpha);
  const half = width * Math.sqrt(variance);
  return {
    ...unclaimed,
    low: difference - half,
    high: difference + half,
    ...fieller(left, right, width),
    pAlways: pOf(difference ** 2 / variance, arm.units + control.units),
  };
}

const unbounded = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const unboundedRelative = { relativeLow: Number.NEGATIVE_INFINITY, relativeHigh: Number.POSITIVE_INFINITY };

function checkAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError('alpha must be between 0 and 1');
}

/**
 * Variance of the mixture over that of an observation, rho squared: the best one for the level .05, by their
 * approximation. It does not depend on the level asked for, or else p-value and interval would not agree.
 */
const mixed = (-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05) + 1)) / tightestAt;

/** Half the interval, in standard errors. */
function widthAt(units: number, alpha: number): number {
  const spread = units * mixed;
  return Math.sqrt(((spread + 1) / spread) * (Math.log(spread + 1) - 2 * Math.log(alpha)));
}

/** The level at which `widthAt` is the root of `squaredErrors`. */
function pOf(squaredErrors: number, units: number): number {
  const spread = units * mixed;
  return Math.min(1, Math.sqrt(spread + 1) * Math.exp((-squaredErrors * spread) / (2 * (spread + 1))));
}

type Estimate = ReturnType<typeof ratioOf>;

/** All shares s for which the interval of left - (1 + s) * right holds 0; unbounded where the right one may be 0. */
function fieller(left: Estimate, right: Estimate, width: number): { relativeLow: number; relativeHigh: number } {
  const square = right.ratio ** 2 - width ** 2 * right.variance;
  if (!(square > 0)) return unboundedRelative;
  const middle = left.ratio * right.ratio;
  const root = Math.sqrt(Math.max(0, middle ** 2 - square * (left.ratio ** 2 - width ** 2 * left.variance)));
  return { relativeLow: (middle - root) / square - 1, relativeHigh: (middle + root) / square - 1 };
}
