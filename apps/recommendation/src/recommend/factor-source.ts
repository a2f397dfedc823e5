import { type FoldEvent, foldIn, type RankDecay } from '@kindred/ranking';
import type { CollectionRow } from '@kindred/vector-index';
import type { History } from '../history/history.store.ts';
import type { Seed } from '../history/seeds.ts';
import type { CommonNumbers } from '../tables/common-numbers.ts';
import type { ItemFactors } from '../tables/item-factors.ts';
import type { Tables } from '../tables/tables.ts';
import type { Found } from './add-up.ts';
import type { Recipe } from './recipe.ts';
import { rememberedFound, rememberFound } from './remembered-found.ts';

/** Candidates by factors: more than pages show, and few beside a catalog. */
const mostByFactors = 500;

export interface FactorQuery {
  recipe: Recipe;
  history: History;
  seeds: readonly Seed[];
  excluded: ReadonlySet<string>;
  decay: RankDecay;
  /** What is found is numbered by. */
  common: CommonNumbers;
}

/** Where nothing was found, `why` says what was missing; `newcomers` were looked at beside the items of the training. */
export type ByFactors = { found: Found & { newcomers: number }; why?: undefined } | { found?: undefined; why: string };

/** Items whose factors lie where the person's are, folded in from all that the person did. */
export async function findByFactors(tables: Tables, collection: CollectionRow, query: FactorQuery): Promise<ByFactors> {
  const { history, recipe, excluded, common } = query;
  if (history.factors === undefined) return { why: 'The collection has no trained factors yet: run kindred train' };
  const held = await tables.factors(collection, history.factors);
  if (held === 'too large') {
    return { why: 'The trained factors take more than RECOMMENDATION_TABLE_MB: raise it, or train fewer dimensions' };
  }
  if (held === 'late') return { why: 'The trained factors are being read into memory: ask again in a moment' };
  const { newcomers } = held;
  const remembered = rememberedFound(held, query);
  if (remembered) return { found: { ...remembered, newcomers } };
  const vector = vectorOf(held, query);
  if (!vector) return { why: 'Nothing is known that speaks for an item of the trained factors' };
  const found = nearest(held, vector, { excluded, common, among: recipe.among });
  rememberFound(held, query, found);
  return { found: { ...found, newcomers } };
}

/** Undefined where no event speaks for an item that was trained on. */
export function vectorOf(
  held: ItemFactors,
  { recipe, history, seeds, decay }: Omit<FactorQuery, 'excluded' | 'common'>,
) {
  const known = (event: Omit<FoldEvent, 'factors'>): FoldEvent[] => {
    const factors = held.of(event.itemId);
    return factors ? [{ ...event, factors }] : [];
  };
  const own = history.items.flatMap(({ item_id: itemId, strength, met_at }) =>
    known({ itemId, strength, occurredAt: 1_000 * met_at }),
  );
  if (recipe.from === 'history' && own.some(({ strength }) => strength > 0)) return foldIn(held.model, own, decay);
  // Seeds come with their weights: of a session, by how long ago; given and picked ones count alike.
  const spoken = seeds.flatMap(({ itemId, weight }) => known({ itemId, strength: weight, occurredAt: 0 }));
  return foldIn(held.model, spoken);
}

/** The items with the highest inner products above 0; of `among` all of them. */
export function nearest(
  held: ItemFactors,
  vector: Float32Array,
  { excluded, common, among }: Pick<FactorQuery, 'excluded' | 'common'> & Pick<Recipe, 'among'>,
): Found {
  const { numbers } = held;
  const numbersOf = (ids: Iterable<string>) =>
    [...ids].map((id) => numbers.find(id)).filter((item) => item !== undefined);
  if (among === undefined) {
    const { rows, scores } = held.nearest(vector, mostByFactors, numbersOf(excluded));
    return { items: common.of(numbers, rows), scores, seeds: [] };
  }
  const asked = [...new Set(numbersOf(among.filter((id) => !excluded.has(id))))];
  const scores = held.scores(vector, asked);
  const kept = [...asked.keys()].filter((at) => scores[at]! > 0);
  const items = common.of(
    numbers,
    kept.map((at) => asked[at]!),
  );
  return { items, scores: kept.map((at) => scores[at]!), seeds: [] };
}
