import { ridgeFactors, ridgeWeights, type SparseRows } from '@kindred/ranking';
import type { Factors, Model } from './models.ts';
import { itemsOf, type Problem } from './problem.ts';
import { movies } from './ratings.ts';

/** Genres, half-decades of the year, and the words of the title that at least two films have. No tags: they leak popularity. */
export function filmFeatures(itemIds: readonly string[]): { features: SparseRows; count: number } {
  const films = movies();
  const named = itemIds.map((id) => {
    const film = films.get(id);
    if (!film) return [];
    const { title, genres, year } = film;
    const words = new Set(
      title
        .toLowerCase()
        .normalize('NFKC')
        .match(/[\p{L}\p{N}]+/gu) ?? [],
    );
    const own = [...genres.map((genre) => `genre ${genre}`), ...[...words].map((word) => `word ${word}`), 'any'];
    return year ? [...own, `year ${year}`, `years ${Math.floor(year / 5)}`, `decade ${Math.floor(year / 10)}`] : own;
  });
  const counts = new Map<string, number>();
  for (const name of named.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const numberOf = new Map([...counts].filter(([, count]) => count >= 2).map(([name], at) => [name, at]));
  const rows = named.map((names) => names.flatMap((name) => numberOf.get(name) ?? []));
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, at) => {
    offsets[at + 1] = offsets[at]! + row.length;
  });
  return { features: { offsets, columns: Uint32Array.from(rows.flat()) }, count: numberOf.size };
}

type Features = ReturnType<typeof filmFeatures>;

/** Ridge from features to what the training found, over the items it met; an item counts n / (n + trust). */
export function ridgeToFactors(
  problem: Problem,
  { model, itemFactors }: Factors,
  { features, count }: Features,
  { regularization = 3, trust = 3 } = {},
): Float32Array {
  const met = countsOf(problem);
  const rowWeights = met.map((times) => times / (times + trust));
  const weights = ridgeWeights(features, count, itemFactors, { regularization, rowWeights });
  const predicted = new Float32Array(itemFactors.length);
  for (let item = 0; item < met.length; item++) {
    const row = predicted.subarray(item * model.dimensions, (item + 1) * model.dimensions);
    ridgeFactors(weights, itemsOf(features, item), row);
  }
  return predicted;
}

export function countsOf({ pairs }: Problem): Float64Array {
  const counts = new Float64Array(pairs.itemCount);
  for (const item of pairs.items) counts[item]! += 1;
  return counts;
}

/** Cosine of an item's features, rarer ones weighing more, with those of a person's items. */
export function contentCosine({ byUser, pairs }: Problem, { features, count }: Features): Model {
  const seen = new Float64Array(count);
  for (const feature of features.columns) seen[feature]! += 1;
  const rarity = seen.map((times) => Math.log(pairs.itemCount / (1 + times)));
  const lengths = Float64Array.from({ length: pairs.itemCount }, (_, item) =>
    Math.sqrt(itemsOf(features, item).reduce((sum, feature) => sum + rarity[feature]! ** 2, 0) || 1),
  );
  return {
    name: 'content cosine',
    bytes: features.columns.byteLength,
    scorer: ({ user }) => {
      const profile = new Float64Array(count);
      for (const item of itemsOf(byUser, user)) {
        for (const feature of itemsOf(features, item)) profile[feature]! += rarity[feature]! / lengths[item]!;
      }
      return Float64Array.from({ length: pairs.itemCount }, (_, item) => {
        const sum = itemsOf(features, item).reduce((all, feature) => all + profile[feature]! * rarity[feature]!, 0);
        return sum / lengths[item]!;
      });
    },
  };
}

/** Ridge from features to the logarithm of how often an item was chosen. */
export function predictedPopularity(problem: Problem, { features, count }: Features): Model {
  const met = countsOf(problem);
  const target = Float32Array.from(met, (times) => Math.log1p(times));
  const rowWeights = met.map((times) => (times > 0 ? 1 : 0));
  const weights = ridgeWeights(features, count, target, { regularization: 10, rowWeights });
  const scores = Float64Array.from(met, (_, item) => {
    const out = new Float32Array(1);
    ridgeFactors(weights, itemsOf(features, item), out);
    return out[0]!;
  });
  return { name: 'popularity by features', bytes: 4 * count, scorer: () => scores.slice() };
}
