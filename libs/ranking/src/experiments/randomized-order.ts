/** How the beginning of a ranking is drawn instead of ranked, with known probabilities. */
export interface Randomization {
  /** Of the answers, above 0, up to 1. */
  share: number;
  /** So many of the best take part, 2 or more; all of them where there are fewer. */
  depth: number;
}

/**
 * The ranking, or with probability `share` one whose best `depth` items stand in uniformly random order; the rest stays.
 * The draws of `random`, which gives [0, 1), decide: the first one whether, then one for each place. So a page behind
 * others goes on from the places `before`, with what was not shown there.
 */
export function randomizedOrder<Item>(
  ranked: readonly Item[],
  { share, depth }: Randomization,
  random: () => number,
  before = 0,
): { items: Item[]; drawn: boolean } {
  if (random() >= share) return { items: [...ranked], drawn: false };
  for (let place = 0; place < before; place++) random();
  const left = ranked.slice(0, Math.max(0, depth - before));
  const rest = ranked.slice(left.length);
  const items: Item[] = [];
  // Each place takes any of what is left: every order is as likely as any other.
  while (left.length > 0) items.push(...left.splice(Math.floor(random() * left.length), 1));
  return { items: [...items, ...rest], drawn: true };
}

/**
 * Probability that `randomizedOrder` puts the item of the rank at the place, both from 0, among so many items. Of a
 * uniform order of d items each stands at each of the first d places with probability 1 / d: of the d! orders (d - 1)!
 * have it there.
 */
export function placeProbability(rank: number, place: number, { share, depth }: Randomization, items: number): number {
  const drawn = Math.min(depth, items);
  const ranked = rank === place ? 1 : 0;
  if (rank >= drawn || place >= drawn) return ranked;
  return (1 - share) * ranked + share / drawn;
}
