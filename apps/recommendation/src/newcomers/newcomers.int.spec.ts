import { Exclusions } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { seededRandom } from '@kindred/ranking';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, type Event, type Film, idsOf } from '../cinema.fake.spec.ts';
import { trainCinema } from '../training/train-cinema.fake.spec.ts';

const isEven = (id: string) => Number(id.slice(-2)) % 2 === 0;

/** Even films are comedies, odd ones crime. */
const films: Film[] = Array.from({ length: 80 }, (_, at) => {
  return { id: `film-${String(at).padStart(2, '0')}`, title: 'Film', categories: [at % 2 === 0 ? '코미디' : 'crime'] };
});

/** Even people like even films, odd people odd ones. */
function crowd(): Event[] {
  const random = seededRandom(5);
  return Array.from({ length: 60 }, (_, person) =>
    films
      .filter(({ id }) => isEven(id) === (person % 2 === 0) && random() < 0.4)
      .map(({ id }) => ({ user: `user-${person}`, type: 'like', item: id })),
  ).flat();
}

describe.each(testDatabases())('Items that a model was not trained on, on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `newcomers-${name}-${++tenants}`);
    const exclude = Exclusions.fromPartial({ owned: true });
    await cinema.putScenario({ name: 'factors', sources: [{ name: 'factors', weight: 1 }], exclude });
  });

  const ask = (userId: string, more = {}) => cinema.recommend({ userId, scenario: 'factors', limit: 100, ...more });
  const scoreOf = (answer: Awaited<ReturnType<typeof ask>>, id: string) =>
    answer.hits.find((hit) => hit.itemId === id)?.scores.factors ?? 0;
  const placeOf = (answer: Awaited<ReturnType<typeof ask>>, id: string) => idsOf(answer).indexOf(id);

  it('are recommended to those who like what they are like, before anybody met them', async () => {
    await cinema.put(...films, { id: 'new-comedy', title: 'Film', categories: ['코미디'] });
    await cinema.put({ id: 'new-crime', title: 'Film', categories: ['crime'] });
    await cinema.did(...crowd());
    const run = await trainCinema(cinema);
    expect(run.state).toBe('activated');
    expect(run.metrics!.explainedByTraits).toBeGreaterThan(0.3);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' }, { user: 'bob', type: 'like', item: 'film-03' });
    const [ann, bob] = [await ask('ann'), await ask('bob')];
    expect(idsOf(ann)).toContain('new-comedy');
    expect(idsOf(bob)).toContain('new-crime');
    expect(scoreOf(ann, 'new-comedy')).toBeGreaterThan(3 * scoreOf(ann, 'new-crime'));
    expect(scoreOf(bob, 'new-crime')).toBeGreaterThan(3 * scoreOf(bob, 'new-comedy'));
    expect(ann.plan!.legs.find((leg) => leg.name === 'factors')!.settings.newcomers).toBe('2');
  });

  it('come within seconds after they were stored, and go when they are hidden', async () => {
    await cinema.put(...films);
    await cinema.did(...crowd());
    await trainCinema(cinema);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' });
    expect(placeOf(await ask('ann'), 'new-comedy')).toBe(-1);
    await cinema.put({ id: 'new-comedy', title: 'Film', categories: ['코미디'] });
    await vi.waitFor(async () => expect(placeOf(await ask('ann'), 'new-comedy')).toBeGreaterThanOrEqual(0), 20_000);
    await cinema.put({ id: 'new-comedy', title: 'Film', categories: ['코미디'], hidden: true });
    expect(placeOf(await ask('ann'), 'new-comedy')).toBe(-1);
  });

  it('tell of who turned to them, as any other item does', async () => {
    await cinema.put(...films, { id: 'new-comedy', title: 'Film', categories: ['코미디'] });
    await cinema.did(...crowd());
    await trainCinema(cinema);
    const similar = await cinema.similar({ itemIds: ['new-comedy'], scenario: 'factors', limit: 10 });
    expect(idsOf(similar).every(isEven)).toBe(true);
    await cinema.did({ user: 'ann', type: 'click', item: 'new-comedy' });
    expect(idsOf(await ask('ann', { limit: 10 })).every(isEven)).toBe(true);
  });

  it('are known by their vectors where these say more than the traits do', async () => {
    const angle = (id: string) => (isEven(id) ? 10 : 100);
    await cinema.put(...films.map(({ id }) => ({ id, title: 'Film', angle: angle(id) })));
    await cinema.put({ id: 'new-even', title: 'Film', angle: 10 }, { id: 'new-bare', title: 'Film' });
    await cinema.did(...crowd());
    expect((await trainCinema(cinema)).metrics!.explainedByTraits).toBeGreaterThan(0.3);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' }, { user: 'bob', type: 'like', item: 'film-03' });
    const [ann, bob] = [await ask('ann'), await ask('bob')];
    expect(scoreOf(ann, 'new-even')).toBeGreaterThan(1.5 * scoreOf(ann, 'new-bare'));
    expect(scoreOf(ann, 'new-even')).toBeGreaterThan(1.5 * scoreOf(bob, 'new-even'));
  });

  it('get nothing where what is known of items says nothing of their factors, and the run says so', async () => {
    await cinema.put(...films.map(({ id }) => ({ id, title: 'Film' })), { id: 'new', title: 'Film' });
    await cinema.did(...crowd());
    const run = await trainCinema(cinema);
    expect(run.state).toBe('activated');
    expect(run.metrics!.explainedByTraits).toBeLessThan(0.01);
    await cinema.did({ user: 'ann', type: 'like', item: 'film-02' });
    const answer = await ask('ann');
    expect(answer.plan!.legs.find((leg) => leg.name === 'factors')!.settings.newcomers).toBe('0');
  });
});
