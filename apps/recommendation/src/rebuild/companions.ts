import type { Signals } from '../settings.ts';
import type { Pause } from './breather.ts';
import type { PairTable } from './pair-table.ts';

const silent = {
  purchase: 0,
  like: 0,
  add_to_cart: 0,
  click: 0,
  view: 0,
  watched: 0,
  liked_rating: 0,
  middling_rating: 0,
  disliked_rating: 0,
  dislike: 0,
  hide: 0,
};

/** Signals by which only the events of the kind speak, each as loud as the others; nothing speaks against an item. */
export function companionSignals(signals: Signals, kind: 'viewed' | 'bought'): Signals {
  return kind === 'bought'
    ? { ...signals, ...silent, purchase: 1 }
    : { ...signals, ...silent, view: 1, click: 1, watched: 1 };
}

/** Newest items of a person that count; bounds the work a single one can cause. */
const itemsPerOwner = 1_000;

/** What each person turned to, oldest first: each item once, at its newest event. The reverse of `newestFirst`, equal times too. */
export async function sequencesOf(pairs: PairTable, pause: Pause): Promise<Uint32Array[]> {
  const met: { item: number; day: number }[][] = Array.from({ length: pairs.ownerCount }, () => []);
  for (let item = 0; item < pairs.itemIds.length; item++) {
    for (let at = pairs.starts[item]!; at < pairs.endOf(item); at++) {
      met[pairs.owners[at]!]!.push({ item, day: pairs.days[at]! });
    }
    await pause();
  }
  const sequences: Uint32Array[] = [];
  for (const items of met) {
    items.sort((left, right) => left.day - right.day || right.item - left.item);
    sequences.push(Uint32Array.from(items.slice(-itemsPerOwner), ({ item }) => item));
    await pause();
  }
  return sequences;
}
