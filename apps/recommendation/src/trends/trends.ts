import { limits } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type CollectionRow, RefreshedCache } from '@kindred/vector-index';
import type { Settings } from '../settings.ts';
import type { OrderedShares } from '../tables/item-lists.ts';
import { readTrends } from './trends.store.ts';

export interface Trend extends OrderedShares {
  /** The window holds more events than were looked at: the newest of them counted. */
  cut: boolean;
}

export const defaultWindowSeconds = 7 * 86_400;
/** Newest events of a window that count: reading them takes about half a second. */
const mostEvents = 100_000;

/** What many people turn to, by region and window: a second old, or 50 times what reading takes. */
export class Trends {
  private readonly known = new RefreshedCache<Trend>({ freshForMs: 1_000, dutyFactor: 50 });

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  of(collection: CollectionRow, region: string, windowSeconds = defaultWindowSeconds): Promise<Trend> {
    const key = JSON.stringify([collection.tenant, collection.collectionId, region, windowSeconds]);
    return this.known.of(key, collection.collectionId, () => this.read(collection, region, windowSeconds));
  }

  private async read(collection: CollectionRow, region: string, windowSeconds: number): Promise<Trend> {
    const query = { region, windowSeconds, mostEvents, mostItems: limits.pageDepth };
    const rows = await readTrends(this.database, collection, query, this.settings.signals);
    const best = rows[0]?.score ?? 1;
    return {
      ids: rows.map((row) => row.item_id),
      shares: rows.map((row) => row.score / best),
      cut: (rows[0]?.events ?? 0) >= mostEvents,
    };
  }
}
