import { type FactorSettings, TrainRequest, type TrainResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { foldIn } from '@kindred/ranking';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { readActiveFactors, readItemFactors } from './factors.store.ts';
import { films as items, twoTastes } from './train-cinema.fake.spec.ts';
import { TrainingService } from './training.service.ts';

interface Given extends Partial<Omit<TrainRequest, 'settings'>> {
  settings?: Partial<FactorSettings>;
}

describe.each(testDatabases())('A training on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let trainings: TrainingService;
  let tenants = 0;
  const settings = { dimensions: 8, epochs: 4, regularization: 0.02 };

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `training-${name}-${++tenants}`);
    await cinema.put(...items.map((id) => ({ id })));
    trainings = new TrainingService(database, settingsOf());
  });

  const begin = (request: Given, signal = new AbortController().signal) =>
    trainings.train(cinema.tenant, TrainRequest.fromPartial({ collection: 'films', ...request }), signal);

  async function train(request: Given = { settings }) {
    const parts: TrainResponse['part'][] = [];
    for await (const { part } of begin(request)) parts.push(part);
    const last = parts.at(-1);
    if (last?.$case !== 'result') throw new Error('no result');
    const progress = parts.flatMap((part) => (part?.$case === 'progress' ? [part.value] : []));
    return { run: last.value, progress };
  }

  const active = () =>
    database.transaction({ tenant: cinema.tenant, readOnly: true }, async (sql) => {
      const model = await readActiveFactors(sql, cinema.collectionId);
      return model && { model, factors: await readItemFactors(sql, cinema.collectionId, model.version) };
    });
  const runs = () => trainings.list(cinema.tenant, 'films');

  it('states its memory before it starts, lowers its loss, and makes its factors the active ones', async () => {
    await cinema.did(...twoTastes());
    const { run, progress } = await train();
    const before = progress.find(({ phase }) => phase === 'training')!;
    expect(before).toMatchObject({ epoch: 0, facts: { items: 24n, users: 60n } });
    expect(before.facts!.bytes).toBeGreaterThan(0n);
    const losses = progress.filter(({ epoch, phase }) => phase === 'training' && epoch > 0).map(({ loss }) => loss);
    expect(losses).toHaveLength(4);
    expect(losses[3]!).toBeLessThan(losses[0]!);
    expect(progress.find(({ epoch }) => epoch === 4)!.ndcg).toBeGreaterThan(0);
    expect(run).toMatchObject({ state: 'activated', active: true, epoch: 4 });
    expect(run.metrics!.ndcg10).toBeGreaterThan(run.metrics!.popularNdcg10);
    const { model, factors } = (await active())!;
    expect(model.version).toBe(run.run);
    const events = [2, 6, 8, 12].map((item) => {
      return { itemId: items[item]!, occurredAt: 0, strength: 1, factors: factors.get(items[item]!)! };
    });
    const vector = foldIn(model, events)!;
    const score = (item: number) => vector.reduce((sum, value, k) => sum + value * factors.get(items[item]!)![k]!, 0);
    expect(score(4) + score(10) + score(14)).toBeGreaterThan(score(5) + score(11) + score(15));
  });

  it('keeps the active model where the new one is worse, and says so', async () => {
    await cinema.did(...twoTastes(320, 8));
    const first = await train();
    const second = await train({ settings: { dimensions: 2, epochs: 1, regularization: 1_000, exponent: 1 } });
    expect(second.run).toMatchObject({ state: 'kept', active: false });
    expect(second.run.reason).toMatch(/^the active model is better: nDCG@10 0\.\d+ against 0\.\d+$/);
    expect(second.run.metrics!.differenceHigh!).toBeLessThan(0);
    expect((await active())!.model.version).toBe(first.run.run);
  });

  it('serves the pairs that were held out too, and is compared as it was without them', async () => {
    await cinema.did(...twoTastes(320, 8));
    const first = await train();
    const factorsAs = (use: 'served' | 'judged') =>
      database.transaction({ tenant: cinema.tenant, readOnly: true }, (sql) =>
        readItemFactors(sql, cinema.collectionId, first.run.run, use),
      );
    expect(await factorsAs('served')).not.toEqual(await factorsAs('judged'));
    const again = await train();
    expect(again.run.metrics).toMatchObject({ activeNdcg10: first.run.metrics!.ndcg10, differenceLow: 0 });
  });

  it('compares with a model of before, which was never trained on with them, as it serves', async () => {
    await cinema.did(...twoTastes(320, 8));
    await train();
    const before = ['item_factors set judged_factors = null', 'factor_models set judged_spectrum = null'];
    for (const what of before) await database.query({ tenant: cinema.tenant }, `update kindred.${what}`);
    const { run } = await train();
    expect(run.metrics!.activeNdcg10!).toBeGreaterThanOrEqual(run.metrics!.ndcg10);
  });

  it('gives the same factors after it was interrupted and resumed as without, with two threads too', async () => {
    await cinema.did(...twoTastes());
    await train({ settings });
    const whole = (await active())!.factors;
    for await (const { part } of begin({ settings })) if (part?.$case === 'progress' && part.value.epoch === 2) break;
    const [left] = await runs();
    expect(left).toMatchObject({ state: 'failed', epoch: 2, reason: 'it was left before its end; resume it' });
    const other = { code: 'FIELD_INVALID', field: 'settings.dimensions' };
    await expect(train({ resume: left!.run, settings })).rejects.toMatchObject(other);
    const { run, progress } = await train({ resume: left!.run, threads: 2 });
    expect(
      progress.map(({ epoch, phase }) => (phase === 'training' ? epoch : -1)).filter((epoch) => epoch > 0),
    ).toEqual([3, 4]);
    expect(run).toMatchObject({ state: 'activated', run: left!.run });
    for (const [id, factors] of (await active())!.factors) {
      const again = Math.hypot(...factors);
      expect(again).toBeCloseTo(Math.hypot(...whole.get(id)!), 3);
    }
    await expect(train({ resume: run.run })).rejects.toMatchObject({ code: 'TRAINING_RUN_NOT_FOUND', field: 'resume' });
  });

  it('searches anew when it is resumed after it was left in its search, and not when it was left later', async () => {
    await cinema.did(...twoTastes());
    const searching = { settings, searchTrials: 3 };
    const isAt = (part: TrainResponse['part'], phase: string) =>
      part?.$case === 'progress' && part.value.phase === phase && part.value.epoch === 1;
    for await (const { part } of begin(searching)) if (isAt(part, 'searching')) break;
    const [left] = await runs();
    expect(left).toMatchObject({ state: 'failed', settings });
    const { progress } = await train({ resume: left!.run });
    const trials = progress.filter(({ phase }) => phase === 'searching').map(({ epoch }) => epoch);
    expect(trials).toEqual([1, 2, 3]);
    for await (const { part } of begin(searching)) if (isAt(part, 'training')) break;
    const later = await train({ resume: (await runs())[0]!.run });
    expect(later.progress.filter(({ phase }) => phase === 'searching')).toEqual([]);
  });

  it('fails with factors that are not finite, and the active model stays', async () => {
    await cinema.did(...twoTastes());
    const first = await train();
    for await (const { part } of begin({ settings })) if (part?.$case === 'progress' && part.value.epoch === 1) break;
    const [left] = await runs();
    await database.query(
      { tenant: cinema.tenant },
      // NaN as a little-endian float32.
      `update kindred.training_checkpoints set factors = '\\x0000c07f'::bytea || substring(factors from 5)
        where tenant_id = kindred.tenant()`,
    );
    await expect(train({ resume: left!.run })).rejects.toMatchObject({ code: 'TRAINING_NOT_POSSIBLE' });
    expect((await runs())[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('finite') });
    expect((await active())!.model.version).toBe(first.run.run);
  });

  it('marks the run of a process that died as failed, and lets it be resumed', async () => {
    await cinema.did(...twoTastes());
    const dead = begin({ settings });
    for (let epoch = 0; epoch < 1; ) {
      const { value } = await dead.next();
      if (value?.part?.$case === 'progress') epoch = value.part.value.epoch;
    }
    await expect(train()).rejects.toMatchObject({ code: 'TRAINING_RUNNING', field: 'collection' });
    await database.query(
      { tenant: cinema.tenant },
      `update kindred.training_runs set leased_until = 'epoch' where state = 'running'`,
    );
    const [found] = await runs();
    expect(found).toMatchObject({ state: 'failed', epoch: 1, reason: 'the process that trained it ended; resume it' });
    expect((await train({ resume: found!.run })).run.state).toBe('activated');
    await dead.return(undefined);
  });

  it('keeps robots out and reports them', async () => {
    trainings = new TrainingService(database, settingsOf({ RECOMMENDATION_ROBOT_EVENTS_PER_MINUTE: 100 }));
    const at = '2026-11-01T10:00:00.000Z';
    const robot = Array.from({ length: 150 }, (_, each) => ({
      user: 'robot',
      type: 'view',
      item: items[each % 24]!,
      at,
    }));
    await cinema.did(
      ...twoTastes().map((event, each) => ({ ...event, at: new Date(1.7e12 + each * 60_000).toISOString() })),
    );
    await cinema.did(...robot);
    const { run } = await train();
    expect(run.facts).toMatchObject({ users: 60n, robots: 1n, robotEvents: 150n });
  });

  it('notes no figure of the active model where nobody can compare', async () => {
    await cinema.did(...twoTastes().slice(0, 24));
    const first = await train();
    expect(first.run).toMatchObject({ state: 'activated', facts: { heldOut: 0n }, metrics: { people: 0n } });
    const second = await train();
    expect(second.run).toMatchObject({ state: 'kept', reason: expect.stringContaining('nobody has held-out events') });
    expect(second.run.metrics).toMatchObject({ people: 0n, activeNdcg10: undefined, differenceLow: undefined });
  });

  it('refuses three events, a catalog of one item, and settings out of range, each with a way out', async () => {
    await cinema.did(...twoTastes().slice(0, 3));
    await expect(train()).rejects.toMatchObject({
      code: 'TRAINING_NOT_POSSIBLE',
      field: 'collection',
      message: expect.stringMatching(
        /too little to learn from: 3 pairs \(\d of them held out to measure by\) of 1 people and 3 items\. .*Record more/,
      ),
    });
    expect((await runs())[0]).toMatchObject({ state: 'failed', reason: expect.stringContaining('too little') });
    // Enough, but for what is held out.
    await cinema.did(...twoTastes().slice(25, 42));
    await expect(train()).rejects.toMatchObject({
      message: expect.stringMatching(/: 20 pairs \(3 of them held out.* needs 20 pairs without those held out/),
    });
    await cinema.did(...Array.from({ length: 40 }, (_, each) => ({ user: `u${each}`, type: 'like', item: items[0]! })));
    await expect(train({ dataset: 'nothing' })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND', field: 'dataset' });
    await expect(train({ settings: { dimensions: 1 } })).rejects.toMatchObject({
      code: 'FIELD_INVALID',
      field: 'settings.dimensions',
    });
    trainings = new TrainingService(database, settingsOf({ RECOMMENDATION_TRAINING_MEMORY_MB: 1 }));
    await cinema.did(...twoTastes());
    await expect(train()).rejects.toMatchObject({
      code: 'TRAINING_NOT_POSSIBLE',
      message: expect.stringContaining('MB'),
    });
  });

  it('searches settings within its budget, and trains with the best', async () => {
    await cinema.did(...twoTastes(120));
    const { run, progress } = await train({ settings, searchTrials: 3 });
    const trials = progress.filter(({ phase }) => phase === 'searching');
    expect(trials.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(trials[2]!.ndcg).toBeGreaterThanOrEqual(trials[0]!.ndcg);
    expect(run.state).toBe('activated');
  });
});
