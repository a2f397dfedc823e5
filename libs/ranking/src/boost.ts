export type DecayCurve = 'exponential' | 'gaussian' | 'linear';

export interface DecayShape {
  curve: DecayCurve;
  /** Above 0: the distance beyond the offset at which the share is `atScale`. */
  scale: number;
  /** At least 0: up to this distance the share is 1. */
  offset: number;
  /** Between 0 and 1, both excluded. */
  atScale: number;
}

/**
 * 1 at the origin and less the farther away, in 0..1; distance is in the unit of scale and offset. The functions of
 * Elasticsearch's function_score: exponential a^d, gaussian a^(d^2), linear 1 - (1 - a) d, with d in scales and a = atScale.
 */
export function decayShare(distance: number, { curve, scale, offset, atScale }: DecayShape): number {
  if (!(scale > 0)) throw new RangeError('scale must be above 0');
  if (!(offset >= 0)) throw new RangeError('offset must be 0 or more');
  if (!(atScale > 0 && atScale < 1)) throw new RangeError('atScale must be between 0 and 1');
  const scales = Math.max(0, Math.abs(distance) - offset) / scale;
  if (curve === 'linear') return Math.max(0, 1 - (1 - atScale) * scales);
  return atScale ** (curve === 'gaussian' ? scales * scales : scales);
}

/** value / (value + pivot), in 0..1: 0.5 at the pivot. A value below 0 counts as 0. */
export function pivotShare(value: number, pivot: number): number {
  if (!(pivot > 0)) throw new RangeError('pivot must be above 0');
  if (value === Infinity) return 1;
  return value > 0 ? value / (value + pivot) : 0;
}

/**
 * score x (1 + boost), not turned below 0; a score below 0 is divided by 1 + boost, or multiplied by 1 - boost where that is
 * below 0. So a boost above 0 never lowers, one below 0 never lifts, and neither turns the order of what it boosts.
 */
export function addBoost(score: number, boost: number): number {
  if (score >= 0) return score * Math.max(0, 1 + boost);
  return boost >= 0 ? score / (1 + boost) : score * (1 - boost);
}
