/** An item of a mixed page, and whose it is: 0 is the left ranker's, 1 the right one's. */
export interface Drafted {
  item: string;
  team: 0 | 1;
}

/**
 * The first `most` items of two rankings, mixed by team draft (Radlinski, Kurup and Joachims, "How does clickthrough data
 * reflect retrieval quality?", 2008; Chapelle et al. 2012): round by round both teams take their best item that is not
 * taken yet, a coin says who begins. Clicks count for the team of the item. `random` gives [0, 1) and is asked once a
 * round, so the same draws give the same page, and a shorter page is the beginning of a longer one. Where one ranking has
 * run out, the rest of the other follows as its own. A page behind others goes on from the places `before`, with rankings
 * of what was not shown there.
 */
export function teamDraft(
  left: readonly string[],
  right: readonly string[],
  most: number,
  random: () => number,
  before = 0,
): Drafted[] {
  const rankings = [left, right];
  const next = [0, 0];
  const taken = new Set<string>();
  const drafted: Drafted[] = [];
  const draft = (team: 0 | 1) => {
    const ranking = rankings[team]!;
    while (next[team]! < ranking.length && taken.has(ranking[next[team]!]!)) next[team]!++;
    const item = ranking[next[team]!];
    if (item === undefined || drafted.length >= most) return;
    taken.add(item);
    drafted.push({ item, team });
  };
  for (let round = 1; round < before; round += 2) random();
  // The pages before ended within a round: its second team is next.
  if (before % 2 === 1) draft(random() < 0.5 ? 1 : 0);
  for (let last = -1; drafted.length > last && drafted.length < most; ) {
    last = drafted.length;
    const first = random() < 0.5 ? 0 : 1;
    draft(first);
    draft(first === 0 ? 1 : 0);
  }
  return drafted;
}
