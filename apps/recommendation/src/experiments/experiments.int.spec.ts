import { RecommendRequest, Scenario } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { answeringOf } from '../answering.ts';
import { Cinema, idsOf, silent } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';

const people = Array.from({ length: 240 }, (_, at) => `손님-${at}`);
const arms = [
  { name: '지금', scenario: 'home' },
  { name: 'bold', scenario: 'bold' },
];

describe.each(testDatabases())('Experiments on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-${++tenants}`);
    await cinema.put(...['a', 'b', 'c', 'd', '쌀'].map((id) => ({ id, categories: ['all'] })));
    await cinema.did(...['a', 'a', 'b', 'c'].map((item, at) => ({ user: `fan${at}`, type: 'purchase', item })));
    await cinema.rebuild();
    await cinema.putScenario(Scenario.fromPartial({ name: 'bold', sources: [{ name: 'trending', weight: 1 }] }));
  });

  it('give each person one arm, deterministically, by share, and tell it in the answer', async () => {
    await cinema.begin({ name: '홈 실험', scenario: 'home', arms, holdout: { share: 0.2 } });
    const counts: Record<string, number> = {};
    for (const userId of people) {
      const { experiment, arm } = await cinema.recommend({ userId, scenario: 'home', limit: 1 });
      expect(experiment).toBe('홈 실험');
      expect((await cinema.recommend({ userId, scenario: 'home', limit: 2 })).arm).toBe(arm);
      counts[arm] = (counts[arm] ?? 0) + 1;
    }
    expect(Object.keys(counts).toSorted()).toEqual(['bold', 'holdout', '지금']);
    expect(counts.holdout).toBeGreaterThan(240 * 0.1);
    expect(counts.bold).toBeGreaterThan(240 * 0.3);
    expect(await cinema.recommend({ scenario: 'home' })).toMatchObject({ experiment: '', arm: '' });
    expect(await cinema.recommend({ userId: 'x' })).toMatchObject({ experiment: '', arm: '' });
  });

  it('count clicks by request, each event once, and find what differs', async () => {
    await cinema.begin({ name: 'clicks', scenario: 'home', arms });
    for (const [at, userId] of people.entries()) {
      const { requestId, arm, hits } = await cinema.recommend({ userId, scenario: 'home', limit: 3 });
      const often = arm === 'bold' ? 2 : 8;
      if (at % often > 0) continue;
      const event = { user: userId, type: 'click', request: requestId, at: new Date().toISOString() };
      const click = { ...event, id: `click-${at}`, item: hits[0]!.itemId };
      await cinema.store(
        click,
        click,
        { ...click, id: `again-${at}` },
        { ...click, id: `other-${at}`, item: 'unseen' },
      );
    }
    const { arms: results, notes, robots } = await cinema.statusOf('clicks');
    const [control, bold] = results;
    expect(control).toMatchObject({ arm: '지금', units: control!.answers, clicks: expect.any(BigInt) });
    expect(Number(control!.units + bold!.units)).toBe(people.length);
    const [ctr] = bold!.metrics;
    expect(ctr!.value).toBeGreaterThan(0.4);
    expect(ctr!.value).toBeCloseTo(Number(bold!.clicks) / 2 / Number(bold!.answers), 10);
    expect(ctr!.difference).toMatchObject({ verdict: 'win', low: expect.any(Number) });
    expect(notes[0]).toBe('bold: wins (click, beside 지금)');
    expect(robots).toBe(0n);
  });

  it('say that they need more while there is too little to tell', async () => {
    await cinema.begin({ name: 'young', scenario: 'home', arms });
    const empty = await cinema.statusOf('young');
    expect(empty.arms.map(({ arm, units }) => [arm, units])).toEqual([
      ['지금', 0n],
      ['bold', 0n],
    ]);
    expect(empty.arms[1]!.metrics[0]!.difference).toMatchObject({ difference: 0, verdict: 'needs more' });
    await cinema.recommend({ sessionId: 's1', scenario: 'home' });
    await cinema.recommend({ userIds: ['둘', '하나'], scenario: 'home' });
    await cinema.recommend({ userIds: ['하나', '둘'], scenario: 'home' });
    const { arms: results, notes } = await cinema.statusOf('young');
    expect(results.reduce((sum, { units }) => sum + units, 0n)).toBe(2n);
    expect(results.reduce((sum, { answers }) => sum + answers, 0n)).toBe(3n);
    expect(notes[0]).toContain('needs more: at least 100 people per arm');
  });

  it('interleave the pages of both arms, which fit together, and credit clicks to the arm of the item', async () => {
    await cinema.begin({ name: '섞기', scenario: 'home', kind: 'interleave', arms });
    const all = idsOf(await cinema.recommend({ userId: 'a', scenario: 'home', limit: 5 })).toSorted();
    expect(all).toEqual(['a', 'b', 'c', 'd', '쌀']);
    const first = await cinema.recommend({ userId: 'a', scenario: 'home', limit: 2 });
    expect(first).toMatchObject({
      experiment: '섞기',
      arm: '',
      plan: { notes: expect.arrayContaining([expect.stringContaining('Interleaved')]) },
    });
    const pages = [first];
    for (let page = first; page.nextPageToken !== ''; pages.push(page)) {
      page = await cinema.recommend({ userId: 'a', scenario: 'home', limit: 2, pageToken: page.nextPageToken });
    }
    expect(pages.flatMap(idsOf).toSorted()).toEqual(all);
    const noted = await cinema.noted('섞기');
    const teams = new Map(noted.flatMap(({ item_ids: ids, teams: of }) => ids.map((id, at) => [id, of![at]])));
    expect(new Set(teams.values())).toEqual(new Set([0, 1]));
    for (const [at, userId] of people.entries()) {
      const { hits, requestId } = await cinema.recommend({ userId, scenario: 'home', limit: 4 });
      const [row] = await cinema.noted('섞기', requestId);
      const item = hits[row!.teams!.indexOf(at % 5 === 0 ? 0 : 1)]!.itemId;
      await cinema.store({ user: userId, type: 'click', item, request: requestId, at: new Date().toISOString() });
    }
    const { arms: results, notes } = await cinema.statusOf('섞기');
    expect(results.map(({ clicks }) => clicks)).toEqual([48n, 192n]);
    expect(results[1]!.metrics[0]).toMatchObject({ value: 0.8, difference: { difference: expect.closeTo(0.3, 10) } });
    expect(notes[0]).toBe('bold: wins (click, beside 지금)');
    const grouped = await cinema.recommend({ userId: 'a', scenario: 'home', groupBy: { field: 'genre', size: 2 } });
    expect(grouped).toMatchObject({ experiment: '섞기', arm: '지금' });
  });

  it('stop, so that the scenario answers as declared, and page tokens of other arms are refused', async () => {
    await cinema.begin({ name: 'short', scenario: 'home', arms });
    let userId = '';
    for (const one of people)
      if ((await cinema.recommend({ userId: one, scenario: 'home' })).arm === 'bold') userId = one;
    const first = await cinema.recommend({ userId, scenario: 'home', limit: 2 });
    const request = { userId, scenario: 'home', limit: 2, pageToken: first.nextPageToken };
    const second = await cinema.recommend(request);
    expect(idsOf(second)).toHaveLength(2);
    expect(idsOf(first)).not.toContain(idsOf(second)[0]);
    const stopped = await cinema.experiments.stop({ collection: 'films', name: 'short', reason: '끝' }, cinema.tenant);
    expect(stopped.experiment).toMatchObject({ state: 'stopped', reason: '끝', stoppedAt: expect.any(Date) });
    expect(await cinema.recommend({ userId, scenario: 'home' })).toMatchObject({ experiment: '', arm: '' });
    await expect(cinema.recommend(request)).rejects.toMatchObject({ code: 'PAGE_TOKEN_MISMATCH' });
    const again = await cinema.experiments.stop({ collection: 'films', name: 'short', reason: 'no' }, cinema.tenant);
    expect(again.experiment!.reason).toBe('끝');
    expect((await cinema.statusOf('short')).arms).toHaveLength(2);
  });

  it('are read with the scenarios and noted beside the answers, so that an answer has no statement more', async () => {
    const statements: string[] = [];
    const query: Database['query'] = (scope, text, values) => {
      statements.push(text);
      return database.query(scope, text, values);
    };
    const counted: Database = {
      driver: database.driver,
      features: database.features,
      query,
      transaction: (scope, work) => database.transaction(scope, work),
      listen: (channel, onNotify) => database.listen(channel, onNotify),
      vector: (values) => database.vector(values),
      vectors: (list) => database.vectors(list),
      close: () => database.close(),
    };
    const { answering } = answeringOf({
      database: counted,
      readDatabase: counted,
      settings: settingsOf(),
      log: silent,
    });
    const ask = (userId: string) => {
      const request = RecommendRequest.fromPartial({ collection: 'films', userId, scenario: 'home' });
      return answering.recommend.recommend(request, cinema.caller());
    };
    const reads = (table: string) => statements.filter((text) => text.includes(`kindred.${table}`)).length;
    for (const userId of people.slice(0, 20)) await ask(userId);
    expect(reads('experiments')).toBe(reads('scenarios'));
    expect(reads('experiments')).toBeLessThan(20);
    await cinema.begin({ name: 'beside', scenario: 'home', arms });
    await expect.poll(async () => (await ask('kim')).experiment, { timeout: 5_000 }).toBe('beside');
    expect(reads('experiments')).toBe(reads('scenarios'));
    expect(reads('recommended')).toBe(0);
  });
});
