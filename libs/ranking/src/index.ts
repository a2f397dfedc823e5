export { type BootstrapOptions, bootstrapInterval, type Interval, seededRandom } from './bootstrap.ts';
export { timeDecay } from './decay.ts';
export { type Candidate, maxPerValue, mmr } from './diversity.ts';
export { foldTaste, type TasteEvent } from './fold-taste.ts';
export { type Leg, rrfFuse, shareFuse } from './fusion.ts';
export type { InteractionPairs } from './interaction-matrix.ts';
export { type Gain, type Grades, judgedOnly, mrrAt, ndcgAt, recallAt } from './metrics.ts';
export { type NeighborOptions, type Neighbors, shrunkCosineNeighbors } from './shrunk-cosine.ts';
