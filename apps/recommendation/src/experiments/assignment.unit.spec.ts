import { describe, expect, it } from 'vitest';
import { assignmentOf, unitOf } from './assignment.ts';
import type { Experiment } from './experiment.ts';

const experiment: Experiment = {
  name: '홈',
  scenario: 'home',
  kind: 'split',
  arms: [
    { name: 'now', scenario: 'home', weight: 1 },
    { name: 'bold', scenario: 'bold', weight: 2 },
    { name: 'fresh', scenario: 'fresh', weight: 1 },
  ],
  holdout: { share: 0.2, scenario: 'popular' },
  metric: 'click',
  alpha: 0.05,
  conversionDays: 7,
  guardrails: [],
  salt: 'goods/홈',
  state: 'running',
  reason: '',
  halted: {},
  startedAt: new Date(0),
};
const units = Array.from({ length: 8_000 }, (_, at) => ({ key: `u손님-${at}` }));

function shares(of: Experiment): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const unit of units) {
    const { arm } = assignmentOf(of, unit);
    counts[arm] = (counts[arm] ?? 0) + 1 / units.length;
  }
  return counts;
}

describe('Units', () => {
  it('are the user, the household in any order, or else the session; nobody is none', () => {
    expect(unitOf({ userIds: ['김'], sessionId: 's' })).toEqual({ key: 'u김' });
    expect(unitOf({ userIds: [], sessionId: 's' })).toEqual({ key: 'ss' });
    const household = { key: 'h["나","엄마"]', members: ['나', '엄마'] };
    expect(unitOf({ userIds: ['엄마', '나'], sessionId: '' })).toEqual(household);
    expect(unitOf({ userIds: [], sessionId: '' })).toBeUndefined();
  });
});

describe('Assignments', () => {
  it('follow the weights, of those who are not held out', () => {
    const found = shares(experiment);
    expect(found.holdout).toBeCloseTo(0.2, 1);
    expect(found.now).toBeCloseTo(0.2, 1);
    expect(found.bold).toBeCloseTo(0.4, 1);
    expect(found.fresh).toBeCloseTo(0.2, 1);
  });

  it('move nobody but the people of a halted arm, who are counted no more', () => {
    const halted = { ...experiment, halted: { bold: 'click fell' } };
    for (const unit of units) {
      const [before, after] = [assignmentOf(experiment, unit), assignmentOf(halted, unit)];
      if (before.arm !== 'bold') expect(after.arm).toBe(before.arm);
      else expect(after).toMatchObject({ arm: 'now', scenario: 'home', counted: false });
    }
  });

  it('of two experiments say nothing about each other', () => {
    const other = { ...experiment, salt: 'goods/다른 실험' };
    const both = units.filter(
      (unit) => assignmentOf(experiment, unit).arm === 'bold' && assignmentOf(other, unit).arm === 'bold',
    );
    expect(both.length / units.length).toBeCloseTo(0.16, 1);
  });

  it('interleave for everybody who is not held out, except groups', () => {
    const interleaved: Experiment = { ...experiment, kind: 'interleave', arms: experiment.arms.slice(0, 2) };
    expect(Object.keys(shares(interleaved)).toSorted()).toEqual(['', 'holdout']);
    const unit = units.find((one) => assignmentOf(interleaved, one).arm === '')!;
    expect(assignmentOf(interleaved, unit, true)).toMatchObject({ arm: 'now', counted: false });
  });
});
