import type { Live } from './live-candidates.ts';
import { readNewest } from './page.store.ts';
import type { Candidate } from './pool.ts';

/** New items that take turns. */
const mostNew = 200;

/** New items that nobody turned to yet, in an order of each person's own, another one each day. */
export async function explored(live: Live & { who: string }): Promise<Candidate[]> {
  const { recipe, sql, range, excluded, who, ordered } = live;
  const { exploration } = recipe.scenario;
  if (!exploration || ordered) return [];
  const newest = { without: [...excluded], most: mostNew, maxAgeDays: exploration.maxAgeDays, untouched: true };
  const ids = await readNewest(sql, range, newest);
  const day = Math.floor(Date.now() / 86_400_000);
  const turn = new Map(ids.map((id) => [id, hashOf(`${who}\n${day}\n${id}`)]));
  ids.sort((left, right) => turn.get(left)! - turn.get(right)! || (left < right ? -1 : 1));
  return ids.map((itemId) => ({ itemId, score: 0, shares: {} }));
}

/**
 * `share` of the places, evenly, for the new ones while there are any; those behind move down. A new item has the score of
 * the hit before it, and comes once. Exported for its tests.
 */
export function withExplored<Each extends Candidate>(
  candidates: readonly Each[],
  fresh: readonly Each[],
  share: number,
): Each[] {
  if (share === 0 || fresh.length === 0) return [...candidates];
  const taken = new Set<string>();
  const mixed: Each[] = [];
  let turn = 0;
  const next = () => {
    while (turn < fresh.length && taken.has(fresh[turn]!.itemId)) turn++;
    return fresh[turn++];
  };
  let at = 0;
  while (at < candidates.length) {
    const place = mixed.length;
    const isKept = Math.floor((place + 1) * share) > Math.floor(place * share);
    const one = isKept ? next() : undefined;
    if (one) {
      taken.add(one.itemId);
      mixed.push({ ...one, score: mixed.at(-1)?.score ?? candidates[at]!.score, explored: true });
      continue;
    }
    const each = candidates[at++]!;
    if (taken.has(each.itemId)) continue;
    taken.add(each.itemId);
    mixed.push(each);
  }
  return mixed;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
