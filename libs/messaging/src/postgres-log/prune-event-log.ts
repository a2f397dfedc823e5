import type { LogDatabase } from '../log-database.ts';
import { prune } from './event-log.store.ts';

const step = 10_000;

/**
 * Deletes messages older than `olderThanDays` that every consumer group of their topic has passed; returns how many.
 * A topic without any group keeps its messages.
 */
export async function pruneEventLog(database: LogDatabase, olderThanDays: number): Promise<number> {
  if (!(olderThanDays >= 0)) throw new Error(`olderThanDays is ${olderThanDays}; it must be 0 or more`);
  let total = 0;
  for (;;) {
    const deleted = await prune(database, olderThanDays, step);
    total += deleted;
    if (deleted < step) return total;
  }
}
