import { ArmResults, MetricDifference, MetricResult } from '@kindred/contracts';
import { correctedAlpha, leastUnits, meanDifference, ratioInterval, type UnitSums } from '@kindred/ranking';
import { type Experiment, holdoutName, type MetricName, metricNames } from './experiment.ts';
import { hasRatioMismatch } from './ratio-mismatch.ts';
import type { Counted, CountedArm } from './results.store.ts';

const nothing: UnitSums = {
  units: 0,
  numerator: 0,
  denominator: 0,
  numeratorSquares: 0,
  denominatorSquares: 0,
  products: 0,
};
const noCounts: CountedArm = { units: 0, answers: 0, impressions: 0, clicks: 0, conversions: 0, revenue: 0, sums: {} };

/** Intervals are wider for each arm that is compared with the control, the holdout among them. */
export function alphaEach({ alpha, arms, holdout, kind }: Experiment): number {
  return correctedAlpha(alpha, kind === 'interleave' ? 1 : arms.length - 1 + (holdout ? 1 : 0));
}

/** What each arm did, and how it differs from the control. */
export function armResults(experiment: Experiment, counted: Counted): ArmResults[] {
  const { arms, holdout, kind } = experiment;
  const level = alphaEach(experiment);
  const countsOf = (key: string) => counted.arms.get(key) ?? noCounts;
  const keys = arms.map(({ name }, at) => (kind === 'interleave' ? String(at) : name));
  const [control] = keys;
  const results = arms.map(({ name }, at) => {
    const own = countsOf(keys[at]!);
    const others = at === 0 ? undefined : countsOf(control!);
    const metrics = metricNames.map((metric) =>
      kind === 'interleave' ? preferenceOf(metric, own, at > 0, level) : metricOf(metric, own, others, level),
    );
    return resultOf(name, own, metrics);
  });
  if (!holdout) return results;
  const held = countsOf(holdoutName);
  const others = kind === 'interleave' ? undefined : countsOf(control!);
  return [
    ...results,
    resultOf(
      holdoutName,
      held,
      metricNames.map((metric) => metricOf(metric, held, others, level)),
    ),
  ];
}

function resultOf(arm: string, { sums: _, revenue, ...counts }: CountedArm, metrics: MetricResult[]): ArmResults {
  const whole = Object.entries(counts).map(([name, value]) => [name, BigInt(value)]);
  return ArmResults.fromPartial({ arm, revenue, metrics, ...Object.fromEntries(whole) });
}

function metricOf(metric: MetricName, own: CountedArm, control: CountedArm | undefined, alpha: number): MetricResult {
  const arm = own.sums[metric] ?? nothing;
  const value = arm.denominator === 0 ? 0 : arm.numerator / arm.denominator;
  if (!control) return { metric, value, difference: undefined };
  const others = control.sums[metric] ?? nothing;
  const found = meanDifference(arm, others, alpha);
  const known = {
    difference: orZero(found.difference),
    low: finite(found.low),
    high: finite(found.high),
    relative: finite(found.relative),
    relativeLow: finite(found.relativeLow),
    relativeHigh: finite(found.relativeHigh),
    pAlways: Number.isFinite(found.low) ? found.pAlways : undefined,
  };
  // Nobody falls by more than all; revenue does, by what is paid back.
  if (metric !== 'revenue' && known.relativeLow !== undefined) known.relativeLow = Math.max(-1, known.relativeLow);
  const base = others.denominator === 0 ? 0 : others.numerator / others.denominator;
  const units = Math.min(arm.units, others.units);
  return { metric, value, difference: MetricDifference.fromPartial(judged(known, { base, units })) };
}

/** The share of decided answers that the arm won, beside one half. Both arms were shown to the same people. */
function preferenceOf(metric: MetricName, own: CountedArm, compared: boolean, alpha: number): MetricResult {
  const sums = own.sums[metric] ?? nothing;
  const { ratio, low, high } = ratioInterval(sums, alpha);
  const value = orZero(ratio);
  if (!compared) return { metric, value, difference: undefined };
  const known = {
    difference: sums.denominator === 0 ? 0 : value - 0.5,
    low: finite(low - 0.5),
    high: finite(high - 0.5),
  };
  const difference = judged(known, { base: 0.5, units: sums.units });
  if (metric === 'revenue' || difference.low === undefined || difference.high === undefined)
    return { metric, value, difference: MetricDifference.fromPartial(difference) };
  const [least, most] = [Math.max(-0.5, difference.low), Math.min(0.5, difference.high)];
  return { metric, value, difference: MetricDifference.fromPartial({ ...difference, low: least, high: most }) };
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
const orZero = (value: number): number => finite(value) ?? 0;

/** Smallest difference whose units are told, as a share of the control's value. */
const aim = 0.05;

function judged<Known extends { low?: number; high?: number }>(
  known: Known,
  { base, units }: { base: number; units: number },
) {
  const { low, high } = known;
  if (low === undefined || high === undefined) return { ...known, verdict: 'needs more' };
  const detectable = base > 0 ? (high - low) / 2 / base : undefined;
  const verdict = low > 0 ? 'win' : high < 0 ? 'loss' : 'no difference yet';
  if (detectable === undefined) return { ...known, verdict };
  // Intervals shrink with the root of the units, or a little slower.
  const needed = BigInt(Math.ceil(units * Math.max(1, (detectable / aim) ** 2)));
  return { ...known, verdict, detectable, unitsForFivePercent: needed };
}

/** What to make of it, in a sentence each. */
export function notesOf(experiment: Experiment, results: readonly ArmResults[], counted: Counted): string[] {
  const { metric, arms, halted } = experiment;
  const { robots } = counted;
  const control = arms[0]!.name;
  const notes = results.slice(1).flatMap((result) => {
    const { arm, metrics } = result;
    const difference = metrics.find((one) => one.metric === metric)?.difference;
    if (!difference) return [];
    if (difference.verdict === 'needs more')
      return [`${arm}: needs more: ${lackOf(experiment, results, result, counted)}`];
    return [`${arm}: ${sentences[difference.verdict]} (${metric}, beside ${control})`];
  });
  for (const [arm, why] of Object.entries(halted)) notes.push(`${arm}: halted, ${why}`);
  if (hasRatioMismatch(experiment, results)) notes.push(mismatch);
  if (robots > 0) notes.push(`${robots} ${robots === 1 ? 'robot was' : 'robots were'} left out`);
  return notes;
}

/** Why nothing is claimed of an arm: too few people, or all of them alike. */
function lackOf(
  { kind, metric }: Experiment,
  results: readonly ArmResults[],
  { units, metrics }: ArmResults,
  counted: Counted,
): string {
  const value = metrics.find((one) => one.metric === metric)!.value;
  if (kind === 'interleave') {
    const decided = counted.arms.get('1')?.sums[metric]?.units ?? 0;
    if (decided >= leastUnits) return `all ${decided} people who preferred an arm preferred the same`;
    return `at least ${leastUnits} people who preferred an arm; now ${decided} did`;
  }
  const fewest = Math.min(Number(units), Number(results[0]!.units));
  if (fewest < leastUnits) return `at least ${leastUnits} people per arm; now ${fewest} were answered`;
  const did = metric === 'click' ? 'clicked' : 'bought';
  return value === 0 ? `nobody ${did} yet, in neither arm` : `everybody ${did} alike, in both arms`;
}

const mismatch =
  'People are not divided as the weights say, so the differences say nothing: look for what keeps people of an arm from being answered or noted';

const sentences: Record<string, string> = {
  win: 'wins',
  loss: 'loses',
  'no difference yet': 'no difference yet; it may still show with more people',
};
