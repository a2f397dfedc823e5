import { TrainRequest, type TrainResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, silent } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { films, trainCinema, twoTastes } from './train-cinema.fake.spec.ts';
import { TrainingService } from './training.service.ts';
import { readDueTrainings } from './training-schedule.store.ts';
import { TrainingSchedule } from './training-schedule.ts';

describe.each(testDatabases())('A schedule of trainings on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let trainings: TrainingService;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await openCinema();
    trainings = new TrainingService(database, settingsOf());
  });

  async function openCinema() {
    const opened = await Cinema.open(database, `schedule-${name}-${++tenants}`);
    await opened.put(...films.map((id) => ({ id })));
    await opened.did(...twoTastes());
    return opened;
  }

  const own = <Row extends { tenant_id: string }>(rows: Row[]) => rows.filter((row) => row.tenant_id === cinema.tenant);
  const due = async (hours: number, drift: number) => own(await readDueTrainings(database, hours, drift)).length;
  const runs = (of = cinema) => trainings.list(of.tenant, 'films');
  const schedule = (everyHours = 24) =>
    new TrainingSchedule(database, trainings, { ...settingsOf(), trainEveryHours: everyHours }, silent);
  const change = (assignment: string) =>
    database.query(
      { tenant: cinema.tenant },
      `update kindred.training_runs set ${assignment} where tenant_id = kindred.tenant()`,
    );
  /** The run and all that it has seen, two hours back. */
  const age = async () => {
    await change(`started_at = started_at - interval '2 hours'`);
    const seen = `update kindred.interactions set received_at = now() - interval '3 hours' where tenant_id = kindred.tenant()`;
    await database.query({ tenant: cinema.tenant }, seen);
  };

  /** A run that has come to its second epoch. */
  async function begun(options?: { scheduled: boolean }, resume = 0n) {
    const settings = resume > 0n ? undefined : { dimensions: 8, epochs: 4, regularization: 0.02 };
    const request = TrainRequest.fromPartial({ collection: 'films', resume, settings });
    const run = trainings.train(cinema.tenant, request, new AbortController().signal, options);
    for (let part: TrainResponse['part']; ; ) {
      part = (await run.next()).value?.part;
      if (part?.$case === 'progress' && part.value.epoch >= 2) return run;
    }
  }

  const ended = async (run: AsyncGenerator<TrainResponse>) => {
    for await (const { part } of run) if (part?.$case === 'result') return part.value;
    throw new Error('the run ended without a result');
  };

  it('trains when its time has come, or when enough is new, and not again before', async () => {
    expect([await due(0, 0), await due(24, 0), await due(0, 0.2)]).toEqual([0, 1, 1]);
    await trainCinema(cinema);
    expect([await due(24, 0), await due(0, 0.2)]).toEqual([0, 0]);
    await age();
    await cinema.did(...twoTastes(90).map((event) => ({ ...event, user: `new-${event.user}` })));
    expect([await due(1, 0), await due(24, 0), await due(0, 0.2), await due(0, 0.9)]).toEqual([1, 0, 1, 0]);
    expect(await schedule(1).runOnce()).toBeGreaterThanOrEqual(1);
    expect((await runs())[0]).toMatchObject({ state: 'activated', active: true, scheduled: true });
    expect((await runs())[1]).toMatchObject({ scheduled: false });
  });

  it.each(['activated', 'kept', 'failed'])(
    'lets be what a run that was %s has seen, though its time has come',
    async (state) => {
      await trainCinema(cinema);
      await change(`state = '${state}', started_at = now(), finished_at = now()`);
      await age();
      expect([await due(1, 0), await due(0, 0.01)]).toEqual([0, 0]);
      await cinema.did({ user: 'user-1', type: 'like', item: films[0]! });
      expect([await due(1, 0), await due(0, 0.5)]).toEqual([1, 0]);
    },
  );

  it('resumes what it began where the server was stopped, at once and with what was learned', async () => {
    const left = await begun({ scheduled: true });
    await left.return(undefined);
    const [found] = await runs();
    expect(found).toMatchObject({ state: 'failed', epoch: 2, scheduled: true });
    expect(own(await readDueTrainings(database, 24, 0))).toMatchObject([{ resume: found!.run }]);
    await schedule().runOnce();
    expect(await runs()).toMatchObject([{ run: found!.run, state: 'activated', epoch: 4 }]);
    expect(await due(24, 0)).toBe(0);
  });

  it('resumes what it began where the process was killed, once the lease is over, but not for good', async () => {
    const killed = await begun({ scheduled: true });
    expect(await due(24, 0)).toBe(0);
    await change(`leased_until = 'epoch'`);
    expect(await due(24, 0)).toBe(1);
    expect((await runs())[0]!.reason).toBe('the process that trained it ended; the schedule resumes it');
    expect(await due(24, 0)).toBe(1);
    await change('attempt = 3');
    expect(await due(24, 0)).toBe(0);
    await killed.return(undefined);
  });

  it('does not take up what a person left', async () => {
    await (await begun()).return(undefined);
    expect((await runs())[0]).toMatchObject({ state: 'failed', scheduled: false });
    expect(await due(24, 0)).toBe(0);
    await age();
    expect(own(await readDueTrainings(database, 1, 0))).toMatchObject([{ resume: null }]);
  });

  it('trains each collection once where several services run it at once', async () => {
    const others = [await openCinema(), await openCinema()];
    await Promise.all([schedule().runOnce(), schedule().runOnce()]);
    for (const each of [cinema, ...others]) expect(await runs(each)).toMatchObject([{ state: 'activated' }]);
  });

  it('lets a process that was taken for dead change nothing of the run that another resumed', async () => {
    const asleep = await begun({ scheduled: true });
    await change(`leased_until = 'epoch'`);
    const { run } = (await runs())[0]!;
    const resumed = await begun({ scheduled: true }, run);
    await expect(ended(asleep)).rejects.toMatchObject({ message: expect.stringContaining('taken for dead') });
    expect((await runs())[0]).toMatchObject({ run, state: 'running' });
    expect(await ended(resumed)).toMatchObject({ run, state: 'activated', active: true });
  });
});
