import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, type Event } from '../cinema.fake.spec.ts';

const films = [0, 30, 60, 90, 120].map((angle, at) => ({ id: `f${at}`, angle }));

const someEvents = fc
  .array(
    fc.record({
      type: fc.constantFrom('like', 'view', 'hide', 'rating', 'purchase', 'impression'),
      item: fc.constantFrom(...films.map((film) => film.id), 'not there'),
      value: fc.constantFrom(1, 3, 5),
      day: fc.integer({ min: 1, max: 28 }),
      guest: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((events) =>
    events.map(({ day, guest, ...event }, at): Event => {
      const who = guest ? { session: 's' } : { user: 'ann' };
      return { ...event, ...who, id: `e${at}`, at: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` };
    }),
  );

describe.each(testDatabases())('Tastes on $name', ({ name, open }) => {
  let database: Database;
  let tenants = 0;
  const cinema = () => Cinema.open(database, `${name}-${++tenants}`);

  beforeAll(async () => {
    database = await open();
  });

  it('are the same in whatever order, and however often, the events and their messages come', async () => {
    const shuffled = someEvents.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 5 }), async ([events, again], size) => {
        const [once, often] = [await cinema(), await cinema()];
        for (const one of [once, often]) await one.put(...films);
        await once.identify('s', 'ann');
        await once.did(...events);
        for (let at = 0; at < again.length; at += size) await often.did(...again.slice(at, at + size));
        await often.identify('s', 'ann');
        expect(await often.tasteRows()).toEqual(await once.tasteRows());
      }),
      { numRuns: 15 },
    );
  });

  it('point to what a person likes, away from what they hide, and most to the newest', async () => {
    const one = await cinema();
    await one.put(...films);
    await one.did({ user: 'ann', type: 'like', item: 'f0' }, { user: 'bora', type: 'view', item: 'f3' });
    await one.did({ user: 'ann', type: 'hide', item: 'f4' }, { user: 'cho', type: 'hide', item: 'f0' });
    const [ann, bora, cho] = await one.tasteRows();
    const [x, y] = JSON.parse(ann!.taste!) as number[];
    expect(x).toBeGreaterThan(0.9);
    expect(y).toBeLessThan(0);
    expect(JSON.parse(bora!.taste!)[1]).toBeCloseTo(1);
    expect(cho!.taste).toBeNull();
  });

  it('take an event dated ahead for one of when it came', async () => {
    const one = await cinema();
    await one.put(...films);
    for (const [user, at] of [
      ['ann', '2025-01-01T00:00:00Z'],
      ['bora', '2999-01-01T00:00:00Z'],
    ] as const) {
      await one.did({ user, type: 'like', item: 'f0', at });
      await one.did({ user, type: 'like', item: 'f3', at: new Date(Date.now() + 60_000).toISOString() });
    }
    const [ann, bora] = await one.tasteRows();
    expect(bora!.taste).toEqual(ann!.taste);
    expect(JSON.parse(ann!.taste!)[1]).toBeGreaterThan(Math.SQRT1_2);
  });

  it('wait for vectors that come after their events', async () => {
    const one = await cinema();
    await one.put({ id: 'late' });
    await one.did({ user: 'ann', type: 'like', item: 'late' }, { session: 's', type: 'like', item: 'late' });
    expect((await one.tasteRows()).map((row) => row.taste)).toEqual([null, null]);
    expect(await one.tastes.refreshOverdue()).toBe(0);
    await one.embed({ id: 'late', angle: 0 });
    expect(await one.tastes.refreshOverdue()).toBe(2);
    expect((await one.tasteRows()).map((row) => row.taste)).toEqual(['[1,0,0]', '[1,0,0]']);
    expect(await one.tastes.refreshOverdue()).toBe(0);
  });

  it('see a vector that changed', async () => {
    const one = await cinema();
    await one.put({ id: 'f', angle: 0 });
    await one.did({ user: 'ann', type: 'like', item: 'f' });
    await one.embed({ id: 'f', angle: 90 });
    await one.tell({ kind: 'interacted', user_id: 'ann' });
    expect(JSON.parse((await one.tasteRows())[0]!.taste!)[1]).toBeCloseTo(1);
  });

  it('reject a message that is none, and take its neighbors', async () => {
    const one = await cinema();
    await one.put(...films);
    await one.store({ user: 'ann', type: 'like', item: 'f0' });
    const outcomes = await one.tell('{"kind":', { kind: 'interacted', user_id: 'ann' });
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['rejected', 'done']);
    expect(await one.tasteRows()).toHaveLength(1);
  });
});
