import { RecommendRequest, Scenario } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, idsOf } from '../cinema.fake.spec.ts';

const arms = [
  { name: 'now', scenario: 'home' },
  { name: 'bold', scenario: 'bold' },
];
const people = Array.from({ length: 320 }, (_, at) => `u${at}`);
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const now = () => inMinutes(0);

describe.each(testDatabases())('What an experiment counts on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-${++tenants}`);
    await cinema.put(...['a', 'b', 'c', 'd', '쌀'].map((id) => ({ id })));
    await cinema.did(...['a', 'a', 'b', 'c'].map((item, at) => ({ user: `fan${at}`, type: 'purchase', item })));
    await cinema.rebuild();
    await cinema.putScenario(Scenario.fromPartial({ name: 'bold', sources: [{ name: 'trending', weight: 1 }] }));
  });

  const sumOf = async (experiment: string, field: 'conversions' | 'revenue' | 'clicks' | 'answers' | 'units') =>
    (await cinema.statusOf(experiment)).arms.reduce((sum, arm) => sum + Number(arm[field]), 0);

  it('are purchases by request, or by the same person of an item shown, each once and in time', async () => {
    await cinema.begin({ name: 'sales', scenario: 'home', arms, metric: 'revenue', conversionDays: 1 });
    const first = await cinema.recommend({ userId: 'kim', scenario: 'home', limit: 2 });
    const second = await cinema.recommend({ userId: 'kim', scenario: 'home', limit: 2 });
    const [shown] = idsOf(first);
    const bought = { user: 'kim', type: 'purchase', item: shown!, value: 30, at: inMinutes(5) };
    await cinema.recommended.flush();
    await cinema.store(
      { ...bought, id: 'p1', request: second.requestId },
      { ...bought, id: 'p1' },
      { ...bought, id: 'p2' },
    );
    expect(await sumOf('sales', 'conversions')).toBe(2);
    expect(await sumOf('sales', 'revenue')).toBe(60);
    const { arms: results } = await cinema.statusOf('sales');
    const arm = results.find(({ units }) => units > 0n)!;
    // The answer named by the event, and the last one before it: the same one, of two.
    expect(arm.metrics.find(({ metric }) => metric === 'conversion')!.value).toBe(0.5);
    expect(arm.metrics.find(({ metric }) => metric === 'revenue')!.value).toBe(30);
    const tooLate = { ...bought, id: 'p3', at: inMinutes(1_441) };
    const neverShown = { ...bought, id: 'p4', item: 'no item' };
    const somebodyElse = { ...bought, id: 'p5', user: 'lee' };
    await cinema.store(tooLate, { ...tooLate, id: 'p6', request: first.requestId }, neverShown, somebodyElse);
    expect(await sumOf('sales', 'conversions')).toBe(2);
  });

  it('are purchases of members of a household, and of who a session turned out to be', async () => {
    await cinema.begin({ name: 'sales', scenario: 'home', arms });
    await cinema.recommend({ userIds: ['엄마', '아빠'], scenario: 'home' });
    await cinema.recommend({ sessionId: 'guest', scenario: 'home' });
    await cinema.recommended.flush();
    await cinema.identify('guest', '딸');
    const bought = { type: 'purchase', item: 'd', at: inMinutes(1), value: 1 };
    await cinema.store(
      { ...bought, user: '아빠' },
      { ...bought, user: '딸' },
      { ...bought, session: 'guest', item: 'b' },
    );
    expect(await sumOf('sales', 'conversions')).toBe(3);
  });

  it('are, of answers to several people under one id, those of the person', async () => {
    await cinema.begin({ name: 'mail', scenario: 'home', arms });
    const caller = { ...cinema.caller(), requestId: 'campaign-7' };
    const armOf = new Map<string, string>();
    for (const userId of people) {
      if (new Set(armOf.values()).size === 2) break;
      armOf.set(userId, (await cinema.recommend({ userId, scenario: 'home', limit: 5 }, caller)).arm);
    }
    await cinema.recommend({ userIds: ['엄마', '아빠'], scenario: 'home', limit: 5 }, caller);
    await cinema.recommended.flush();
    const clicked = { type: 'click', item: 'a', request: 'campaign-7', at: inMinutes(1) };
    const clicksOf = async (arm: string) =>
      Number((await cinema.statusOf('mail')).arms.find((one) => one.arm === arm)!.clicks);
    for (const [user, arm] of [...armOf].slice(-2)) {
      const before = await clicksOf(arm);
      await cinema.store({ ...clicked, user });
      expect(await clicksOf(arm)).toBe(before + 1);
    }
    expect(await sumOf('mail', 'clicks')).toBe(2);
    await cinema.store({ ...clicked, user: '아빠' }, { ...clicked, user: 'somebody else' });
    expect(await sumOf('mail', 'clicks')).toBe(3);
  });

  it('are not robots, who are told apart by their events or requests in a minute', async () => {
    await cinema.begin({ name: 'robots', scenario: 'home', arms });
    const { requestId, hits } = await cinema.recommend({ userId: 'bot', scenario: 'home' });
    await cinema.recommend({ userId: 'kim', scenario: 'home' });
    const clicks = Array.from({ length: 502 }, () => ({
      user: 'bot',
      type: 'click',
      item: hits[0]!.itemId,
      at: now(),
    }));
    await cinema.store(...clicks.map((click) => ({ ...click, at: clicks[0]!.at, request: requestId })));
    const status = await cinema.statusOf('robots');
    expect(status).toMatchObject({ robots: 1n, robotAnswers: 1n });
    expect(status.notes).toContain('1 robot was left out');
    expect(await sumOf('robots', 'units')).toBe(1);
    expect(await sumOf('robots', 'clicks')).toBe(0);
  });

  it('halts an arm that certainly costs more than is allowed, and stops when none is left', async () => {
    const guardrails = [{ metric: 'click', mostRelativeDrop: 0.1 }];
    await cinema.begin({ name: 'careful', scenario: 'home', arms, guardrails });
    let bold = '';
    for (const [at, userId] of people.entries()) {
      const { requestId, arm, hits } = await cinema.recommend({ userId, scenario: 'home', limit: 3 });
      if (arm === 'bold') bold = userId;
      if (at % 10 >= (arm === 'bold' ? 2 : 9)) continue;
      await cinema.store({ user: userId, type: 'click', item: hits[0]!.itemId, request: requestId, at: now() });
    }
    await cinema.recommended.flush();
    expect(await cinema.watch.runOnce(3_600)).toEqual([]);
    const running = [cinema.watch.runOnce(0.5), cinema.watch.runOnce(0.5)];
    expect((await Promise.all(running)).flat()).toEqual(['bold']);
    const { experiment, notes } = await cinema.statusOf('careful');
    expect(experiment).toMatchObject({ state: 'stopped', reason: 'Guardrails halted every arm but the control' });
    expect(experiment!.arms[1]!.halted).toMatch(/^click fell by more than 10 %: -\d/);
    expect(notes.join()).toContain('bold: halted, click fell');
    const asked = () => cinema.recommend({ userId: bold, scenario: 'home' });
    await expect.poll(async () => (await asked()).experiment, { timeout: 5_000 }).toBe('');
  });

  it('halts one arm of several: its people get the control, and are counted no more', async () => {
    const three = [...arms, { name: 'fresh', scenario: 'email', weight: 0.2 }];
    const guardrails = [{ metric: 'click', mostRelativeDrop: 0 }];
    await cinema.begin({ name: 'three', scenario: 'home', arms: three, guardrails });
    const bold: string[] = [];
    for (const userId of people) {
      const { requestId, arm, hits } = await cinema.recommend({ userId, scenario: 'home', limit: 3 });
      if (arm === 'bold') bold.push(userId);
      if (arm !== 'now' || userId.endsWith('7')) continue;
      await cinema.store({ user: userId, type: 'click', item: hits[0]!.itemId, request: requestId, at: now() });
    }
    await cinema.recommended.flush();
    expect(await cinema.watch.runOnce(0)).toEqual(['bold']);
    const asked = () => cinema.recommend({ userId: bold[0]!, scenario: 'home' });
    await expect.poll(async () => (await asked()).arm, { timeout: 5_000 }).toBe('now');
    const before = await sumOf('three', 'answers');
    expect(await asked()).toMatchObject({ experiment: 'three', arm: 'now' });
    expect(await sumOf('three', 'answers')).toBe(before);
    expect((await cinema.statusOf('three')).experiment!.state).toBe('running');
  });

  it('notes a scenario that asks for it without an experiment, and forgets what is old', async () => {
    const sources = [{ name: 'popular', weight: 1 }];
    await cinema.putScenario(Scenario.fromPartial({ name: 'front', sources, logged: true }));
    const { requestId } = await cinema.recommend({ scenario: 'front', limit: 2 });
    await cinema.recommend({ scenario: 'home', limit: 2 });
    const rows = await cinema.noted('');
    expect(rows).toEqual([{ arm: '', unit: '', teams: null, item_ids: [expect.any(String), expect.any(String)] }]);
    const age = (days: number) =>
      database.query(
        { tenant: cinema.tenant },
        `update kindred.recommended set asked_at = now() - interval '${days} days'`,
      );
    await age(80);
    await cinema.watch.runOnce();
    expect(await cinema.noted('', requestId)).toHaveLength(1);
    await age(91);
    await cinema.watch.runOnce();
    expect(await cinema.noted('', requestId)).toEqual([]);
    await cinema.begin({ name: 'long', scenario: 'home', arms });
    await cinema.recommend({ userId: 'kim', scenario: 'home' });
    await cinema.recommended.flush();
    await age(200);
    await cinema.watch.runOnce();
    expect(await cinema.noted('long')).toHaveLength(1);
  });

  it('notes an answer that no experiment counts as one of its scenario, where that asks for it', async () => {
    const sources = [{ name: 'popular', weight: 1 }];
    await cinema.putScenario(Scenario.fromPartial({ name: 'front', sources, randomize: { share: 1, depth: 2 } }));
    const both = arms.map(({ name }) => ({
      name,
      scenario: name === 'now' ? 'front' : 'home',
      weight: undefined,
    }));
    await cinema.begin({ name: 'mixed', scenario: 'front', kind: 'interleave', arms: both });
    const groupBy = { field: 'genre', size: 1 };
    const { requestId, experiment } = await cinema.recommend({ userId: 'kim', scenario: 'front', groupBy });
    expect(experiment).toBe('mixed');
    expect(await cinema.noted('', requestId)).toMatchObject([{ arm: '', unit: 'ukim', teams: null }]);
    expect(await cinema.noted('mixed')).toEqual([]);
    expect(await sumOf('mixed', 'answers')).toBe(0);
  });

  it('notes nothing of who was erased before it was noted, and a repeated request once', async () => {
    await cinema.begin({ name: 'quiet', scenario: 'home', arms });
    await database.query(
      { tenant: cinema.tenant },
      `insert into kindred.users (tenant_id, user_id, revision, deleted) values (kindred.tenant(), '지움', 2, true)`,
    );
    const caller = cinema.caller();
    const ask = (userId: string) =>
      cinema.answering.recommend.recommend(
        RecommendRequest.fromPartial({ collection: 'films', scenario: 'home', userId }),
        caller,
      );
    for (const userId of ['지움', 'kim', 'kim']) await ask(userId);
    await cinema.recommend({ userIds: ['지움', 'lee'], scenario: 'home' });
    expect((await cinema.noted('quiet')).map(({ unit }) => unit)).toEqual(['ukim']);
  });
});
