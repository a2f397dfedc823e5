import { seededRandom, unitSums } from '@kindred/ranking';
import { describe, expect, it } from 'vitest';
import { brokenGuardrails } from './broken-guardrails.ts';
import type { Experiment } from './experiment.ts';
import type { Counted, CountedArm } from './results.store.ts';
import { alphaEach, armResults, notesOf } from './results.ts';

const experiment: Experiment = {
  name: 'x',
  scenario: 'home',
  kind: 'split',
  arms: ['now', 'bold', 'calm'].map((name) => ({ name, scenario: name, weight: 1 })),
  metric: 'click',
  alpha: 0.06,
  conversionDays: 7,
  guardrails: [{ metric: 'click', mostRelativeDrop: 0.05 }],
  salt: 's',
  state: 'running',
  reason: '',
  halted: {},
  startedAt: new Date(0),
};

/** People with three answers each, clicked with one probability. */
function counted(people: number, rate: number, seed: number): CountedArm {
  const random = seededRandom(seed);
  const draws = Array.from({ length: people }, (): [number, number] => [
    [random(), random(), random()].filter((draw) => draw < rate).length,
    3,
  ]);
  const sums = { click: unitSums(draws) };
  return { units: people, answers: 3 * people, impressions: 0, clicks: 0, conversions: 0, revenue: 0, sums };
}

const of = (arms: Record<string, CountedArm>): Counted => ({
  arms: new Map(Object.entries(arms)),
  robots: 0,
  robotAnswers: 0,
});
const verdicts = (found: Counted, one = experiment) =>
  armResults(one, found).map(({ arm, metrics }) => [arm, metrics[0]!.difference?.verdict]);

describe('Results', () => {
  it('tell win, loss and no difference from too little', () => {
    const found = of({ now: counted(3_000, 0.3, 1), bold: counted(3_000, 0.4, 2), calm: counted(3_000, 0.3, 3) });
    expect(verdicts(found)).toEqual([
      ['now', undefined],
      ['bold', 'win'],
      ['calm', 'no difference yet'],
    ]);
    const worse = of({ now: counted(3_000, 0.4, 1), bold: counted(3_000, 0.3, 2), calm: counted(99, 0.9, 3) });
    expect(verdicts(worse)).toEqual([
      ['now', undefined],
      ['bold', 'loss'],
      ['calm', 'needs more'],
    ]);
    expect(verdicts(of({}))).toEqual([
      ['now', undefined],
      ['bold', 'needs more'],
      ['calm', 'needs more'],
    ]);
  });

  it('widen for each arm that is compared, the holdout among them', () => {
    expect(alphaEach(experiment)).toBe(0.03);
    expect(alphaEach({ ...experiment, holdout: { share: 0.1, scenario: 'home' } })).toBe(0.02);
    expect(alphaEach({ ...experiment, kind: 'interleave' })).toBe(0.06);
  });

  it('say how many people it takes: about four times as many for half the difference', () => {
    const of1 = (people: number) => {
      const found = of({ now: counted(people, 0.3, 1), bold: counted(people, 0.3, 2) });
      return armResults(experiment, found)[1]!.metrics[0]!.difference!;
    };
    const [few, many] = [of1(1_000), of1(4_000)];
    expect(few.detectable! / many.detectable!).toBeCloseTo(2, 0);
    expect(Number(few.unitsForFivePercent) / Number(many.unitsForFivePercent)).toBeCloseTo(1, 0);
  });

  it('name what is missing, who was halted and how many were left out', () => {
    const halted = { ...experiment, halted: { bold: 'click fell' } };
    const found = { ...of({ now: counted(50, 0.3, 1) }), robots: 2 };
    expect(notesOf(halted, armResults(halted, found), found)).toEqual([
      'bold: needs more: at least 100 people per arm; now 0 were answered',
      'calm: needs more: at least 100 people per arm; now 0 were answered',
      'bold: halted, click fell',
      '2 robots were left out',
    ]);
  });
});

describe('Intervals of shares', () => {
  const two = { ...experiment, arms: experiment.arms.slice(0, 2) };

  it('end where shares do: nothing falls by more than all, and no arm wins less than nothing', () => {
    const found = of({ now: counted(300, 0.3, 1), bold: counted(300, 0.004, 2) });
    const { relativeLow, relativeHigh, verdict } = armResults(two, found)[1]!.metrics[0]!.difference!;
    expect(relativeLow).toBe(-1);
    expect(relativeHigh).toBeGreaterThan(-1);
    expect(verdict).toBe('loss');
    const preferring = (won: number) => unitSums(Array.from({ length: 120 }, (_, at) => [at < won ? 1 : 0, 1]));
    const teams = of({
      '0': { ...counted(120, 0, 1), sums: { click: preferring(118) } },
      '1': { ...counted(120, 0, 1), sums: { click: preferring(2) } },
    });
    const share = armResults({ ...two, kind: 'interleave' }, teams)[1]!.metrics[0]!.difference!;
    expect(share).toMatchObject({ low: -0.5, verdict: 'loss' });
  });
});

