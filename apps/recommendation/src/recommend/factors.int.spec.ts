import { Exclusions } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { foldIn, seededRandom } from '@kindred/ranking';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { answeringOf } from '../answering.ts';
import { Cinema, type Event, idsOf, silent } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { readActiveFactors, readItemFactors } from '../training/factors.store.ts';
import { trainCinema } from '../training/train-cinema.fake.spec.ts';

const items = Array.from({ length: 24 }, (_, at) => `film-${String(at).padStart(2, '0')}`);
const isEven = (id: string) => Number(id.slice(-2)) % 2 === 0;

/** Even people like even films, odd people odd ones. */
function crowd(): Event[] {
  const random = seededRandom(5);
  return Array.from({ length: 60 }, (_, person) =>
    items
      .filter((id) => isEven(id) === (person % 2 === 0) && random() < 0.6)
      .map((item) => ({ user: `user-${person}`, type: 'like', item })),
  ).flat();
}

describe.each(testDatabases())('Factors as a source on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `factors-${name}-${++tenants}`);
    await cinema.put(...items.map((id) => ({ id })));
    await cinema.did(...crowd());
    const exclude = Exclusions.fromPartial({ owned: true });
    await cinema.putScenario({ name: 'factors', sources: [{ name: 'factors', weight: 1 }], exclude });
  });

  async function train(seed: number): Promise<void> {
    expect((await trainCinema(cinema, seed)).state).toBe('activated');
  }

  const ask = (userId: string, more = {}) => cinema.recommend({ userId, scenario: 'factors', limit: 24, ...more });
  const legOf = ({ plan }: Awaited<ReturnType<typeof ask>>) => plan!.legs.find((leg) => leg.name === 'factors')!;

  it('gives what lies where the person does, names it, and says why in both languages', async () => {
    await train(1);
    await cinema.did(...['film-02', 'film-06'].map((item) => ({ user: 'ann', type: 'like', item })));
    const answer = await ask('ann', { limit: 5 });
    expect(idsOf(answer).every(isEven)).toBe(true);
    expect(answer.hits[0]).toMatchObject({ scores: { factors: 1 }, reason: 'Close to what you like' });
    expect(legOf(answer)).toMatchObject({ method: 'item_factors', settings: { weight: '1' } });
    expect(Number(legOf(answer).rows)).toBeGreaterThan(4);
    expect((await ask('ann', { language: 'ko' })).hits[0]!.reason).toBe('취향에 가까운 항목');
  });

  it('scores by the exact fold of all events, one against an item beating those for it', async () => {
    await train(1);
    const did: [string, string][] = [
      ['like', 'film-02'],
      ['click', 'film-05'],
      ['like', 'film-09'],
      ['dislike', 'film-09'],
    ];
    await cinema.did(...did.map(([type, item]) => ({ user: 'ann', type, item })));
    const { model, factors } = await database.transaction({ tenant: cinema.tenant, readOnly: true }, async (sql) => {
      const active = (await readActiveFactors(sql, cinema.collectionId))!;
      return { model: active, factors: await readItemFactors(sql, cinema.collectionId, active.version) };
    });
    const judged: [string, number][] = [
      ['film-09', -0.5],
      ['film-05', 0.2],
      ['film-02', 1],
    ];
    const events = judged.map(([itemId, strength], at) => {
      return { itemId, strength, occurredAt: -at, factors: factors.get(itemId)! };
    });
    const vector = foldIn(model, events, { halfLife: settingsOf().halfLifeEvents, lasting: 0.5 })!;
    const score = (id: string) => vector.reduce((sum, value, at) => sum + value * factors.get(id)![at]!, 0);
    const { hits } = await ask('ann');
    const found = hits.filter((hit) => hit.scores.factors !== undefined);
    const open = items.filter((id) => id !== 'film-02' && id !== 'film-09' && score(id) > 0);
    expect(found.map((hit) => hit.itemId)).toEqual(open.toSorted((left, right) => score(right) - score(left)));
    const best = score(found[0]!.itemId);
    for (const hit of found) expect(hit.scores.factors).toBeCloseTo(score(hit.itemId) / best, 5);
  });

  it('knows of a click at the next answer, of a guest too', async () => {
    await train(1);
    const odd = async () => {
      const { hits } = await cinema.recommend({ sessionId: 'guest', scenario: 'factors', limit: 24 });
      return hits.find((hit) => hit.itemId === 'film-07')!.scores.factors ?? 0;
    };
    await cinema.did({ session: 'guest', type: 'click', item: 'film-02' });
    const before = await odd();
    await cinema.did({ session: 'guest', type: 'click', item: 'film-03' });
    expect(await odd()).toBeGreaterThan(before + 0.2);
  });

  it('starts from picks and from given items, and orders a given list', async () => {
    await train(1);
    const picked = await ask('', { picks: ['film-03'], limit: 4 });
    expect(idsOf(picked).some(isEven)).toBe(false);
    const similar = await cinema.similar({ itemIds: ['film-04'], scenario: 'factors', limit: 4 });
    expect(idsOf(similar).every(isEven)).toBe(true);
    expect(similar.hits[0]!.reason).toBe('Liked by the same people');
    await cinema.did({ user: 'ann', type: 'click', item: 'film-03' });
    const list = { userId: 'ann', itemIds: ['film-08', 'film-19', 'film-10', 'film-17'], scenario: 'factors' };
    expect(idsOf(await cinema.personalize(list)).map(isEven)).toEqual([false, false, true, true]);
  });

  it('answers without them before the first training, and says so', async () => {
    await cinema.rebuild();
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' });
    const answer = await ask('ann', { limit: 5 });
    expect(answer.hits).toHaveLength(5);
    expect(legOf(answer)).toMatchObject({ rows: 0n, settings: { version: '' } });
    expect(answer.plan!.notes.join()).toContain('no trained factors yet: run kindred train');
    expect((await ask('never seen')).hits).toHaveLength(24);
  });

  it('serves a model that took over at the next answer, as another process does', async () => {
    await train(1);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' });
    const first = await ask('ann');
    await train(2);
    const second = await ask('ann');
    expect(legOf(second).settings.version).not.toBe(legOf(first).settings.version);
    const other = await answered(settingsOf().tableBytes);
    expect(second.hits.map((hit) => hit.scores)).toEqual(other.hits.map((hit) => hit.scores));
    expect(second.hits.map((hit) => hit.scores)).not.toEqual(first.hits.map((hit) => hit.scores));
  });

  it('say again what they said, by either scenario and after a click, as a process does that remembers nothing', async () => {
    await train(1);
    await cinema.rebuild();
    const exclude = Exclusions.fromPartial({ disliked: true });
    await cinema.putScenario({ name: 'again', sources: [{ name: 'factors', weight: 1 }], halfLifeEvents: 2, exclude });
    for (const item of ['film-02', 'film-09', 'film-11']) {
      await cinema.did({ user: 'ann', type: 'like', item });
      for (const more of [{}, {}, { scenario: 'again' }, { scenario: 'again' }, { picks: ['film-04'] }, {}]) {
        const { hits } = await ask('ann', more);
        expect(hits).toEqual((await answered(settingsOf().tableBytes, more)).hits);
        expect(hits.some(({ itemId }) => itemId === item)).toBe('scenario' in more);
      }
    }
  });

  it('are left out where the memory granted does not hold them, and the plan says so', async () => {
    await train(1);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' });
    const { hits, plan } = await answered(1_000);
    expect(hits).toHaveLength(23);
    expect(hits[0]!.scores.factors).toBeUndefined();
    expect(plan!.notes.join()).toContain('RECOMMENDATION_TABLE_MB');
  });

  /** What ann is given by a process of its own. */
  async function answered(tableBytes: number, more = {}) {
    const settings = { ...settingsOf(), tableBytes };
    const { answering } = answeringOf({ database, readDatabase: database, settings, log: silent });
    const fake = Object.assign(Object.create(cinema) as Cinema, { answering });
    return fake.recommend({ userId: 'ann', scenario: 'factors', limit: 24, ...more });
  }
});
