import type { FacetRequest, FacetResponse, ScrollRequest, ScrollResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Caller } from '@kindred/runtime';
import type { CollectionDirectory, NarrowFilters } from '@kindred/vector-index';
import { countFacets } from './facet/facet.store.ts';
import { scrollItems, walkedFor } from './scroll/scroll.store.ts';

/** Compiling a plan costs more than running it; the memory is for counting and sorting. */
const settings = { jit: 'off', work_mem: '64MB' };

/** Answers what is asked of all items that match a filter, without ranking them. */
export class SetService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
    private readonly filters: NarrowFilters,
  ) {}

  async facet(request: FacetRequest, { tenant }: Caller, signal: AbortSignal): Promise<FacetResponse> {
    const start = performance.now();
    const collection = await this.collections.get(tenant, request.collection);
    const scope = { tenant, readOnly: true, settings, signal };
    const facts = await this.filters.factsOf(collection, request.filter);
    const counted = await this.database.transaction(scope, (sql) => countFacets(sql, collection, request, facts));
    return { ...counted, tookMs: performance.now() - start };
  }

  async scroll(request: ScrollRequest, { tenant }: Caller, signal: AbortSignal): Promise<ScrollResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    const facts = await this.filters.factsOf(collection, request.filter, walkedFor(request));
    const scope = { tenant, readOnly: true, settings, signal };
    return this.database.transaction(scope, (sql) => scrollItems(sql, collection, request, facts));
  }
}
