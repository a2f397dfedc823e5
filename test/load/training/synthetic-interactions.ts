import type { SparseRows } from '@kindred/ranking';
import { seeded } from '../../support/random.ts';

export interface Interactions {
  byUser: SparseRows;
  userCount: number;
  itemCount: number;
}

/** Interactions of a person on average; half of the people have a third of that or less. */
const perUser = 20;
const itemsPerGroup = 50;

/**
 * About `count` interactions of count / 20 people with a fifth as many items: each person is for three groups of 50 items, and
 * for popular ones most. People are numbered as the service numbers those it trains on, by their first item. The same for the
 * same count.
 */
export function syntheticInteractions(count: number): Interactions {
  const random = seeded(count);
  const userCount = Math.max(1, Math.round(count / perUser));
  const itemCount = itemsPerGroup * Math.ceil(userCount / 5 / itemsPerGroup);
  const groups = itemCount / itemsPerGroup;
  const rows = Array.from({ length: userCount }, (_, user) => {
    const own = new Set<number>();
    const wanted = 2 + Math.round(3 * (perUser - 2) * random() ** 2);
    for (let event = 0; event < wanted; event++) {
      const group = (user * 7 + Math.floor(random() * 3) * 31) % groups;
      const rank = Math.floor(random() ** 2 * itemsPerGroup);
      own.add(rank * groups + group);
    }
    return Uint32Array.from(own).sort();
  });
  rows.sort((left, right) => left[0]! - right[0]!);
  const offsets = new Uint32Array(userCount + 1);
  for (const [user, { length }] of rows.entries()) offsets[user + 1] = offsets[user]! + length;
  const columns = new Uint32Array(offsets[userCount]!);
  for (const [user, row] of rows.entries()) columns.set(row, offsets[user]);
  return { byUser: { offsets, columns }, userCount, itemCount };
}
