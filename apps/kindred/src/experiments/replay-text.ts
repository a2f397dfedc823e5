import type { ReplayEstimate, ReplayedMetric, ReplayedValue, ReplayScenarioResponse } from '@kindred/contracts';
import { renderFields } from '../output/fields.ts';
import { count, plural } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';

type Row = ReplayEstimate & Pick<ReplayedMetric, 'metric' | 'logged'>;

const columns: Column<Row>[] = [
  { head: 'per answer', value: ({ metric }) => metric },
  { head: 'as it was', right: true, value: ({ logged }) => figure(logged) },
  { head: 'estimate', value: ({ estimator }) => estimator },
  { head: 'as ranked (95 %)', value: ({ ranked }) => withInterval(ranked) },
  { head: 'new setting', value: ({ replayed }) => withInterval(replayed) },
  { head: 'difference', value: ({ difference }) => withInterval(difference) },
];

/** What a replay found: what it is based on, its estimates, and a verdict for each metric. */
export function replayText(scenario: string, reply: ReplayScenarioResponse): string {
  const { answers, units, changed, unsupported, effectivePlaces, clipped, metrics, notes } = reply;
  const rows = metrics.flatMap(({ estimates, metric, logged }) => estimates.map((one) => ({ ...one, metric, logged })));
  const facts = renderFields([
    ['places that change', percent(changed)],
    ['places without support', percent(unsupported)],
    ['effective places', count(Math.floor(effectivePlaces))],
    ['clipped weights', clipped > 0 ? percent(clipped) : ''],
  ]);
  return [
    `${scenario}, on ${plural(answers, 'answer')} to ${plural(units, 'person', 'people')}`,
    facts,
    '',
    renderTable(columns, rows),
    '',
    ...metrics.map(({ metric, verdict }) => `${metric}: ${verdict}`),
    ...notes,
  ].join('\n');
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const figure = (value: number | undefined) => (value === undefined ? '?' : String(Number(value.toPrecision(3))));

function withInterval(value: ReplayedValue | undefined): string {
  if (value?.value === undefined) return '?';
  if (value.low === undefined || value.high === undefined) return figure(value.value);
  return `${figure(value.value)} (${figure(value.low)} to ${figure(value.high)})`;
}
