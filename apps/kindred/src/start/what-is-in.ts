import type { GetStatusResponse } from '@kindred/contracts';
import { plural } from '../output/format.ts';

/** A line of what the server holds. It is not told at once everywhere: a new Kafka first chooses who keeps the offsets. */
export async function whatIsIn(readStatus: () => Promise<GetStatusResponse>): Promise<string> {
  try {
    const { collections, interactions } = await readStatus();
    const parts = collections.map((collection) => `${collection.name} ${plural(collection.items, 'item')}`);
    return collections.length === 0
      ? 'nothing is in yet\n'
      : `in: ${[...parts, plural(interactions, 'interaction')].join(' · ')}\n`;
  } catch (error) {
    return `what is in cannot be told yet: ${(error as Error).message}; kindred status tells it later\n`;
  }
}
