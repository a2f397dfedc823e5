import { mean } from './mean.ts';

export interface Interval {
  low: number;
  mean: number;
  high: number;
}

export interface BootstrapOptions {
  /** Same seed and values, same interval. */
  seed?: number;
  samples?: number;
  /** Share of resampled means inside the interval, between 0 and 1. */
  confidence?: number;
}

/**
 * Percentile bootstrap interval of the mean (Efron 1979). For the difference of two systems pass the differences per
 * query: the interval excludes 0 where the difference is no accident of these queries.
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  const { seed = 1, samples = 2_000, confidence = 0.95 } = options;
  if (values.length === 0) throw new RangeError('An interval needs at least one value');
  if (!(samples >= 1) || !(confidence > 0 && confidence < 1)) {
    throw new RangeError('samples must be 1 or more, confidence between 0 and 1');
  }
  const random = seededRandom(seed);
  const means = Float64Array.from({ length: samples }, () => {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[Math.floor(random() * values.length)]!;
    return sum / values.length;
  }).sort();
  const quantile = (share: number) => means[Math.min(samples - 1, Math.floor(share * samples))]!;
  return { low: quantile((1 - confidence) / 2), mean: mean(values), high: quantile((1 + confidence) / 2) };
}

/** Uniform in [0, 1). SplitMix32: a full-period counter through the finalizer of MurmurHash3. Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
