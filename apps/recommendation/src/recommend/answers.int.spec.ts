import {
  NextInSessionRequest,
  PersonalizeRequest,
  RecommendRequest,
  Scenario,
  SimilarBy,
  TrendingRequest,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, idsOf } from '../cinema.fake.spec.ts';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const fans = Array.from({ length: 6 }, (_, at) => `fan${at}`);
const genreIs = (genre: string) => ({
  must: [
    { kind: { $case: 'field' as const, value: { field: 'genre', test: { $case: 'equals' as const, value: genre } } } },
  ],
  should: [],
  mustNot: [],
});

describe.each(testDatabases())('Answers of every kind on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;

  beforeAll(async () => {
    database = await open();
    cinema = await Cinema.open(database, name);
    await cinema.put(
      { id: 'tent', title: '텐트', categories: ['camp'], angle: 0 },
      { id: 'stove', title: 'Stove', categories: ['camp'], angle: 10 },
      { id: 'gas', title: 'Gas', categories: ['fuel'], angle: 40 },
      { id: 'lamp', title: 'Lamp', categories: ['camp'], angle: 50 },
      { id: 'novel', title: 'Novel', categories: ['book'], angle: 90 },
      { id: 'atlas', title: 'Atlas', categories: ['book'], angle: 85 },
      { id: 'unknown to all', title: 'New thing', categories: ['camp'], angle: 4 },
    );
    // Everybody views tent, stove, lamp in this order; tent and gas are bought together.
    await cinema.did(
      ...fans.flatMap((user, at) => [
        { user, type: 'view', item: 'tent', at: minutesAgo(60 * (at + 2)) },
        { user, type: 'view', item: 'stove', at: minutesAgo(60 * (at + 2) - 5) },
        { user, type: 'view', item: 'lamp', at: minutesAgo(60 * (at + 2) - 10) },
        { user: `${user}-buyer`, type: 'purchase', item: 'tent', at: minutesAgo(60 * (at + 2) - 20) },
        { user: `${user}-buyer`, type: 'purchase', item: 'gas', at: minutesAgo(60 * (at + 2) - 19) },
      ]),
    );
    await cinema.putUser('kim', { region: '서울' });
    await cinema.putUser('lee', { region: '서울' });
    await cinema.did(
      { user: 'kim', type: 'like', item: 'novel', at: minutesAgo(3) },
      { user: 'kim', type: 'like', item: 'atlas', at: minutesAgo(50_000) },
    );
    await cinema.rebuild();
  });

  it('Similar tells viewed together from bought together, with reasons in both languages', async () => {
    const viewed = await cinema.similar({ itemIds: ['tent'], by: SimilarBy.SIMILAR_BY_ALSO_VIEWED, language: 'ko' });
    expect(idsOf(viewed).toSorted()).toEqual(['lamp', 'stove']);
    expect(viewed.hits[0]!.reason).toBe('‘텐트’를 본 분들이 함께 본 항목');
    const bought = await cinema.similar({ itemIds: ['tent'], by: SimilarBy.SIMILAR_BY_ALSO_BOUGHT });
    expect(idsOf(bought)).toEqual(['gas']);
    expect(bought.hits[0]!.reason).toBe('Often bought together with 텐트');
  });

  it('NextInSession follows the order in which people went, from events and from items not stored yet', async () => {
    await cinema.did({ session: 's1', type: 'view', item: 'tent' });
    const next = await cinema.next({ sessionId: 's1' });
    expect(next.hits[0]).toMatchObject({ itemId: 'stove', reason: 'Often next after 텐트' });
    expect(idsOf(next)).not.toContain('tent');
    const given = await cinema.next({ sessionId: 's1', itemIds: ['stove'], language: 'ko' });
    expect(given.hits[0]).toMatchObject({ itemId: 'lamp', reason: '‘Stove’ 다음에 많이 찾는 항목' });
    expect(idsOf(given)).not.toContain('stove');
    expect(idsOf(await cinema.next({ itemIds: ['novel'] }))).not.toContain('novel');
  });

  it('NextInSession goes by what came last, though an event before it is dated ahead', async () => {
    await cinema.did({ session: 's2', type: 'view', item: 'stove', at: minutesAgo(-1_440) });
    for (const item of [...Array.from({ length: 12 }, (_, at) => `gone${at}`), 'tent']) {
      await cinema.did({ session: 's2', type: 'view', item, at: minutesAgo(-1) });
    }
    const { hits } = await cinema.next({ sessionId: 's2' });
    expect(hits.find(({ itemId }) => itemId === 'lamp')!.reason).toBe('Often next after 텐트');
  });

  it('Trending counts people by what they did lately, per category, region and window', async () => {
    const { hits } = await cinema.trending({});
    expect(hits[0]).toMatchObject({ itemId: 'tent', reason: 'Trending now', scores: { trending: 1 } });
    expect(idsOf({ hits })).toContain('novel');
    expect(idsOf({ hits })).not.toContain('atlas');
    const seoul = await cinema.trending({ region: '서울', language: 'ko' });
    expect(idsOf(seoul)).toEqual(['novel']);
    expect(seoul.hits[0]!.reason).toBe('서울에서 요즘 뜨는 항목');
    const camp = await cinema.trending({ category: 'camp' });
    expect(idsOf(camp).toSorted()).toEqual(['lamp', 'stove', 'tent']);
    const long = await cinema.trending({ window: { seconds: 90n * 86_400n, nanos: 0 } });
    expect(idsOf(long)).toContain('atlas');
    const empty = await cinema.trending({ region: 'Busan' });
    expect(empty).toMatchObject({ hits: [], plan: { complete: true } });
    const nobody = 'Nobody in Busan turned to anything within the window: make it longer, or leave the region out';
    expect(empty.plan!.notes).toEqual([nobody]);
  });

  it('Personalize orders a list by a taste, live rows only, what is refused last', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'tent' }, { user: 'ann', type: 'hide', item: 'stove' });
    await cinema.put({ id: 'lamp', stock: 0 });
    const itemIds = ['novel', 'stove', 'lamp', 'nothing', 'gas', 'tent'];
    const { hits, plan } = await cinema.personalize({ userId: 'ann', itemIds });
    expect(idsOf({ hits })[0]).toMatch(/gas|tent/);
    expect(idsOf({ hits }).toSorted()).toEqual(['gas', 'novel', 'stove', 'tent']);
    expect(idsOf({ hits }).at(-1)).toBe('stove');
    expect(plan!.complete).toBe(true);
    await cinema.put({ id: 'lamp' });
    const none = await cinema.personalize({ userId: 'ann', itemIds: ['nothing'] });
    expect(none.plan!.notes.at(-1)).toContain('None of the items may be shown');
  });

  it('Personalize keeps away what its scenario excludes, and its absence says why', async () => {
    await cinema.did(
      { user: 'cho', type: 'like', item: 'tent' },
      { user: 'cho', type: 'purchase', item: 'gas' },
      { user: 'cho', type: 'dislike', item: 'lamp' },
      { user: 'cho', type: 'hide', item: 'stove' },
    );
    const request = { userId: 'cho', itemIds: ['tent', 'gas', 'lamp', 'stove', 'novel'] };
    for (const scenario of ['home', 'default']) {
      expect(idsOf(await cinema.personalize({ ...request, scenario }))).toEqual(['novel']);
      const value = PersonalizeRequest.fromPartial({ collection: 'films', ...request, scenario });
      const why = (item: string) => cinema.absence(item, { $case: 'personalize', value });
      expect(await why('gas')).toEqual(['bought']);
      expect(await why('lamp')).toEqual(['disliked']);
      expect(await why('stove')).toEqual(['disliked']);
      expect(await why('novel')).toBe(1n);
    }
    const without = idsOf(await cinema.personalize(request));
    expect(without.toSorted()).toEqual(request.itemIds.toSorted());
    expect(without.slice(-2)).toEqual(['lamp', 'stove']);
  });

  it('Personalize gives somebody unknown what is popular first, where the scenario has it, and says so', async () => {
    const itemIds = ['unknown to all', 'novel', 'lamp', 'tent'];
    const { hits, plan } = await cinema.personalize({ userId: 'never', itemIds });
    expect(hits.at(0)).toMatchObject({ itemId: 'tent', reason: 'Popular now', scores: { popular: 1 } });
    expect(hits.at(-1)).toMatchObject({ itemId: 'unknown to all', score: 0 });
    expect(plan!.notes).toEqual(['Nothing is known that this person likes: what is popular comes first']);
    const regional = await cinema.personalize({ userId: 'lee', itemIds });
    expect(regional.hits[0]).toMatchObject({ itemId: 'novel', reason: 'Trending in 서울' });
    expect(regional.plan!.notes[0]).toContain('what trends in 서울 and what is popular comes first');
    const bare = await cinema.personalize({ userId: 'never', itemIds, scenario: 'product-page' });
    expect(idsOf(bare)).toEqual(itemIds);
    expect(bare.plan!.notes[0]).toContain('the items are in the given order');
  });

  it('a new person is given what is popular where they live, then what goes with their picks', async () => {
    const lee = await cinema.recommend({ userId: 'lee', language: 'ko' });
    expect(lee.hits[0]).toMatchObject({ itemId: 'novel', reason: '서울에서 요즘 뜨는 항목' });
    expect(lee.plan!.notes[0]).toContain('what is popular in 서울, then everywhere');
    expect((await cinema.recommend({ region: '서울' })).hits[0]!.itemId).toBe('novel');
    const picked = await cinema.recommend({ userId: 'new', picks: ['tent'], language: 'ko' });
    expect(picked.hits[0]!.reason).toBe('‘텐트’를 고르셔서');
    expect(idsOf(picked)).not.toContain('tent');
    const byContent = await cinema.recommend({ userId: 'new', picks: ['unknown to all'] });
    expect(byContent.hits[0]).toMatchObject({ itemId: 'tent', scores: { content: 1 } });
    expect(idsOf(await cinema.recommend({ userId: 'new', picks: ['no such item'] }))).toContain('tent');
  });

  it('Recommend tells a new person what the sources of the scenario give', async () => {
    const told = async (sources: { name: string; weight: number }[], region = '') => {
      await cinema.putScenario(Scenario.fromPartial({ name: 'told', sources }));
      return (await cinema.recommend({ userId: 'new', scenario: 'told', region })).plan!.notes[0];
    };
    const trending = { name: 'trending', weight: 1 };
    expect(await told([trending])).toMatch(/yet: what trends, then what is popular$/);
    expect(await told([trending], '서울')).toMatch(/yet: what trends in 서울, then what is popular$/);
    expect(await told([{ name: 'content', weight: 1 }], '서울')).toMatch(/yet: what is popular$/);
    expect(await told([trending, { name: 'popular', weight: 1 }])).toMatch(/yet: what is popular$/);
  });

  it('boost, group and explain as searches do', async () => {
    const boosts = [{ weight: 50, value: { $case: 'filter' as const, value: genreIs('book') } }];
    const boosted = await cinema.recommend({ userId: 'new', boosts });
    expect(boosted.hits[0]).toMatchObject({ itemId: 'novel', scores: { boost: 50, relevance: expect.any(Number) } });
    const { groups, hits } = await cinema.recommend({ userId: 'new', groupBy: { field: 'genre', size: 2 }, limit: 2 });
    expect(hits).toEqual([]);
    expect(groups.map(({ value, hits: inside }) => [value, inside.length])).toContainEqual(['camp', 2]);
    const all = await cinema.ids({ userId: 'new', boosts, limit: 100 });
    const pages: string[] = [];
    let pageToken = '';
    do {
      const page = await cinema.recommend({ userId: 'new', boosts, limit: 2, pageToken });
      pages.push(...idsOf(page));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages).toEqual(all);
  });

  it('explain why an item is not there', async () => {
    await cinema.did({ user: 'bo', type: 'purchase', item: 'gas' }, { user: 'bo', type: 'dislike', item: 'lamp' });
    await cinema.put({ id: 'atlas', stock: 0 }, { id: 'novel', hidden: true });
    const ask = (item: string, more: Partial<RecommendRequest> = {}) => {
      const value = RecommendRequest.fromPartial({ collection: 'films', userId: 'bo', ...more });
      return cinema.absence(item, { $case: 'recommend', value });
    };
    expect(await ask('gas')).toEqual(['bought']);
    expect(await ask('lamp')).toEqual(['disliked']);
    expect(await ask('atlas')).toEqual(['sold_out']);
    expect(await ask('novel')).toEqual(['hidden']);
    expect(await ask('nothing')).toEqual(['unknown_item']);
    expect(await ask('stove', { filter: genreIs('book') })).toEqual(['filtered']);
    expect(await ask('unknown to all', { limit: 1 })).toEqual(['outranked']);
    expect(await ask('tent')).toBeTypeOf('bigint');
    const list = PersonalizeRequest.fromPartial({ collection: 'films', userId: 'bo', itemIds: ['stove'] });
    expect(await cinema.absence('tent', { $case: 'personalize', value: list })).toEqual(['not_listed']);
    const trend = TrendingRequest.fromPartial({ collection: 'films' });
    expect(await cinema.absence('unknown to all', { $case: 'trending', value: trend })).toEqual(['no_source']);
    const session = NextInSessionRequest.fromPartial({ collection: 'films', itemIds: ['tent'] });
    expect(await cinema.absence('tent', { $case: 'nextInSession', value: session })).toEqual(['seen']);
    await cinema.put({ id: 'atlas' }, { id: 'novel' });
  });

  it.each([
    ['personalize', 'item_ids', 'FIELD_MISSING', { itemIds: [] }],
    ['personalize', 'item_ids[1]', 'FIELD_MISSING', { itemIds: ['a', ''] }],
    ['trending', 'window', 'FIELD_INVALID', { window: { seconds: 1n, nanos: 0 } }],
    ['trending', 'region', 'FIELD_INVALID', { region: ' 서울' }],
    ['trending', 'category', 'FIELD_INVALID', { category: 'a\u0000' }],
    ['next', 'session_id', 'FIELD_MISSING', {}],
    ['recommend', 'picks[0]', 'FIELD_MISSING', { picks: [''] }],
    ['recommend', 'group_by.field', 'FILTER_FIELD_UNDECLARED', { groupBy: { field: 'brand' } }],
    ['recommend', 'boosts[0].weight', 'FIELD_INVALID', { boosts: [{ weight: 0 }] }],
    ['recommend', 'boosts[0].weight', 'FIELD_INVALID', { boosts: [{ weight: 1e300 }] }],
  ] as const)('%s refuses a wrong %s with %s', async (method, field, code, request) => {
    const error = await cinema[method](request as never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, field });
  });
});
