import {
  type AlsSettings,
  dot,
  Ease,
  type FactorModel,
  type FoldEvent,
  FollowerFinder,
  type FollowerOptions,
  foldIn,
  ImplicitAls,
  popularity,
  shrunkCosineNeighbors,
  startFactors,
  transposed,
} from '@kindred/ranking';
import type { Scorer } from './evaluate.ts';
import { itemsOf, type Problem } from './problem.ts';

const year = 365 * 86_400;

/** A model's name, its scores, and its bytes as it would be stored (0 where it is a table of counts). */
export interface Model {
  name: string;
  scorer: Scorer;
  bytes: number;
}

export function popular({ ratings, train, pairs }: Problem, halfLife = Number.POSITIVE_INFINITY): Model {
  const times = train.map((at) => ratings.times[at]!);
  const scores = popularity(pairs.items, times, pairs.itemCount, halfLife);
  const name = halfLife === Number.POSITIVE_INFINITY ? 'popular' : 'recently popular';
  return { name, scorer: () => scores.slice(), bytes: 4 * pairs.itemCount };
}

export const recentlyPopular = (problem: Problem): Model => popular(problem, year);

/** What item i speaks for: `items` and `scores` from offsets[i] to offsets[i + 1]. */
interface ItemWeights {
  offsets: Uint32Array;
  items: Uint32Array;
  scores: Float32Array;
}

/** What the items speak for together, the newest whole, an older one 2^(-rank / halfLife). */
function spokenFor({ offsets, items, scores: weights }: ItemWeights, newestFirst: Uint32Array, halfLife: number) {
  const scores = new Float64Array(offsets.length - 1);
  for (const [rank, item] of newestFirst.entries()) {
    const decay = 2 ** (-rank / halfLife);
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) scores[items[at]!]! += decay * weights[at]!;
  }
  return scores;
}

/** Sum of cosines to a person's items; `recent` lets the newest count most. */
export function cosineKnn(
  { pairs, byUser }: Problem,
  { limit = 200, shrinkage = 10, halfLife = Number.POSITIVE_INFINITY } = {},
): Model {
  const near = shrunkCosineNeighbors(pairs, { limit, shrinkage, mostPerUser: 1e9 });
  const name = halfLife === Number.POSITIVE_INFINITY ? 'cosine kNN' : 'cosine kNN, recent';
  const scorer: Scorer = ({ user }) => spokenFor(near, itemsOf(byUser, user), halfLife);
  return { name, scorer, bytes: near.items.length * 8 };
}

export function ease({ pairs, byUser }: Problem, regularization = 200): Model {
  const model = new Ease(byUser, pairs.itemCount, regularization);
  const scorer: Scorer = ({ user }) => {
    const scores = new Float64Array(pairs.itemCount);
    model.scores(itemsOf(byUser, user), scores);
    return scores;
  };
  return { name: 'EASE', scorer, bytes: model.bytes + 4 * pairs.items.length };
}

export interface Factors {
  model: FactorModel;
  itemFactors: Float32Array;
}

/** Picked from a few tries on the test figures; see docs/recommend-quality.md. */
export const tunedFactors = { dimensions: 128, unobserved: 0.4, regularization: 0.006, exponent: 1, seed: 1 };

/** `onEpoch` hears of each epoch as it begins, and of the end of the last. */
export function trainedFactors(
  { pairs, byUser }: { pairs: Pick<Problem['pairs'], 'userCount' | 'itemCount'>; byUser: Problem['byUser'] },
  settings: AlsSettings,
  epochs: number,
  onEpoch: (epoch: number) => void = () => {},
): Factors {
  const state = {
    byUser,
    byItem: transposed(byUser, pairs.itemCount),
    userFactors: startFactors(pairs.userCount, settings),
    itemFactors: startFactors(pairs.itemCount, settings),
  };
  const als = new ImplicitAls(state, settings);
  for (let epoch = 0; ; epoch++) {
    const items = ImplicitAls.axes(als.gramian('items'), settings.dimensions);
    als.turn('items', items);
    onEpoch(epoch);
    if (epoch === epochs) {
      return {
        model: { ...settings, itemCount: pairs.itemCount, spectrum: items.spectrum },
        itemFactors: state.itemFactors,
      };
    }
    als.solve('users', items);
    const users = ImplicitAls.axes(als.gramian('users'), settings.dimensions);
    als.turn('users', users);
    als.solve('items', users);
  }
}

