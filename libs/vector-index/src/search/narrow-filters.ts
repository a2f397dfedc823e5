import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { type FilterFacts, filterFacts, isFoundSooner } from '../planner/filter-facts.ts';
import { FilterStatistics } from '../planner/filter-statistics.ts';
import type { ItemSample } from '../planner/item-sample.ts';
import { hnswFrom } from '../thresholds.ts';
import type { Layouts } from './layouts.ts';

/** Share of the items up to which finding them by an index takes less than looking at all. */
const mostFound = 0.2;

/** Which filters leave little of a collection, and what finds it. */
export class NarrowFilters {
  private readonly statistics: FilterStatistics;

  constructor(
    private readonly database: Database,
    private readonly layouts: Layouts,
  ) {
    this.statistics = new FilterStatistics(database);
  }

  /** To estimate with; undefined where looking at all items is quick. */
  async sampleOf(collection: CollectionRow, items: bigint): Promise<ItemSample | undefined> {
    return items >= BigInt(hnswFrom) ? this.statistics.sampleOf(collection, items) : undefined;
  }

  /**
   * By which an index finds what passes; undefined where looking at all items takes no longer, or looking at one after the other
   * until `wanted` of them pass. Throws FILTER_*.
   */
  async factsOf(
    collection: CollectionRow,
    filter: Filter | undefined,
    wanted = Number.POSITIVE_INFINITY,
  ): Promise<FilterFacts | undefined> {
    if (!filter) return undefined;
    filterToSql(filter, collection, []); // refuses what is wrong with it
    const { items } = await this.layouts.of(collection);
    // In PGlite looking at all is quick.
    const sample = this.database.driver === 'postgres' ? await this.sampleOf(collection, items) : undefined;
    const share = sample?.shareOf(filter) ?? 1;
    const isNarrow = share <= mostFound && isFoundSooner(share, Number(items), wanted);
    return sample && isNarrow ? filterFacts(filter, collection, sample) : undefined;
  }
}
