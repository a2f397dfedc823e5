import { Diversity, type KindredError, RecommendRequest, Scenario } from '@kindred/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, idsOf } from '../cinema.fake.spec.ts';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const daysAgo = (days: number) => minutesAgo(days * 1_440);
const sources = [
  { name: 'collaborative', weight: 0.7 },
  { name: 'popular', weight: 0.3 },
];

describe.each(testDatabases())('Scenarios on $name', ({ name, open }) => {
  let database: Awaited<ReturnType<typeof open>>;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-${++tenants}`);
    await cinema.put(
      { id: 'a', categories: ['space'] },
      { id: 'b', categories: ['space'] },
      { id: 'c', categories: ['drama'] },
      { id: 'd', categories: ['drama'] },
      { id: 'rice', title: '쌀', categories: ['food'] },
    );
    const fans = Array.from({ length: 6 }, (_, at) => `fan${at}`);
    await cinema.did(
      ...fans.flatMap((user) => ['a', 'b', 'c', 'd', 'rice'].map((item) => ({ user, type: 'purchase', item }))),
    );
    await cinema.rebuild();
  });

  const listed = async () => (await cinema.scenarios.list({ collection: 'films' }, cinema.tenant)).scenarios;

  it('come built in, are replaced by declared ones of their names, and come back when those are deleted', async () => {
    expect((await listed()).map((one) => one.name)).toEqual(['default', 'home', 'product-page', 'cart', 'email']);
    expect((await listed()).every((one) => one.builtIn)).toBe(true);
    await cinema.putScenario(Scenario.fromPartial({ name: 'home', sources }));
    const { scenario } = await cinema.scenarios.get({ collection: 'films', name: 'home' }, cinema.tenant);
    expect(scenario).toMatchObject({ builtIn: false, sources, exclude: { disliked: true, bought: false } });
    expect(scenario!.updatedAt).toBeInstanceOf(Date);
    const gone = { collection: 'films', name: 'home' };
    expect(await cinema.scenarios.delete(gone, cinema.tenant)).toEqual({ deleted: true });
    expect(await cinema.scenarios.delete(gone, cinema.tenant)).toEqual({ deleted: false });
    const back = await cinema.scenarios.get(gone, cinema.tenant);
    expect(back.scenario).toMatchObject({ builtIn: true });
  });

  it('answer each of them, for somebody and for nobody', async () => {
    await cinema.did({ user: 'ann', type: 'purchase', item: 'a' });
    for (const scenario of ['default', 'home', 'product-page', 'cart', 'email']) {
      expect(await cinema.ids({ userId: 'ann', scenario })).toContain('b');
      expect(await cinema.ids({ scenario })).toContain('b');
    }
  });

  it('let what was bought come again after so many days', async () => {
    await cinema.putScenario(
      Scenario.fromPartial({ name: 'refill', sources, exclude: { bought: true, boughtAgainAfterDays: 30 } }),
    );
    await cinema.did(
      { user: 'ann', type: 'purchase', item: 'rice', at: daysAgo(31) },
      { user: 'ann', type: 'purchase', item: 'a', at: daysAgo(29) },
    );
    const ids = await cinema.ids({ userId: 'ann', scenario: 'refill' });
    expect(ids).toContain('rice');
    expect(ids).not.toContain('a');
    await cinema.store({ user: 'ann', type: 'dislike', item: 'rice', at: daysAgo(300) });
    expect(await cinema.ids({ userId: 'ann', scenario: 'refill' })).not.toContain('rice');
  });

  it('let it come again though it was rated or liked since, and say when, where it is too soon', async () => {
    const exclude = { bought: true, boughtAgainAfterDays: 30, owned: true };
    await cinema.putScenario(Scenario.fromPartial({ name: 'refill', sources, exclude }));
    const boughtAt = new Date(daysAgo(5));
    await cinema.did(
      { user: 'ann', type: 'purchase', item: 'rice', at: daysAgo(40) },
      { user: 'ann', type: 'rating', item: 'rice', value: 5, at: daysAgo(39) },
      { user: 'ann', type: 'like', item: 'b' },
      { user: 'ann', type: 'purchase', item: 'a', at: boughtAt.toISOString() },
    );
    const value = { ...recommendOf('ann'), scenario: 'refill' };
    const ids = await cinema.ids({ userId: 'ann', scenario: 'refill' });
    expect(ids.toSorted()).toEqual(['c', 'd', 'rice']);
    const { reasons } = await cinema.explained('a', { $case: 'recommend', value });
    const again = new Date(boughtAt.getTime() + 30 * 86_400_000).toISOString().slice(0, 16);
    expect(reasons[0]!.message).toContain(`it may come again from ${again}Z`);
    expect(await cinema.absence('b', { $case: 'recommend', value })).toEqual(['owned']);
  });

  it('leave out what was seen, and blocked categories of the scenario and of the user', async () => {
    await cinema.putScenario(
      Scenario.fromPartial({ name: 'mail', sources, exclude: { seen: true, blockedCategories: ['space'] } }),
    );
    await cinema.putUser('ann', { blocked_categories: ['food'] });
    await cinema.did({ user: 'ann', type: 'view', item: 'c' });
    expect(await cinema.ids({ userId: 'ann', scenario: 'mail' })).toEqual(['d']);
    expect(await cinema.ids({ scenario: 'mail' })).toEqual(expect.arrayContaining(['c', 'd', 'rice']));
    const why = (item: string) =>
      cinema.absence(item, {
        $case: 'recommend',
        value: { ...recommendOf('ann'), scenario: 'mail' },
      });
    expect(await why('a')).toEqual(['blocked_category']);
    expect(await why('rice')).toEqual(['blocked_category']);
    expect(await why('c')).toEqual(['seen']);
    expect(await why('d')).toBe(1n);
  });

  it('leave out all that a household blocks, however much that is', async () => {
    const others = (from: number) => Array.from({ length: 1_000 }, (_, at) => `other ${from + at}`);
    await cinema.putUser('ann', { blocked_categories: [...others(0), 'space'] });
    await cinema.putUser('bora', { blocked_categories: [...others(1_000), 'drama'] });
    expect(await cinema.ids({ userIds: ['ann', 'bora'] })).toEqual(['rice']);
    await cinema.putUser('cho', { blocked_categories: 'food' });
    expect(await cinema.ids({ userIds: ['ann', 'bora', 'cho'] })).toEqual([]);
  });

  it('let at most so many through that share a value, on all pages together, and say so', async () => {
    await cinema.putScenario(
      Scenario.fromPartial({ name: 'two', sources, quotas: [{ attribute: 'categories', maxPerValue: 1 }] }),
    );
    const first = await cinema.recommend({ scenario: 'two', limit: 2 });
    const second = await cinema.recommend({ scenario: 'two', limit: 2, pageToken: first.nextPageToken });
    const hits = [...first.hits, ...second.hits];
    expect(hits.map((hit) => hit.item!.categories[0]).toSorted()).toEqual(['drama', 'food', 'space']);
    expect(second.nextPageToken).toBe('');
    const missing = ['a', 'b'].find((id) => !hits.some((hit) => hit.itemId === id))!;
    const value = { ...recommendOf(''), scenario: 'two' };
    expect(await cinema.absence(missing, { $case: 'recommend', value })).toEqual(['quota']);
  });

  it('lower what was shown often and not turned to, until it is turned to', async () => {
    const fatigue = { freeImpressions: 1, factor: 0.1 };
    await cinema.putScenario(Scenario.fromPartial({ name: 'tired', sources, fatigue }));
    const [best] = await cinema.ids({ userId: 'ann', scenario: 'tired' });
    const shown = { user: 'ann', type: 'impression', item: best! };
    await cinema.store({ ...shown, at: minutesAgo(3) });
    expect((await cinema.ids({ userId: 'ann', scenario: 'tired' }))[0]).toBe(best);
    await cinema.store({ ...shown, at: minutesAgo(2) });
    const tired = await cinema.recommend({ userId: 'ann', scenario: 'tired' });
    expect(tired.hits.at(-1)).toMatchObject({ itemId: best, scores: { fatigue: 0.1 } });
    await cinema.store({ user: 'ann', type: 'view', item: best!, at: minutesAgo(1) });
    expect((await cinema.ids({ userId: 'ann', scenario: 'tired' }))[0]).not.toBe(
      tired.hits.at(-1)!.itemId === best ? '' : best,
    );
    const fresh = await cinema.recommend({ userId: 'ann', scenario: 'tired' });
    expect(fresh.hits.find((hit) => hit.itemId === best)!.scores.fatigue).toBeUndefined();
  });

  it('keep places for new items, and lift what is fresh', async () => {
    await cinema.put({ id: 'new1' }, { id: 'new2' });
    await cinema.putScenario(Scenario.fromPartial({ name: 'curious', sources, exploration: { share: 0.5 } }));
    const { hits } = await cinema.recommend({ userId: 'ann', scenario: 'curious', limit: 4, with: explained });
    const explored = hits.filter((hit) => hit.scores.explored === 1);
    expect(explored.map((hit) => hit.itemId).toSorted()).toEqual(['new1', 'new2']);
    expect(explored[0]!.reason).toBe('New');
    expect([hits[1], hits[3]]).toEqual(explored);
    await database.query(
      { tenant: cinema.tenant },
      `update kindred.items set created_at = now() - interval '1000 days' where tenant_id = kindred.tenant() and item_id <> 'd'`,
    );
    await cinema.putScenario(
      Scenario.fromPartial({ name: 'fresh', sources, freshness: { weight: 5, halfLifeDays: 10 } }),
    );
    expect((await cinema.ids({ scenario: 'fresh' }))[0]).toBe('d');
  });

  it('go on answering without the limits of an attribute that is declared no more, and say so', async () => {
    const quotas = [
      { attribute: 'genre', maxPerValue: 1 },
      { attribute: 'categories', maxPerValue: 1 },
    ];
    const diversity = Diversity.fromPartial({ strength: 0, attribute: 'genre', maxPerValue: 1 });
    await cinema.putScenario(Scenario.fromPartial({ name: 'one-each', sources, quotas: [quotas[0]!], diversity }));
    await cinema.putScenario(Scenario.fromPartial({ name: 'both', sources, quotas }));
    const limited = await cinema.recommend({ scenario: 'one-each' });
    expect(limited.hits).toHaveLength(3);
    expect(limited.plan!.notes.join()).not.toContain('genre');
    await database.query({ tenant: cinema.tenant }, `update kindred.collections set attributes = '[]'`);
    const answers = async () => (await cinema.recommend({ scenario: 'one-each' })).hits.length;
    await expect.poll(answers, { timeout: 10_000 }).toBe(5);
    const { plan } = await cinema.recommend({ scenario: 'one-each' });
    expect(
      plan!.notes.filter((note) => note.includes('"genre", which "films" does not declare any more')),
    ).toHaveLength(1);
    expect((await cinema.recommend({ scenario: 'both' })).hits).toHaveLength(3);
  });

  it('keep their pages when they are put again as they are, and not when their rules change', async () => {
    const scenario = Scenario.fromPartial({ name: 'again', sources });
    await cinema.putScenario(scenario);
    const asked = { scenario: 'again', limit: 2 };
    const { nextPageToken: pageToken } = await cinema.recommend(asked);
    await cinema.putScenario({ ...scenario, logged: true });
    expect((await cinema.recommend({ ...asked, pageToken })).hits).toHaveLength(2);
    await cinema.putScenario({ ...scenario, sources: [sources[1]!] });
    await expect(cinema.recommend({ ...asked, pageToken })).rejects.toMatchObject({ code: 'PAGE_TOKEN_MISMATCH' });
  });

  it('give the rules to Similar, and their sources where it does not say by what', async () => {
    await cinema.did({ user: 'ann', type: 'hide', item: 'b' });
    expect(await cinema.similarIds({ itemIds: ['a'], scenario: 'cart', userId: 'ann' })).not.toContain('b');
    const { plan } = await cinema.similar({ itemIds: ['a'], scenario: 'cart' });
    expect(plan!.legs.map((leg) => leg.name)).toEqual(['collaborative', 'bought_together']);
  });

  it.each([
    [{ name: '', sources }, 'FIELD_MISSING', 'scenario.name'],
    [{ name: 'Home Page', sources }, 'FIELD_INVALID', 'scenario.name'],
    [{ name: 'x', sources: [] }, 'FIELD_MISSING', 'scenario.sources'],
    [{ name: 'x', sources: [{ name: 'magic', weight: 1 }] }, 'FIELD_INVALID', 'scenario.sources[0].name'],
    [{ name: 'x', sources: [...sources, sources[0]!] }, 'FIELD_INVALID', 'scenario.sources[2].name'],
    [{ name: 'x', sources: [{ name: 'popular', weight: -1 }] }, 'FIELD_INVALID', 'scenario.sources[0].weight'],
    [
      { name: 'x', sources, exclude: { boughtAgainAfterDays: 3 } },
      'FIELD_INVALID',
      'scenario.exclude.bought_again_after_days',
    ],
    [
      { name: 'x', sources, exclude: { blockedCategories: [''] } },
      'FIELD_INVALID',
      'scenario.exclude.blocked_categories[0]',
    ],
    [
      { name: 'x', sources, diversity: Diversity.fromPartial({ strength: 2 }) },
      'FIELD_INVALID',
      'scenario.diversity.strength',
    ],
    [
      { name: 'x', sources, quotas: [{ attribute: 'brand', maxPerValue: 2 }] },
      'UNKNOWN_ATTRIBUTE',
      'scenario.quotas[0].attribute',
    ],
    [
      { name: 'x', sources, quotas: [{ attribute: 'genre', maxPerValue: 0 }] },
      'FIELD_INVALID',
      'scenario.quotas[0].max_per_value',
    ],
    [{ name: 'x', sources, halfLifeEvents: 0 }, 'FIELD_INVALID', 'scenario.half_life_events'],
    [
      { name: 'x', sources, freshness: { weight: 1, halfLifeDays: 0 } },
      'FIELD_INVALID',
      'scenario.freshness.half_life_days',
    ],
    [{ name: 'x', sources, fatigue: { freeImpressions: 0, factor: 2 } }, 'FIELD_INVALID', 'scenario.fatigue.factor'],
    [{ name: 'x', sources, fatigue: { windowDays: 7 } }, 'FIELD_INVALID', 'scenario.fatigue.factor'],
    [{ name: 'x', sources, exploration: {} }, 'FIELD_INVALID', 'scenario.exploration.share'],
    [{ name: 'x', sources, exploration: { share: 0.9 } }, 'FIELD_INVALID', 'scenario.exploration.share'],
  ])('refuse %j by field', async (scenario, code, field) => {
    const error = await cinema.putScenario(Scenario.fromPartial(scenario)).catch((thrown: KindredError) => thrown);
    expect(error).toMatchObject({ code, field });
  });

  it('refuse a name that nobody declared, and tell to leave it empty only where it may be', async () => {
    const error = await cinema.recommend({ scenario: 'checkout' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FIELD_INVALID', field: 'scenario' });
    expect(String(error)).toContain('leave it empty or use default, home, product-page');
    const named = { collection: 'films', name: 'checkout' };
    const other = await cinema.scenarios.get(named, cinema.tenant).catch((thrown: unknown) => thrown);
    expect(String(other)).toContain('There is no scenario "checkout"; use default, home, product-page');
    expect(idsOf(await cinema.recommend({ scenario: '' }))).toContain('a');
  });
});

const explained = { payload: true, vectors: false, explain: true };

const recommendOf = (userId: string) => RecommendRequest.fromPartial({ collection: 'films', userId });
