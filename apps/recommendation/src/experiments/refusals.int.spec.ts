import { RecommendRequest, Scenario } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, idsOf } from '../cinema.fake.spec.ts';

const arm = (name: string, scenario = 'home', weight?: number) => ({ name, scenario, weight });
const arms = [arm('a'), arm('b', 'bold')];
const sources = [{ name: 'trending', weight: 1 }];

describe.each(testDatabases())('Experiments and what must not be on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;

  beforeAll(async () => {
    database = await open();
    cinema = await Cinema.open(database, name);
    await cinema.put({ id: 'x' }, { id: 'y' });
    await cinema.putScenario(Scenario.fromPartial({ name: 'bold', sources }));
    await cinema.begin({ name: 'runs', scenario: 'email', arms });
  });

  it.each([
    ['name', 'FIELD_MISSING', { name: '' }],
    ['name', 'FIELD_INVALID', { name: ' x' }],
    ['name', 'FIELD_INVALID', { name: '가'.repeat(65) }],
    ['name', 'FIELD_INVALID', { name: 'a\u0000' }],
    ['name', 'EXPERIMENT_EXISTS', { name: 'runs' }],
    ['scenario', 'FIELD_MISSING', { scenario: '' }],
    ['scenario', 'FIELD_INVALID', { scenario: 'nowhere' }],
    ['scenario', 'SCENARIO_IN_EXPERIMENT', { scenario: 'email' }],
    ['kind', 'FIELD_INVALID', { kind: 'bandit' }],
    ['arms', 'FIELD_INVALID', { arms: [arm('a')] }],
    ['arms', 'FIELD_INVALID', { arms: Array.from({ length: 9 }, (_, at) => arm(`${at}`)) }],
    ['arms', 'FIELD_INVALID', { kind: 'interleave', arms: [...arms, arm('c')] }],
    ['arms[1].name', 'FIELD_INVALID', { arms: [arm('가'), arm('가'.normalize('NFD'))] }],
    ['arms[0].name', 'FIELD_INVALID', { arms: [arm('holdout'), arm('b')] }],
    ['arms[1].name', 'FIELD_MISSING', { arms: [arm('a'), arm('')] }],
    ['arms[1].scenario', 'FIELD_MISSING', { arms: [arm('a'), arm('b', '')] }],
    ['arms[1].scenario', 'FIELD_INVALID', { arms: [arm('a'), arm('b', 'nowhere')] }],
    ['arms[1].weight', 'FIELD_INVALID', { arms: [arm('a'), arm('b', 'bold', 0)] }],
    ['arms[0].weight', 'FIELD_INVALID', { arms: [arm('a', 'home', Number.NaN), arm('b')] }],
    ['arms[0].weight', 'FIELD_INVALID', { kind: 'interleave', arms: [arm('a', 'home', 2), arm('b')] }],
    ['holdout.share', 'FIELD_INVALID', { holdout: { share: 1.2 } }],
    ['holdout.share', 'FIELD_INVALID', { holdout: { share: 0 } }],
    ['holdout.scenario', 'FIELD_INVALID', { holdout: { share: 0.1, scenario: 'nowhere' } }],
    ['holdout', 'FIELD_INVALID', { kind: 'interleave', holdout: { share: 0.1 } }],
    ['metric', 'FIELD_INVALID', { metric: 'joy' }],
    ['alpha', 'FIELD_INVALID', { alpha: 0 }],
    ['conversion_days', 'FIELD_INVALID', { conversionDays: 91 }],
    ['guardrails[0].metric', 'FIELD_INVALID', { guardrails: [{ metric: '', mostRelativeDrop: 0.1 }] }],
    ['guardrails[0].most_relative_drop', 'FIELD_INVALID', { guardrails: [{ metric: 'click', mostRelativeDrop: 1 }] }],
    ['guardrails', 'FIELD_INVALID', { kind: 'interleave', guardrails: [{ metric: 'click', mostRelativeDrop: 0.1 }] }],
  ])('refuses a wrong %s with %s: %j', async (field, code, wrong) => {
    const begun = cinema.begin({ name: 'new', scenario: 'home', arms, ...wrong });
    await expect(begun).rejects.toMatchObject({ code, field: `experiment.${field}` });
  });

  it('refuses names that nobody took, and says where the others are', async () => {
    await expect(cinema.statusOf('none')).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND', field: 'name' });
    const stopped = cinema.experiments.stop({ collection: 'films', name: 'none', reason: '' }, cinema.tenant);
    await expect(stopped).rejects.toMatchObject({ code: 'EXPERIMENT_NOT_FOUND', field: 'name' });
    const elsewhere = await cinema.experiments.list({ collection: '' }, 'another tenant');
    expect(elsewhere.experiments).toEqual([]);
    const { experiments } = await cinema.experiments.list({ collection: '' }, cinema.tenant);
    expect(experiments).toMatchObject([
      { name: 'runs', collection: 'films', kind: 'split', state: 'running', alpha: 0.05 },
    ]);
  });

  it('keeps the scenarios of a running experiment as they are', async () => {
    const changed = Scenario.fromPartial({ name: 'bold', sources: [{ name: 'popular', weight: 1 }] });
    const refused = { code: 'SCENARIO_IN_EXPERIMENT', field: 'scenario.name' };
    await expect(cinema.putScenario(changed)).rejects.toMatchObject(refused);
    const gone = { collection: 'films', name: 'bold' };
    const deleted = cinema.scenarios.delete(gone, cinema.tenant);
    await expect(deleted).rejects.toMatchObject({ code: 'SCENARIO_IN_EXPERIMENT', field: 'name' });
    await cinema.putScenario(Scenario.fromPartial({ name: 'other', sources }));
  });

  it('explains absences as the arm of the person answers', async () => {
    await cinema.putScenario(Scenario.fromPartial({ name: 'strict', sources, exclude: { seen: true } }));
    const both = [arm('a', 'other'), arm('b', 'strict')];
    await cinema.begin({ name: 'absent', scenario: 'cart', arms: both });
    const causes: Record<string, unknown> = {};
    for (const userId of Array.from({ length: 12 }, (_, at) => `사람${at}`)) {
      await cinema.did({ user: userId, type: 'view', item: 'x' });
      const request = RecommendRequest.fromPartial({ collection: 'films', userId, scenario: 'cart' });
      const answered = await cinema.recommend(request);
      const absence = await cinema.absence('x', { $case: 'recommend', value: request });
      causes[answered.arm] = absence;
      expect(idsOf(answered).includes('x')).toBe(typeof absence === 'bigint');
    }
    expect(causes).toMatchObject({ b: ['seen'] });
    expect(causes.a).toBeTypeOf('bigint');
  });
});
