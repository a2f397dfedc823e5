import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { demandsOrdered, type FilterFacts, filterFacts, isFoundSooner } from './filter-facts.ts';
import { FilterStatistics } from './filter-statistics.ts';
import { readMatching } from './matching-items.store.ts';

/** A filter whose items an index finds. */
export interface Narrow {
  filter: Filter;
  /** Absent: an index of prices or times finds them. */
  facts: FilterFacts | undefined;
  /** More than these are not looked at. */
  most: number;
}

export interface Matching {
  /** Estimated share of the items that pass. */
  share: number;
  /** All that pass; absent where walking from the best candidate on is cheaper. */
  ids?: string[];
}

/** Beyond these a walk over all candidates is not much longer; an estimate of half of them may be off by two. */
const mostFound = 2_000;

/** What a filter leaves of a collection: about how much, and where it is little, which items. */
export class MatchingItems {
  private readonly statistics: FilterStatistics;

  constructor(private readonly database: Database) {
    this.statistics = new FilterStatistics(database);
  }

  /** For somebody who looks for `wanted` items that pass, one after the other. */
  async of(
    { collection, items }: { collection: CollectionRow; items: bigint },
    filter: Filter,
    wanted: number,
    signal?: AbortSignal,
  ): Promise<Matching> {
    const sample = await this.statistics.sampleOf(collection, items);
    const share = sample.shareOf(filter);
    const passing = share * Number(items);
    const isNarrow = passing <= mostFound / 2 && isFoundSooner(share, Number(items), wanted);
    const facts = isNarrow ? filterFacts(filter, collection, sample) : undefined;
    if (!isNarrow || (facts === undefined && !demandsOrdered(filter))) return { share };
    const ids = await readMatching(this.database, collection, { filter, facts, most: mostFound }, signal);
    return ids === undefined ? { share } : { share, ids };
  }
}