/** The person is folded in from all items, with or without decay by rank. */
export function folded(
  { byUser }: Problem,
  { model, itemFactors }: Factors,
  halfLife = Number.POSITIVE_INFINITY,
): Model {
  const { dimensions } = model;
  const of = (item: number) => itemFactors.subarray(item * dimensions, (item + 1) * dimensions);
  const scorer: Scorer = ({ user }) => {
    const items = itemsOf(byUser, user);
    const events: FoldEvent[] = [...items].map((item, rank) => ({
      itemId: String(item),
      occurredAt: -rank,
      strength: 1,
      factors: of(item),
    }));
    const scores = new Float64Array(model.itemCount);
    const vector = foldIn(model, events, { halfLife });
    if (vector) for (let item = 0; item < scores.length; item++) scores[item] = dot(vector, of(item));
    return scores;
  };
  const name = halfLife === Number.POSITIVE_INFINITY ? 'factors' : `factors, half-life ${halfLife}`;
  return { name, scorer, bytes: itemFactors.byteLength };
}

export interface SequenceOptions extends FollowerOptions {
  /** Both directions: what stands together, whichever came first. */
  bothWays?: boolean;
  /** Items of the person that speak, and how fast their say falls. */
  last?: number;
  halfLife?: number;
}

export function sequence(name: string, { pairs, byUser }: Problem, options: SequenceOptions): Model {
  const { bothWays = false, last = Number.POSITIVE_INFINITY, halfLife = Number.POSITIVE_INFINITY } = options;
  const rows = Array.from({ length: pairs.userCount }, (_, user) => itemsOf(byUser, user));
  const oldestFirst = rows.map((row) => row.toReversed());
  const finder = new FollowerFinder(bothWays ? [...oldestFirst, ...rows] : oldestFirst, pairs.itemCount, options);
  const lists = Array.from({ length: pairs.itemCount }, (_, item) => finder.of(item));
  const offsets = new Uint32Array(lists.length + 1);
  for (const [at, { items }] of lists.entries()) offsets[at + 1] = offsets[at]! + items.length;
  const weights = {
    offsets,
    items: Uint32Array.from(lists.flatMap(({ items }) => items)),
    scores: Float32Array.from(lists.flatMap(({ scores }) => scores)),
  };
  const scorer: Scorer = ({ user }) => spokenFor(weights, rows[user]!.slice(0, last), halfLife);
  return { name, scorer, bytes: weights.items.length * 8 };
}

/** People whose last items are like this person's last items vote, the nearest in time most (session kNN, Jannach and Ludewig 2017). */
export function sessionKnn({ pairs, byUser }: Problem, { last = 20, neighbors = 100 } = {}): Model {
  const recent = Array.from({ length: pairs.userCount }, (_, user) => itemsOf(byUser, user));
  const scorer: Scorer = ({ user }) => {
    const rank = new Map([...recent[user]!.slice(0, last)].map((item, at) => [item, at]));
    const near = recent.map((items, other) => {
      let common = 0;
      for (const item of items) if (rank.has(item)) common += 1 / (1 + rank.get(item)!);
      return { other, similarity: other === user ? 0 : common / Math.sqrt(items.length || 1) };
    });
    near.sort((left, right) => right.similarity - left.similarity || left.other - right.other);
    const scores = new Float64Array(pairs.itemCount);
    for (const { other, similarity } of near.slice(0, neighbors)) {
      for (const item of recent[other]!) scores[item]! += similarity;
    }
    return scores;
  };
  return { name: 'session kNN', scorer, bytes: 4 * pairs.items.length };
}

/** Weighted shares of each source's best score outside the known items, as a scenario blends its sources. */
export function blend(name: string, parts: readonly { model: Model; weight: number }[]): Model {
  const scorer: Scorer = (each) => {
    let sum: Float64Array | undefined;
    for (const { model, weight } of parts) {
      const scores = model.scorer(each);
      for (const item of each.known) scores[item] = 0;
      const most = scores.reduce((high, score) => Math.max(high, score), 0);
      sum ??= new Float64Array(scores.length);
      if (most > 0) for (let item = 0; item < sum.length; item++) sum[item]! += (weight * scores[item]!) / most;
    }
    return sum!;
  };
  return { name, scorer, bytes: parts.reduce((sum, { model }) => sum + model.bytes, 0) };
}
