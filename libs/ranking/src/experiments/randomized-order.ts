/** How the beginning of a ranking is drawn instead of ranked, with known probabilities. */
export interface Randomization {
  /** Of the answers, above 0, up to 1. */
  share: number;
  /** So many of the best take part, 2 or more; all of them where there are fewer. */
  depth: number;
}

/**
 * The ranking, or with probability `share` one whose best `depth` items stand in uniformly random order; the rest stays.
 * The draws of `random`, which gives [0, 1), decide.
 */
export function randomizedOrder<Item>(
  ranked: readonly Item[],
  { share, depth }: Randomization,
  random: () => number,
): { items: Item[]; drawn: boolean } {
  const items = [...ranked];
  if (random() >= share) return { items, drawn: false };
  // Fisher and Yates: every order is as likely as any other.
  for (let last = Math.min(depth, items.length) - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return { items, drawn: true };
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
