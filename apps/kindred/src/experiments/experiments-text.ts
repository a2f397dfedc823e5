import type { ArmResults, Experiment, GetExperimentStatusResponse, MetricDifference } from '@kindred/contracts';
import { count, moment, plural, price } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const change = (share: number) => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`;
const amount = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

const listColumns: Column<Experiment>[] = [
  { head: 'experiment', value: (one) => one.name },
  { head: 'collection', value: (one) => one.collection },
  { head: 'scenario', value: (one) => one.scenario },
  { head: 'kind', value: (one) => one.kind },
  {
    head: 'arms',
    flexible: true,
    value: (one) => one.arms.map(({ name, scenario }) => `${name}=${scenario}`).join(', '),
  },
  { head: 'state', value: (one) => one.state },
  { head: 'started', value: (one) => moment(one.startedAt) },
  { head: 'stopped', value: (one) => moment(one.stoppedAt) },
  { head: 'reason', flexible: true, value: (one) => one.reason },
];

export const experimentsTable = (experiments: readonly Experiment[]): string =>
  renderTable(listColumns, [...experiments]);

/** One line: what is compared, and since when. */
export function experimentLine({
  name,
  scenario,
  kind,
  metric,
  state,
  reason,
  startedAt,
  stoppedAt,
}: Experiment): string {
  const since =
    state === 'running' ? `runs since ${moment(startedAt)}` : `ran ${moment(startedAt)} to ${moment(stoppedAt)}`;
  const why = reason === '' ? '' : ` (${reason})`;
  return `${name} on ${scenario}: ${kind}, decided by ${metric}, ${since}${why}`;
}

interface Compared {
  arm: string;
  metric: string;
  value: number;
  difference: MetricDifference | undefined;
  /** Else the value is 0 because nothing was counted. */
  known: boolean;
}

/** Shares of a preference add up to 1, unless no answer was decided. */
const isKnown = (arms: readonly ArmResults[], metric: string, kind: string, answers: bigint): boolean =>
  kind === 'interleave'
    ? arms.some(({ metrics }) => metrics.some((one) => one.metric === metric && one.value > 0))
    : answers > 0n;

/** Counts, differences to the control, and what to make of them. */
export function statusText({ experiment, arms, alphaEach, notes }: GetExperimentStatusResponse): string {
  const kind = experiment?.kind ?? 'split';
  const compared = (arms[0]?.metrics ?? []).flatMap(({ metric }) =>
    arms.flatMap(({ arm, answers, metrics }): Compared[] =>
      metrics
        .filter((one) => one.metric === metric)
        .map(({ value, difference }) => ({
          arm,
          metric,
          value,
          difference,
          known: isKnown(arms, metric, kind, answers),
        })),
    ),
  );
  const level = `Intervals hold at every look, at ${amount.format(100 * (1 - alphaEach))} %.`;
  return [
    experiment ? experimentLine(experiment) : '',
    renderTable(countColumns(experiment), arms),
    '',
    renderTable(kind === 'interleave' ? preferenceColumns : differenceColumns, compared),
    '',
    ...notes,
    level,
  ].join('\n');
}

function countColumns(experiment: Experiment | undefined): Column<ArmResults>[] {
  const scenarioOf = (arm: string) => {
    const found = experiment?.arms.find(({ name }) => name === arm);
    return found?.scenario ?? experiment?.holdout?.scenario ?? '';
  };
  const optional = (value: bigint, counted: boolean) => (counted ? count(value) : '');
  return [
    { head: 'arm', value: ({ arm }) => arm },
    { head: 'answered by', value: ({ arm }) => scenarioOf(arm) },
    { head: 'people', right: true, value: ({ units }) => count(units) },
    { head: 'answers', right: true, value: ({ answers }) => count(answers) },
    { head: 'impressions', right: true, value: ({ impressions }) => optional(impressions, impressions > 0n) },
    { head: 'clicks', right: true, value: ({ clicks }) => count(clicks) },
    { head: 'purchases', right: true, value: ({ conversions }) => count(conversions) },
    { head: 'revenue', right: true, value: ({ revenue }) => amount.format(revenue) },
  ];
}

const valueText = ({ metric, value, known }: Compared) =>
  known ? (metric === 'revenue' ? price(value) : percent(value)) : '';
/** Of the control's value; where that may be 0 in the difference itself. */
function intervalText({ metric, difference }: Compared): string {
  const { low, high, relativeLow, relativeHigh } = difference ?? {};
  // Of an arm without any the relative one is -100 % alone, however little is known.
  if (relativeLow !== undefined && relativeHigh !== undefined && relativeLow < relativeHigh)
    return `${change(relativeLow)} to ${change(relativeHigh)}`;
  if (low === undefined || high === undefined) return '';
  if (metric === 'revenue') return `${price(low)} to ${price(high)}`;
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} points`;
}
const units: Column<Compared> = {
  head: 'people for 5 %',
  right: true,
  value: ({ difference }) =>
    difference?.unitsForFivePercent === undefined ? '' : count(difference.unitsForFivePercent),
};
const verdict: Column<Compared> = { head: 'verdict', value: ({ difference }) => difference?.verdict ?? 'control' };

const differenceColumns: Column<Compared>[] = [
  { head: 'per answer', value: ({ metric }) => metric },
  { head: 'arm', value: ({ arm }) => arm },
  { head: 'value', right: true, value: valueText },
  {
    head: 'to control',
    right: true,
    value: ({ difference }) => (difference?.relative === undefined ? '' : change(difference.relative)),
  },
  { head: 'interval', value: intervalText },
  { head: 'p', right: true, value: ({ difference }) => pText(difference?.pAlways) },
  verdict,
  units,
];

const preferenceColumns: Column<Compared>[] = [
  { head: 'preferred by', value: ({ metric }) => metric },
  { head: 'arm', value: ({ arm }) => arm },
  { head: 'share', right: true, value: ({ value, known }) => (known ? percent(value) : '') },
  {
    head: 'interval',
    value: ({ difference }) => {
      const { low, high } = difference ?? {};
      return low === undefined || high === undefined ? '' : `${percent(0.5 + low)} to ${percent(0.5 + high)}`;
    },
  },
  verdict,
  units,
];

const pText = (p: number | undefined) => (p === undefined ? '' : p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** After it was asked to stop, with a reason perhaps: the first one stays. */
export function stoppedText(experiment: Experiment, given = ''): string {
  const line = experimentLine(experiment);
  if (given === '' || given === experiment.reason) return line;
  return `${line}\nit had stopped already: the reason is not changed`;
}

/** After it began: what to do next. */
export const begunText = ({ name, collection, scenario, arms }: Experiment): string =>
  [
    `${name} runs on ${scenario} of ${collection}: ${plural(arms.length, 'arm')}, ${arms[0]?.name ?? ''} is the control`,
    `see it with: kindred experiments status ${JSON.stringify(name)} -c ${collection}`,
  ].join('\n');
