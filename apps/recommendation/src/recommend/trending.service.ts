import { type Filter, KindredError, limits, type TrendingRequest, type TrendingResponse } from '@kindred/contracts';
import type { Caller } from '@kindred/runtime';
import { bothFilters, invalid } from '@kindred/vector-index';
import { nobody } from '../history/people-sql.ts';
import { noExclusions } from '../scenario/scenario.ts';
import { defaultWindowSeconds } from '../trends/trends.ts';
import type { Gathered } from './gather.ts';
import type { Recipe } from './recipe.ts';
import { checkRegion, type Prepared } from './recommend.service.ts';
import type { Recommender } from './recommender.ts';
import { checkRequest, identityOf } from './request.ts';

const leastSeconds = 60;
const mostSeconds = 90 * 86_400;

/** Answers Trending: what many people turn to now. */
export class TrendingService {
  constructor(private readonly recommender: Recommender) {}

  /** Throws a KindredError that names the field. */
  async trending(
    request: TrendingRequest,
    { tenant, requestId }: Caller,
    signal?: AbortSignal,
  ): Promise<TrendingResponse> {
    const { asked, recipe, inspected } = await this.prepare(request, tenant, signal);
    return { requestId, ...(await this.recommender.answer(asked, recipe, inspected)) };
  }

  async prepare(request: TrendingRequest, tenant: string, signal?: AbortSignal): Promise<Prepared> {
    const windowSeconds = windowOf(request.window);
    const collection = await this.recommender.collections.get(tenant, request.collection);
    const checked = await checkRequest(request, collection);
    const region = checkRegion(request.region);
    const recipe: Recipe = {
      person: nobody,
      from: 'history',
      itemIds: [],
      scenario: { name: '', sources: { trending: 1 }, exclude: noExclusions, quotas: [] },
      contentBelow: 0,
      fill: 'never',
      region,
      windowSeconds,
    };
    const filter = bothFilters(checked.filter, categoryFilter(request.category));
    const identity = identityOf(collection, checked, [request.category, region, windowSeconds, 'trending']);
    const asked = { collection, request: { ...checked, filter }, identity, signal };
    const notes = ({ pool }: Gathered) => (pool.best(1).length === 0 ? [nobodyNote(region)] : []);
    const given = { filter: checked.filter, category: request.category };
    return { asked, recipe, inspected: { notes }, given };
  }
}

const nobodyNote = (region: string) =>
  region === ''
    ? 'Nobody turned to anything within the window: make it longer'
    : `Nobody in ${region} turned to anything within the window: make it longer, or leave the region out`;

function windowOf(window: TrendingRequest['window']): number {
  if (!window) return defaultWindowSeconds;
  const seconds = Number(window.seconds) + window.nanos / 1e9;
  if (seconds >= leastSeconds && seconds <= mostSeconds) return Math.round(seconds);
  throw invalid('window', `is ${seconds} seconds`, 'give a minute to 90 days');
}

function categoryFilter(category: string): Filter | undefined {
  if (category === '') return undefined;
  if (Buffer.byteLength(category) > limits.category || category.includes('\u0000')) {
    const message = `category must be at most ${limits.category} bytes of UTF-8 without null bytes`;
    throw new KindredError('FIELD_INVALID', 'category', message);
  }
  const test = { $case: 'equals' as const, value: category };
  return { must: [{ kind: { $case: 'field', value: { field: 'categories', test } } }], should: [], mustNot: [] };
}
