import { RecommendRequest, SimilarBy, SimilarRequest, TrendingRequest } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, idsOf } from '../cinema.fake.spec.ts';

const now = () => new Date().toISOString();

describe.each(testDatabases())('Why an item is not there, on $name', ({ name, open }) => {
  let cinema: Cinema;

  beforeAll(async () => {
    cinema = await Cinema.open(await open(), name);
    await cinema.put(
      { id: 'tent', categories: ['camp'] },
      { id: 'stove', categories: ['camp'] },
      { id: 'novel', categories: ['book'] },
      { id: 'atlas', categories: ['book'] },
      { id: 'unknown to all', categories: ['camp'] },
    );
    const liked = { tent: 6, stove: 5, novel: 4, atlas: 3 };
    const events = Object.entries(liked).flatMap(([item, fans]) =>
      Array.from({ length: fans }, (_, at) => ({ user: `${item}${at}`, type: 'like', item, at: now() })),
    );
    await cinema.did(...events);
    await cinema.rebuild();
  });

  const recommended = async (itemId: string, request: Partial<RecommendRequest>) => {
    const value = RecommendRequest.fromPartial({ collection: 'films', ...request });
    const { reasons } = await cinema.explained(itemId, { $case: 'recommend', value });
    return reasons.map(({ message }) => message).join();
  };

  it('names the full group, where paging would never show the item', async () => {
    const groupBy = { field: 'genre', size: 1 };
    const { groups } = await cinema.recommend({ groupBy });
    expect(groups.map(({ hits }) => idsOf({ hits }))).toEqual([['tent'], ['novel']]);
    const why = await recommended('stove', { groupBy });
    expect(why).toContain('fill its group');
    expect(why).toContain('group_by.size is 1');
    expect(await recommended('atlas', { groupBy: { field: 'genre', size: 2 }, limit: 1 })).toContain(
      'its group holds place 2',
    );
  });

  it('tells what is on a page before from what is on one behind', async () => {
    const { nextPageToken: pageToken } = await cinema.recommend({ limit: 2 });
    const second = { limit: 2, pageToken };
    expect(await recommended('tent', second)).toContain('on a page before this one: it holds place 1');
    expect(await recommended('unknown to all', second)).toContain('Page on');
    const grouped = { groupBy: { field: 'genre', size: 1 }, limit: 1 };
    const next = (await cinema.recommend(grouped)).nextPageToken;
    expect(await recommended('tent', { ...grouped, pageToken: next })).toContain('on a page before this one');
  });

  it('names what Trending takes: a category, a window, a region', async () => {
    const ask = async (itemId: string, request: Partial<TrendingRequest>) => {
      const value = TrendingRequest.fromPartial({ collection: 'films', ...request });
      return (await cinema.explained(itemId, { $case: 'trending', value })).reasons;
    };
    expect(await ask('novel', { category: 'camp' })).toMatchObject([
      { field: 'category', message: expect.stringContaining('not in category "camp"') },
    ]);
    const [nobody] = await ask('unknown to all', { category: 'camp' });
    expect(nobody!.message).toContain('Nobody turned to the item within the window: make it longer');
    const [regional] = await ask('tent', { region: '서울' });
    expect(regional!.message).toContain('Nobody in 서울');
    const value = SimilarRequest.fromPartial({
      collection: 'films',
      itemIds: ['tent'],
      by: SimilarBy.SIMILAR_BY_ALSO_BOUGHT,
    });
    await cinema.did({ user: 'a', type: 'purchase', item: 'tent' }, { user: 'a', type: 'purchase', item: 'stove' });
    await cinema.did({ user: 'b', type: 'purchase', item: 'tent' }, { user: 'b', type: 'purchase', item: 'stove' });
    await cinema.rebuild();
    const { reasons } = await cinema.explained('novel', { $case: 'similar', value });
    expect(reasons[0]!.message).toContain('ask by something else, or name a scenario with more sources');
  });
});
