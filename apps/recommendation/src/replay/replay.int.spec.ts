import { KindredError, type ReplayScenarioRequest, Scenario } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, type Event, idsOf } from '../cinema.fake.spec.ts';
import type { NotedCandidates } from '../recommend/randomized-page.ts';
import { rankingBy } from './ranking-by.ts';

const dramas = Array.from({ length: 6 }, (_, at) => `드라마${at}`);
const spaces = ['space1', 'space2', 'space3'];
/** Nearly everybody likes dramas; a few like space films, and nothing else. */
const crowd: Event[] = Array.from({ length: 24 }, (_, at) =>
  (at % 4 === 0 ? spaces : dramas.slice(0, 3 + (at % 4))).map((item) => ({
    user: `fan${at}`,
    item,
    type: 'rating',
    value: 5,
  })),
).flat();
const sources = (collaborative: number, popular: number): { name: string; weight: number }[] => [
  { name: 'collaborative', weight: collaborative },
  { name: 'popular', weight: popular },
];

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KindredError)) throw new Error(`no KindredError, but ${error}`);
  return error;
};

describe.each(testDatabases())('An order left to chance on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `replay-${name}-${++tenants}`);
    await cinema.put(...[...dramas, ...spaces].map((id) => ({ id, categories: [id.slice(0, 3)] })));
    await cinema.did(...crowd);
    await cinema.rebuild();
  });

  const declare = (randomize: { share: number; depth?: number } | undefined, weights = sources(0.2, 1)) =>
    cinema.putScenario({ name: 'home', sources: weights, randomize: randomize && { depth: undefined, ...randomize } });

  /** Of all that was answered until now. */
  async function replay(setting: Partial<Scenario>, options: Partial<ReplayScenarioRequest> = {}) {
    await cinema.recommended.flush();
    const scenario = Scenario.fromPartial({ ...setting, collection: 'films' });
    return cinema.replays.replay({ days: undefined, mostWeight: undefined, ...options, scenario }, cinema.tenant);
  }

  async function noted() {
    await cinema.recommended.flush();
    return database.query<{ request_id: string; item_ids: string[]; candidates: NotedCandidates | null; unit: string }>(
      { tenant: cinema.tenant },
      `select request_id, item_ids, candidates, unit from kindred.recommended
        where tenant_id = kindred.tenant() order by asked_at, first_position`,
    );
  }

  it('changes places of the best hits only, another way for each request, and says so', async () => {
    const ranked = await cinema.ids({ scenario: 'default', limit: 9 });
    await declare({ share: 1, depth: 4 }, sources(0.65, 0.1));
    const orders = new Set<string>();
    for (let request = 0; request < 12; request++) {
      const { hits, plan } = await cinema.recommend({ scenario: 'home', limit: 9 });
      expect(idsOf({ hits }).slice(0, 4).toSorted()).toEqual(ranked.slice(0, 4).toSorted());
      expect(idsOf({ hits }).slice(4)).toEqual(ranked.slice(4));
      expect(plan!.notes.join()).toContain('The order of the best 4 was drawn');
      orders.add(idsOf({ hits }).join());
    }
    expect(orders.size).toBeGreaterThan(3);
  });

  it('is the same on all pages of an answer: together they are every hit once', async () => {
    await declare({ share: 1, depth: 5 });
    for (let answer = 0; answer < 5; answer++) {
      const shown: string[] = [];
      let pageToken = '';
      do {
        const page = await cinema.recommend({ scenario: 'home', limit: 2, pageToken });
        shown.push(...idsOf(page));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      expect(shown.toSorted()).toEqual([...dramas, ...spaces].toSorted());
    }
  });

  it('holds for what quotas and exploration let in, and never for lists to be ordered or groups', async () => {
    const quotas = [{ attribute: 'genre', maxPerValue: 2 }];
    await cinema.putScenario({ name: 'home', sources: sources(1, 1), quotas, randomize: { share: 1, depth: 4 } });
    const { hits } = await cinema.recommend({ scenario: 'home', limit: 3 });
    expect(hits).toHaveLength(3);
    expect(hits.filter(({ itemId }) => itemId.startsWith('드')).length).toBeLessThanOrEqual(2);
    const lists = await Promise.all([1, 2, 3, 4].map(() => cinema.personalize({ scenario: 'home', itemIds: dramas })));
    expect(new Set(lists.map((list) => idsOf(list).join())).size).toBe(1);
    const groups = await cinema.recommend({ scenario: 'home', groupBy: { field: 'genre', size: 1 } });
    expect(groups.plan!.notes.join()).not.toContain('drawn');
  });

  it('is noted with what else could have been shown, of first pages, whether they were drawn or not', async () => {
    await declare({ share: 0.5, depth: 3 });
    const first = await cinema.recommend({ userId: '김', scenario: 'home', limit: 2 });
    await cinema.recommend({ userId: '김', scenario: 'home', limit: 2, pageToken: first.nextPageToken });
    const [page, behind] = await noted();
    expect(page).toMatchObject({ request_id: first.requestId, unit: 'u김', item_ids: idsOf(first) });
    expect(page!.candidates).toMatchObject({ share: 0.5, depth: 3, sources: { collaborative: 0.2, popular: 1 } });
    expect(page!.candidates!.items).toHaveLength(6);
    expect(page!.candidates!.items[0]).toEqual({ id: dramas[0], shares: { popular: 1 } });
    expect(behind!.candidates).toBeNull();
    expect(Object.keys(first)).not.toContain('candidates');
  });

  it('is noted so that the weights that answered give the order that answered, and others that of others', async () => {
    await cinema.did({ user: '이', type: 'like', item: 'space1' });
    await declare({ share: 0.5, depth: 9 });
    await cinema.recommend({ userId: '이', scenario: 'home', limit: 8 });
    const candidates = (await noted())[0]!.candidates!;
    const ranked = candidates.items.map(({ id }) => id);
    expect(rankingBy(candidates, { collaborative: 0.2, popular: 1 })).toEqual(ranked);
    await declare(undefined, sources(1, 0.1));
    expect(rankingBy(candidates, { collaborative: 1, popular: 0.1 })).toEqual(
      await cinema.ids({ userId: '이', scenario: 'home' }),
    );
  });

  /** People who like space films, are shown dramas first, and click the first hit where it is a space film. */
  async function answered(people: number): Promise<void> {
    const users = Array.from({ length: people }, (_, at) => `손님${at}`);
    await cinema.did(...users.map((user) => ({ user, type: 'like', item: 'space1' })));
    const happened: Event[] = [];
    for (const user of users) {
      for (let visit = 0; visit < 4; visit++) {
        const { hits, requestId } = await cinema.recommend({ userId: user, scenario: 'home', limit: 3 });
        const item = hits[0]!.itemId;
        if (!spaces.includes(item)) continue;
        happened.push({ user, type: 'click', item, request: requestId });
        if (visit === 0) happened.push({ user, type: 'purchase', item, value: 12_000, request: requestId });
      }
    }
    await cinema.store(...happened);
  }

  it('tells what another setting would have earned, by the answers that agree with it', async () => {
    await declare({ share: 0.9, depth: 8 });
    await answered(100);
    const better = await replay({ name: 'home', sources: sources(1, 0.1) });
    expect(better).toMatchObject({ answers: 400n, units: 100n, unsupported: 0, clipped: 0, notes: [] });
    expect(better.effectivePlaces).toBeGreaterThan(100);
    const [clicks, conversions, revenue] = better.metrics;
    for (const { ranked, replayed } of clicks!.estimates) {
      expect(ranked!.high).toBeLessThan(0.5);
      // Everybody would click the first hit.
      expect(replayed!.low).toBeLessThanOrEqual(1);
      expect(replayed!.high).toBeGreaterThanOrEqual(1);
    }
    expect(clicks!.verdict).toMatch(/^more clicks: \+/);
    expect(conversions!.logged * 12_000).toBeCloseTo(revenue!.logged, 6);
    const same = await replay({ name: 'home', sources: sources(0.2, 1) });
    expect(same.changed).toBe(0);
    expect(same.metrics[0]!.verdict).toMatch(/^no difference in clicks seen/);
  });

  it('clips weights where it is told to, and says what it does not judge', async () => {
    await declare({ share: 0.9, depth: 8 });
    await answered(10);
    const exclude = { seen: true, bought: false, owned: false, blockedCategories: [] };
    const judged = await replay({ name: 'home', sources: sources(1, 0.1), exclude }, { mostWeight: 2 });
    expect(judged.clipped).toBeGreaterThan(0);
    expect(judged.notes.join()).toContain('Not judged, since they differ from what is declared: exclude');
    expect(judged.metrics[0]!.verdict).toMatch(/^too little to tell/);
  });

  it('gives what came of answers to several people under one id to the person, not to all of them', async () => {
    await declare({ share: 1, depth: 4 });
    const caller = { ...cinema.caller(), requestId: 'campaign-7' };
    const asked = [{ userId: '김' }, { userId: '이' }, { userIds: ['엄마', '아빠'] }, { sessionId: 'guest' }];
    for (const who of asked) await cinema.recommend({ ...who, scenario: 'home', limit: 4 }, caller);
    await cinema.identify('guest', '딸');
    const { item_ids: shown } = (await noted())[0]!;
    const did = { item: shown[0]!, request: 'campaign-7' };
    for (const user of ['김', '아빠', '딸', 'somebody else']) await cinema.store({ ...did, user, type: 'click' });
    await cinema.store({ ...did, user: '아빠', type: 'purchase', value: 12_000 });
    const { answers, metrics } = await replay({ name: 'home', sources: sources(1, 0.1) });
    expect(answers).toBe(4n);
    expect(metrics.map(({ metric, logged }) => [metric, logged * 4])).toEqual([
      ['click', 3],
      ['conversion', 1],
      ['revenue', 12_000],
    ]);
  });

  it('refuses where nothing was left to chance, and says how to turn it on', async () => {
    await cinema.putScenario({ name: 'home', sources: sources(1, 1), logged: true });
    await cinema.recommend({ scenario: 'home' });
    const error = await refusal(replay({ name: 'home', sources: sources(1, 0.1) }));
    expect(error).toMatchObject({ code: 'REPLAY_NOT_POSSIBLE', field: 'scenario.name' });
    expect(error.message).toContain('declare it with "randomize": {"share": 0.1, "depth": 20}');
    await declare({ share: 0.5 });
    const early = await refusal(replay({ name: 'home', sources: sources(1, 0.1) }));
    expect(early.message).toContain('it declares "randomize": replay once people were answered');
  });

  it('refuses a scenario that nobody declared, and judges one that is gone by its log', async () => {
    const other = { name: 'gone', sources: sources(1, 0.1) };
    const error = await refusal(replay(other));
    expect(error).toMatchObject({ code: 'FIELD_INVALID', field: 'scenario.name' });
    expect(error.message).toContain('There is no scenario "gone"; use default');
    await cinema.putScenario({ ...other, randomize: { share: 1, depth: 4 } });
    await cinema.recommend({ scenario: 'gone' });
    await cinema.scenarios.delete({ collection: 'films', name: 'gone' }, cinema.tenant);
    expect((await replay(other)).answers).toBe(1n);
  });

  it('refuses a source that no answer asked, and leaves out answers that did not', async () => {
    await declare({ share: 1, depth: 4 });
    await cinema.recommend({ scenario: 'home' });
    const trending = { name: 'home', sources: [...sources(1, 1), { name: 'trending', weight: 1 }] };
    const error = await refusal(replay(trending));
    expect(error).toMatchObject({ code: 'REPLAY_NOT_POSSIBLE', field: 'scenario.sources[2].name' });
    await cinema.putScenario({ ...trending, randomize: { share: 1, depth: 4 } });
    await cinema.recommend({ scenario: 'home' });
    expect(await replay(trending)).toMatchObject({
      answers: 1n,
      notes: ['1 answers were left out, which did not ask trending'],
    });
  });

  it('leaves out who was answered more often in a minute than people can be', async () => {
    await declare({ share: 1, depth: 4 });
    for (const userId of ['로봇', '김']) await cinema.recommend({ userId, scenario: 'home' });
    await cinema.recommended.flush();
    await database.query(
      { tenant: cinema.tenant },
      `insert into kindred.recommended (tenant_id, collection_id, request_id, call, scenario, first_position, asked_at, unit,
         item_ids, candidates)
       select tenant_id, collection_id, 'copy-' || copy, call, scenario, first_position,
         date_trunc('minute', now()) - interval '1 hour', unit, item_ids, candidates
         from kindred.recommended, generate_series(1, 501) as copy where tenant_id = kindred.tenant() and unit = 'u로봇'`,
    );
    const { answers, notes } = await replay({ name: 'home', sources: sources(1, 1) });
    expect({ answers, notes }).toEqual({ answers: 1n, notes: ['502 answers to robots were left out'] });
  });

  it.each([
    [{ days: 0 }, 'days'],
    [{ days: 366 }, 'days'],
    [{ mostWeight: 0.5 }, 'most_weight'],
  ])('refuses %j by field', async (options, field) => {
    const error = await refusal(replay({ name: 'home', sources: sources(1, 1) }, options));
    expect(error).toMatchObject({ code: 'FIELD_INVALID', field });
  });

  it.each([
    [{ share: 0, depth: 4 }, 'scenario.randomize.share'],
    [{ share: 1.5, depth: 4 }, 'scenario.randomize.share'],
    [{ share: 0.1, depth: 1 }, 'scenario.randomize.depth'],
    [{ share: 0.1, depth: 101 }, 'scenario.randomize.depth'],
  ])('refuses to declare %j', async (randomize, field) => {
    expect(await refusal(declare(randomize))).toMatchObject({ code: 'FIELD_INVALID', field });
  });

  it('draws from the best twenty unless told otherwise', async () => {
    const { scenario } = await declare({ share: 0.1 });
    expect(scenario!.randomize).toEqual({ share: 0.1, depth: 20 });
  });
});
