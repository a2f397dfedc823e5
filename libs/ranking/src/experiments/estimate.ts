/** An estimate, with what each unit contributes to its error: these sum to 0, or nearly. */
export interface Estimate {
  value: number;
  influences: Float64Array;
}

export interface EstimateInterval {
  value: number;
  low: number;
  high: number;
}

/** 97.5 % quantile of the standard normal distribution. */
const quantile = 1.959963984540054;

/**
 * The value with its 95 % interval for one look, normal, of independent units (the delta method, by influences).
 * Unbounded of fewer than two units.
 */
export function intervalOf({ value, influences }: Estimate): EstimateInterval {
  const units = influences.length;
  if (units < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const squares = influences.reduce((sum, influence) => sum + influence * influence, 0);
  const half = quantile * Math.sqrt((squares * units) / (units - 1));
  return { value, low: value - half, high: value + half };
}

/** Of two estimates from the same units: what they share cancels out. */
export function differenceOf(left: Estimate, right: Estimate): Estimate {
  if (left.influences.length !== right.influences.length) throw new RangeError('The estimates are of other units');
  const influences = left.influences.map((influence, unit) => influence - right.influences[unit]!);
  return { value: left.value - right.value, influences };
}
