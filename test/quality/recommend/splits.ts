import { createHash } from 'node:crypto';
import type { Ratings } from './ratings.ts';

/** Positions in the ratings. */
export interface Split {
  train: number[];
  test: number[];
}

/** First 8 hexadecimal digits of SHA-256, as an integer. */
export const hashNumber = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16);

/** An interaction is test where the hash of "user:item" is divisible by 5. */
export function random80(ratings: Ratings): Split {
  return divided(ratings, (at) => hashNumber(pairOf(ratings, at)) % 5 === 0);
}

export const pairOf = ({ users, items, userIds, itemIds }: Ratings, at: number): string =>
  `${userIds[users[at]!]}:${itemIds[items[at]!]}`;

/** Test: at or after the 80th percentile of time (the rating at floor(.8 n) in order of time). */
export function temporal(ratings: Ratings): Split {
  const cut = ratings.times[Math.floor(ratings.times.length * 0.8)]!;
  return divided(ratings, (at) => ratings.times[at]! >= cut);
}

/** Test: the last fifth (floor) of each user's ratings by time. */
export function lastFifth(ratings: Ratings): Split {
  return lastOfEach(ratings, (count) => Math.floor(count / 5));
}

/** Test: each user's last rating. */
export function lastOne(ratings: Ratings): Split {
  return lastOfEach(ratings, () => 1);
}

/** Test: ratings of films whose id hashes to a multiple of 10. Nothing of them is trained on. */
export function coldItems(ratings: Ratings): Split {
  return divided(ratings, (at) => isHidden(ratings.itemIds[ratings.items[at]!]!));
}

export const isHidden = (itemId: string): boolean => hashNumber(itemId) % 10 === 0;

function lastOfEach(ratings: Ratings, taken: (count: number) => number): Split {
  const counts = new Uint32Array(ratings.userIds.length);
  for (const user of ratings.users) counts[user]! += 1;
  const seen = new Uint32Array(counts.length);
  return divided(ratings, (at) => {
    const user = ratings.users[at]!;
    seen[user]! += 1;
    return seen[user]! > counts[user]! - taken(counts[user]!);
  });
}

export function divided(ratings: { users: ArrayLike<number> }, isTest: (at: number) => boolean): Split {
  const split: Split = { train: [], test: [] };
  for (let at = 0; at < ratings.users.length; at++) (isTest(at) ? split.test : split.train).push(at);
  return split;
}
