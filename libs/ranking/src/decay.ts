/** Weight that halves every half-life: weight x 2^(-age / halfLife). Events from the future count as new. */
export function timeDecay(weight: number, ageSeconds: number, halfLifeSeconds: number): number {
  if (!(halfLifeSeconds > 0)) throw new RangeError('halfLifeSeconds must be above 0');
  return weight * 2 ** (-Math.max(0, ageSeconds) / halfLifeSeconds);
}
