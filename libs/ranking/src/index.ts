export { addBoost, type DecayCurve, type DecayShape, decayShare, pivotShare } from './boost.ts';
export { type BootstrapOptions, bootstrapInterval, type Interval, seededRandom } from './bootstrap.ts';
export { type Candidate, maxPerValue, maxPerValues, mmr } from './diversity.ts';
export { dot } from './dot.ts';
export { bucketOf } from './experiments/bucket-of.ts';
export { correctedAlpha } from './experiments/corrected-alpha.ts';
export { differenceOf, type Estimate, type EstimateInterval, intervalOf } from './experiments/estimate.ts';
export {
  type Difference,
  leastUnits,
  meanDifference,
  type RatioInterval,
  ratioInterval,
} from './experiments/mean-difference.ts';
export {
  type LoggedAnswer,
  PolicyTally,
  type PolicyValue,
  policyValue,
  type ValueOptions,
} from './experiments/policy-value.ts';
export { placeProbability, type Randomization, randomizedOrder } from './experiments/randomized-order.ts';
export { RewardModel } from './experiments/reward-model.ts';
export { type Drafted, teamDraft } from './experiments/team-draft.ts';
export { type RatioEstimate, ratioOf, type UnitSums, unitSums } from './experiments/unit-sums.ts';
export { Ease, largestEase } from './factors/ease.ts';
export { type DescribedRows, type FactorMap, fitFactorMap, mapFactors } from './factors/factor-map.ts';
export { FactorRows, type ScoredRows } from './factors/factor-rows.ts';
export { type FactorModel, type FoldEvent, foldIn } from './factors/fold-in.ts';
export {
  type AlsSettings,
  type AlsState,
  ImplicitAls,
  type Prepared,
  type Side,
  startFactors,
} from './factors/implicit-als.ts';
export { type RidgeOptions, ridgeFactors, ridgeWeights } from './factors/ridge.ts';
export type { WeightedRows } from './factors/row-solver.ts';
export { foldTaste, type TasteEvent } from './fold-taste.ts';
export { FollowerFinder, type FollowerOptions, type Followers } from './follower-finder.ts';
export { type Leg, rrfFuse, shareFuse, signedShareFuse } from './fusion.ts';
export { earthRadius, type GeoPoint, geoDistance } from './geo-distance.ts';
export { groupBy, type HitsOfValue } from './group-by.ts';
export { type InteractionPairs, itemsByUser, type SparseRows, transposed } from './interaction-matrix.ts';
export { mean } from './mean.ts';
export { type Gain, type Grades, judgedOnly, mrrAt, ndcgAt, recallAt } from './metrics.ts';
export { nearestRecall } from './nearest-recall.ts';
export { NeighborRegression, type SparseColumns } from './neighbor-regression.ts';
export { popularity } from './popularity.ts';
export { type RankDecay, rankWeight } from './rank-weight.ts';
export { type NeighborOptions, type Neighbors, shrunkCosineNeighbors } from './shrunk-cosine.ts';
export { topItems } from './top-items.ts';
