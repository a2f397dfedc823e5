import type { FactorMetrics, FactorProgress, TrainingFacts, TrainingRun } from '@kindred/contracts';
import { renderFields } from '../output/fields.ts';
import { count, duration, moment, plural } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

const megabytes = (bytes: bigint) => `${count(Math.ceil(Number(bytes) / 1e6))} MB`;

/** What is said before it trains. */
export function factsText(facts: TrainingFacts): string {
  const { pairs, users, items, heldOut, robots, robotEvents, bytes } = facts;
  const lines = [
    `learns from ${plural(pairs, 'pair')} of ${plural(users, 'person', 'people')} and ${plural(items, 'item')}; ` +
      `${plural(heldOut, 'pair')} held out to measure by; takes ${megabytes(bytes)}`,
  ];
  if (robots > 0n) lines.push(`kept out ${plural(robots, 'robot')} with ${plural(robotEvents, 'event')}`);
  return lines.join('\n');
}

export function progressText({ phase, epoch, epochs, loss, secondsLeft, ndcg }: FactorProgress): string {
  if (phase === 'searching') return `searching ${epoch}/${epochs} · best nDCG@10 ${ndcg.toFixed(4)}`;
  if (phase !== 'training' || epoch === 0) return phase;
  return `epoch ${epoch}/${epochs} · loss ${loss.toPrecision(6)} · nDCG@10 ${ndcg.toFixed(4)} · ETA ${duration(secondsLeft * 1_000)}`;
}

export function runText(run: TrainingRun): string {
  const { metrics, settings } = run;
  const title =
    run.state === 'activated'
      ? `run ${run.run} of ${run.collection} is active`
      : `run ${run.run} of ${run.collection} was not taken over`;
  return [
    title,
    renderFields([
      ['why', run.reason],
      ...(metrics ? metricsFields(metrics) : []),
      ['new items', metrics?.explainedByTraits === undefined ? '' : newItemsText(metrics.explainedByTraits)],
      ['settings', settings ? settingsText(run) : ''],
      ['dataset', run.dataset],
    ]),
  ].join('\n');
}

function metricsFields(metrics: FactorMetrics): [string, string][] {
  const { ndcg10, recall20, activeNdcg10, popularNdcg10, differenceLow, differenceHigh, people } = metrics;
  if (people === 0n) return [['nDCG@10', 'not compared: nobody has held-out events']];
  const difference =
    differenceLow === undefined || differenceHigh === undefined
      ? ''
      : `difference ${differenceLow.toFixed(4)} to ${differenceHigh.toFixed(4)} (95 %)`;
  return [
    ['nDCG@10', `${ndcg10.toFixed(4)} on ${plural(people, 'person', 'people')}`],
    ['Recall@20', recall20.toFixed(4)],
    ['active before', [activeNdcg10?.toFixed(4), difference].filter(Boolean).join(', ')],
    ['popularity', popularNdcg10.toFixed(4)],
  ];
}

/** The server keeps a map from .01 on. */
const newItemsText = (explained: number) =>
  explained >= 0.01
    ? `what is known of them tells ${(100 * explained).toFixed(0)} % of their factors`
    : 'what is known of them tells nothing of their factors: they wait for the next training';

/** Nothing while a run is not through. */
function ndcgText({ metrics }: TrainingRun): string {
  if (!metrics) return '';
  return metrics.people === 0n ? 'not compared' : metrics.ndcg10.toFixed(4);
}

function settingsText({ settings }: TrainingRun): string {
  return Object.entries(settings ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

export function runsTable(runs: readonly TrainingRun[]): string {
  const columns = [
    { head: 'run', right: true, value: (run: TrainingRun) => String(run.run) },
    { head: 'collection', value: (run: TrainingRun) => run.collection },
    {
      head: 'state',
      value: (run: TrainingRun) => (run.active ? 'active' : run.state === 'activated' ? 'replaced' : run.state),
    },
    { head: 'epoch', right: true, value: (run: TrainingRun) => `${run.epoch}/${run.settings?.epochs ?? '?'}` },
    { head: 'nDCG@10', right: true, value: ndcgText },
    { head: 'started', value: (run: TrainingRun) => moment(run.startedAt) },
    { head: 'by', value: (run: TrainingRun) => (run.scheduled ? 'schedule' : '') },
    { head: 'dataset', flexible: true, value: (run: TrainingRun) => run.dataset },
    { head: 'reason', flexible: true, value: (run: TrainingRun) => run.reason },
  ];
  return renderTable(columns, [...runs]);
}
