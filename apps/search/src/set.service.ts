import {
  type FacetRequest,
  type FacetResponse,
  KindredError,
  type ScrollRequest,
  type ScrollResponse,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Caller } from '@kindred/runtime';
import type { CollectionDirectory, CollectionRow } from '@kindred/vector-index';
import { countFacets } from './facet/facet.store.ts';
import { scrollItems } from './scroll/scroll.store.ts';

/** Compiling a plan costs more than running it; the memory is for counting and sorting. */
const settings = { jit: 'off', work_mem: '64MB' };

/** Answers what is asked of all items that match a filter, without ranking them. */
export class SetService {
  constructor(
    private readonly database: Database,
    private readonly collections: CollectionDirectory,
  ) {}

  async facet(request: FacetRequest, { tenant }: Caller, signal: AbortSignal): Promise<FacetResponse> {
    const start = performance.now();
    const scope = { tenant, readOnly: true, settings, signal };
    const count = (collection: CollectionRow) =>
      this.database.transaction(scope, (sql) => countFacets(sql, collection, request));
    const counted = await this.ofCurrent(tenant, request.collection, count);
    return { ...counted, tookMs: performance.now() - start };
  }

  /** A refusal may be by what the collection was until just now: then it is read anew. */
  private async ofCurrent<Result>(
    tenant: string,
    name: string,
    work: (collection: CollectionRow) => Promise<Result>,
  ): Promise<Result> {
    const known = await this.collections.get(tenant, name);
    try {
      return await work(known);
    } catch (error) {
      if (!(error instanceof KindredError) || error.status !== 'INVALID_ARGUMENT') throw error;
      this.collections.invalidate(tenant, name);
      return work(await this.collections.get(tenant, name));
    }
  }

  async scroll(request: ScrollRequest, { tenant }: Caller, signal: AbortSignal): Promise<ScrollResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    const scope = { tenant, readOnly: true, settings, signal };
    return this.database.transaction(scope, (sql) => scrollItems(sql, collection, request));
  }
}
