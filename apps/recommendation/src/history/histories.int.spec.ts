import { RecommendRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { answeringOf } from '../answering.ts';
import { Cinema, idsOf, silent } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';

const films = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const people = [
  { userId: 'ann' },
  { sessionId: 's1' },
  { userId: 'ann', sessionId: 's1' },
  { userIds: ['ann', 'ben'] },
];
type Asked = Partial<RecommendRequest>;

/** A service over the database; how often it read what somebody did in a statement of its own, or checked it with a page. */
function serviceOf(cinema: Cinema, historyMb: number) {
  let [reads, checks] = [0, 0];
  const counted = Object.create(cinema.database, {
    query: {
      value: (...call: Parameters<Database['query']>) => {
        if (call[1].includes("(select 'event', ")) reads++;
        if (call[1].includes('checked as materialized')) checks++;
        return cinema.database.query(...call);
      },
    },
    transaction: { value: (...call: Parameters<Database['transaction']>) => cinema.database.transaction(...call) },
  }) as Database;
  const settings = settingsOf({ RECOMMENDATION_HISTORY_MB: historyMb });
  const made = answeringOf({ database: counted, readDatabase: counted, settings, log: silent });
  const ask = (request: Asked) => {
    const whole = { collection: 'films', scenario: 'lists', limit: 4, ...request };
    return made.answering.recommend.recommend(RecommendRequest.fromPartial(whole), cinema.caller());
  };
  return { ask, histories: made.histories, reads: () => reads, checks: () => checks };
}

const shownBy = async (asking: ReturnType<ReturnType<typeof serviceOf>['ask']>) => {
  const { hits, nextPageToken, plan } = await asking;
  return { hits, nextPageToken, notes: plan!.notes, legs: plan!.legs.map(({ name, rows }) => [name, rows]) };
};

const film = fc.constantFrom(...films);
const type = fc.constantFrom('like', 'purchase', 'hide', 'view', 'impression');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ user: fc.constantFrom('ann', 'ben'), type, item: film }) },
  { weight: 3, arbitrary: fc.record({ session: fc.constantFrom('s1', 's2'), type, item: film }) },
  fc.record({ identify: fc.constantFrom('s1', 's2'), as: fc.constantFrom('ann', 'ben') }),
  fc.record({ forget: fc.nat() }),
  fc.record({ block: film }),
  fc.record({ sellOut: film }),
  fc.constant({ rebuild: true }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function take(cinema: Cinema, one: Step): Promise<unknown> {
  const run = (text: string, ...values: unknown[]) => cinema.database.query({ tenant: cinema.tenant }, text, values);
  if ('item' in one) return cinema.store(one);
  if ('rebuild' in one) return cinema.rebuild();
  if ('sellOut' in one) return cinema.put({ id: one.sellOut, stock: 0 });
  if ('forget' in one) {
    return run(
      `delete from kindred.interactions where tenant_id = kindred.tenant() and event_id in (
         select event_id from kindred.interactions where tenant_id = kindred.tenant() order by event_id offset $1 limit 1)`,
      one.forget % 20,
    );
  }
  if ('identify' in one) {
    return run(
      `insert into kindred.sessions (tenant_id, session_id, user_id) values (kindred.tenant(), $1, $2)
       on conflict (tenant_id, session_id) do update set user_id = excluded.user_id`,
      one.identify,
      one.as,
    );
  }
  return run(
    `insert into kindred.users (tenant_id, user_id, revision, attributes) values (kindred.tenant(), 'ann', 1, $1::jsonb)
     on conflict (tenant_id, user_id) do update set attributes = excluded.attributes`,
    JSON.stringify({ blocked_categories: [one.block] }),
  );
}

describe.each(testDatabases())('What people did, held in memory, on $name', ({ name, open }) => {
  let database: Database;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  async function opened(): Promise<Cinema> {
    const cinema = await Cinema.open(database, `${name}-held-${++tenants}`);
    await cinema.put(...films.map((id) => ({ id, categories: [id] })));
    const fans = Array.from({ length: 6 }, (_, at) => films.slice(at % 3, (at % 3) + 5));
    await cinema.did(...fans.flatMap((own, at) => own.map((item) => ({ user: `fan${at}`, type: 'like', item }))));
    await cinema.rebuild();
    const sources = Object.entries({ collaborative: 0.5, next: 0.2, popular: 0.1 }).map(([source, weight]) => ({
      name: source,
      weight,
    }));
    await cinema.putScenario({ name: 'lists', sources });
    return cinema;
  }

  it('never answers otherwise than rows do, whatever happened since', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        const cinema = await opened();
        const [holding, reading] = [serviceOf(cinema, 1), serviceOf(cinema, 0)];
        for (const one of steps) {
          await take(cinema, one);
          for (const person of people) {
            const expected = await shownBy(reading.ask(person));
            expect(await shownBy(holding.ask(person))).toEqual(expected);
            expect(await shownBy(holding.ask(person))).toEqual(expected);
          }
        }
        expect(holding.reads()).toBeLessThan(reading.reads());
      }),
      { numRuns: 4 },
    );
  }, 120_000);

  it('reads what somebody did once, again after an event, and goes without memory where none is granted', async () => {
    const cinema = await opened();
    await cinema.store({ user: 'ann', type: 'like', item: 'a' });
    const [holding, reading] = [serviceOf(cinema, 1), serviceOf(cinema, 0)];
    for (let at = 0; at < 3; at++) for (const one of [holding, reading]) await one.ask({ userId: 'ann' });
    expect([holding.reads(), reading.reads()]).toEqual([1, 3]);
    const [first] = idsOf(await holding.ask({ userId: 'ann' }));
    await cinema.store({ user: 'ann', type: 'hide', item: first! });
    expect(idsOf(await holding.ask({ userId: 'ann' }))).not.toContain(first);
    expect(holding.reads()).toBe(2);
  });

  it('reads anew what somebody did whom a message tells of, but nobody else, and answers by that', async () => {
    const cinema = await opened();
    const holding = serviceOf(cinema, 1);
    for (const one of [{ userId: 'ann' }, { userId: 'ben' }, { sessionId: 's1' }]) await holding.ask(one);
    await cinema.store({ user: 'ann', type: 'hide', item: 'b' }, { session: 's1', type: 'hide', item: 'b' });
    await holding.histories.refresh(cinema.tenant, new Set(['ann', 'unknown']), new Set(['s1']));
    const before = holding.reads();
    expect(before).toBe(5);
    for (const one of [{ userId: 'ann' }, { sessionId: 's1' }]) {
      expect(idsOf(await holding.ask({ ...one, limit: 6 }))).not.toContain('b');
    }
    expect(holding.reads()).toBe(before);
  });

  it('expects nothing any more of people who do something between any two answers', async () => {
    const cinema = await opened();
    const holding = serviceOf(cinema, 1);
    for (let at = 0; at < 20; at++) {
      await holding.ask({ userId: 'ann' });
      await cinema.store({ user: 'ann', type: 'view', item: 'a' });
    }
    expect(holding.reads()).toBe(20);
    expect(holding.checks()).toBeLessThan(10);
  });

  it('expects of strangers what most of them did: nothing', async () => {
    const cinema = await opened();
    const holding = serviceOf(cinema, 1);
    await holding.ask({});
    for (let at = 0; at < 20; at++) await holding.ask({ userId: `new${at}` });
    const before = holding.reads();
    expect(before).toBeLessThan(12);
    await holding.ask({ userId: 'new' });
    expect(holding.reads()).toBe(before);
    await cinema.store({ user: 'known', type: 'hide', item: 'c' });
    expect(idsOf(await holding.ask({ userId: 'known', limit: 7 }))).not.toContain('c');
    expect(holding.reads()).toBe(before + 1);
  });

  it('lets go of who was erased, and of sessions that may have been theirs', async () => {
    const cinema = await opened();
    const holding = serviceOf(cinema, 1);
    const asked = [{ userId: 'ann' }, { userId: 'ben' }, { userIds: ['ann', 'ben'] }, { sessionId: 's1' }];
    for (const one of asked) await holding.ask(one);
    holding.histories.forget(cinema.tenant, ['ann']);
    const before = holding.reads();
    await holding.ask({ userId: 'ben' });
    expect(holding.reads()).toBe(before);
    for (const one of asked) await holding.ask(one);
    expect(holding.reads()).toBe(before + 3);
  });

  it('keeps within the memory granted: who was asked for least recently goes first', async () => {
    const cinema = await opened();
    const holding = serviceOf(cinema, 0.003);
    for (const userId of ['one', 'two', 'three', 'four']) await holding.ask({ userId });
    const before = holding.reads();
    await holding.ask({ userId: 'four' });
    expect(holding.reads()).toBe(before);
    await holding.ask({ userId: 'one' });
    expect(holding.reads()).toBe(before + 1);
  });
});
