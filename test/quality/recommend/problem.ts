import { type InteractionPairs, itemsByUser, type SparseRows } from '@kindred/ranking';
import type { Ratings } from './ratings.ts';
import type { Split } from './splits.ts';

/** One person's question: rank every item but `known`; right are `wanted`. */
export interface Case {
  user: number;
  known: Uint32Array;
  wanted: ReadonlySet<number>;
}

/** A split as what models are trained on, and the questions they are asked. */
export interface Problem {
  ratings: Ratings;
  train: readonly number[];
  /** Oldest first. */
  pairs: InteractionPairs;
  /** Each person's items, newest first. */
  byUser: SparseRows;
  cases: Case[];
}

export function problemOf(ratings: Ratings, { train, test }: Split): Problem {
  const pairs = {
    users: Uint32Array.from(train, (at) => ratings.users[at]!),
    items: Uint32Array.from(train, (at) => ratings.items[at]!),
    userCount: ratings.userIds.length,
    itemCount: ratings.itemIds.length,
  };
  const byUser = itemsByUser(pairs, Number.POSITIVE_INFINITY);
  const wanted = new Map<number, Set<number>>();
  for (const at of test) {
    const user = ratings.users[at]!;
    wanted.set(user, (wanted.get(user) ?? new Set()).add(ratings.items[at]!));
  }
  const cases = [...wanted].sort(([left], [right]) => left - right);
  return {
    ratings,
    train,
    pairs,
    byUser,
    cases: cases.map(([user, items]) => ({ user, known: itemsOf(byUser, user), wanted: items })),
  };
}

/** A person's items, newest first. */
export const itemsOf = ({ offsets, columns }: SparseRows, user: number): Uint32Array =>
  columns.subarray(offsets[user], offsets[user + 1]);