describe('What keeps a result from being told', () => {
  const two = { ...experiment, arms: experiment.arms.slice(0, 2) };
  const note = (one: Experiment, arms: Record<string, CountedArm>) => {
    const found = of(arms);
    return notesOf(one, armResults(one, found), found)[0];
  };
  const alike = (people: number, x: number, y: number): CountedArm => ({
    ...counted(people, 0, 1),
    sums: { click: unitSums(Array.from({ length: people }, (): [number, number] => [x, y])) },
  });

  it('is that nobody did anything, where there are people enough', () => {
    const arms = { now: counted(332, 0, 1), bold: counted(368, 0, 1) };
    expect(note(two, arms)).toBe('bold: needs more: nobody clicked yet, in neither arm');
    expect(note({ ...two, metric: 'revenue' }, arms)).toBe('bold: needs more: nobody bought yet, in neither arm');
    const all = { now: alike(200, 1, 1), bold: alike(200, 1, 1) };
    expect(note(two, all)).toBe('bold: needs more: everybody clicked alike, in both arms');
  });

  it('is of an interleaving how many preferred an arm, not how many were answered', () => {
    const mixed: Experiment = { ...two, kind: 'interleave' };
    const decided = (people: number) => ({ '0': alike(people, 0, 1), '1': { ...alike(people, 1, 1), units: 500 } });
    expect(note(mixed, decided(40))).toBe('bold: needs more: at least 100 people who preferred an arm; now 40 did');
    expect(note(mixed, decided(140))).toBe('bold: needs more: all 140 people who preferred an arm preferred the same');
  });
});

describe('Results of an interleaving', () => {
  const arms = experiment.arms.slice(0, 2);
  const mixed: Experiment = { ...experiment, kind: 'interleave', arms, holdout: { share: 0.1, scenario: 'home' } };
  /** People with two decided answers each, won by the team with one probability. */
  const wins = (people: number, rate: number): CountedArm => {
    const random = seededRandom(4);
    const draws = Array.from({ length: people }, (): [number, number] => [
      [random(), random()].filter((draw) => draw < rate).length,
      2,
    ]);
    return { ...counted(people, 0, 1), sums: { click: unitSums(draws) } };
  };

  it('are shares of what was decided, beside one half; who is held out is compared with nobody', () => {
    const found = of({ '0': wins(800, 0.35), '1': wins(800, 0.65), holdout: counted(80, 0.3, 5) });
    const [control, bold, held] = armResults(mixed, found);
    const { value, difference } = bold!.metrics[0]!;
    expect(value).toBeCloseTo(0.65, 1);
    expect(difference).toMatchObject({
      verdict: 'win',
      difference: value - 0.5,
      relative: undefined,
      pAlways: undefined,
    });
    expect(control!.metrics[0]!.difference).toBeUndefined();
    expect(held).toMatchObject({ arm: 'holdout', units: 80n });
    expect(held!.metrics[0]!.difference).toBeUndefined();
    expect(notesOf(mixed, [control!, bold!, held!], found)).toEqual(['bold: wins (click, beside now)']);
  });

  it('need more where nobody preferred anything', () => {
    const [, bold] = armResults(mixed, of({ '0': counted(500, 0, 1), '1': counted(500, 0, 1) }));
    expect(bold!.metrics[1]).toMatchObject({ value: 0, difference: { difference: 0, verdict: 'needs more' } });
  });
});

describe('A mismatch of shares', () => {
  const notes = (people: Record<string, number>, one = experiment) => {
    const counts = Object.entries(people).map(([arm, units]): [string, CountedArm] => [
      arm,
      { ...counted(1, 0, 1), units },
    ]);
    const found = of(Object.fromEntries(counts));
    return notesOf(one, armResults(one, found), found).join();
  };

  it('is told when people are missing, not of what chance does', () => {
    expect(notes({ now: 1_000, bold: 1_040, calm: 960 })).not.toContain('not divided');
    expect(notes({ now: 1_000, bold: 850, calm: 1_150 })).toContain('not divided as the weights say');
    expect(notes({ now: 5, bold: 0, calm: 5 })).not.toContain('not divided');
  });

  it('knows weights, the holdout, and arms that were halted', () => {
    const arms = experiment.arms.map((arm, at) => ({ ...arm, weight: at + 1 }));
    const weighed: Experiment = { ...experiment, arms, holdout: { share: 0.4, scenario: 'home' } };
    const people = { now: 100, bold: 200, calm: 300, holdout: 400 };
    expect(notes(people, weighed)).not.toContain('not divided');
    expect(notes(people, { ...weighed, holdout: { share: 0.6, scenario: 'home' } })).toContain('not divided');
    expect(notes({ now: 1_000, bold: 100, calm: 1_000 }, { ...experiment, halted: { bold: 'why' } })).not.toContain(
      'not divided',
    );
  });
});

describe('Guardrails', () => {
  it('break when the whole interval lies below, and not again', () => {
    const found = of({ now: counted(3_000, 0.4, 1), bold: counted(3_000, 0.3, 2), calm: counted(3_000, 0.38, 3) });
    const results = armResults(experiment, found);
    const broken = brokenGuardrails(experiment, results);
    expect(Object.keys(broken)).toEqual(['bold']);
    expect(broken.bold).toMatch(/^click fell by more than 5 %: -\d+\.?\d* % to -\d+\.?\d* %$/);
    expect(brokenGuardrails({ ...experiment, halted: broken }, results)).toEqual({});
    expect(brokenGuardrails({ ...experiment, guardrails: [] }, results)).toEqual({});
  });
});
