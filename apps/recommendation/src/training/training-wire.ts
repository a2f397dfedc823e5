import { FactorMetrics, FactorProgress, TrainingFacts, TrainingRun, type TrainResponse } from '@kindred/contracts';
import type { RunFacts, RunRow } from './training-run.store.ts';

interface Progress {
  phase: 'reading' | 'searching' | 'training' | 'comparing' | 'refitting' | 'mapping';
  epochs: number;
  epoch?: number;
  loss?: number;
  secondsLeft?: number;
  ndcg?: number;
  facts?: RunFacts;
}

export function progressMessage(run: bigint, { facts, ...progress }: Progress): TrainResponse {
  const value = FactorProgress.fromPartial({ ...progress, run, facts: facts && factsMessage(facts) });
  return { part: { $case: 'progress', value } };
}

export function runMessage(row: RunRow): TrainingRun {
  const { search: _, ...settings } = row.settings;
  return TrainingRun.fromPartial({
    run: row.run_id,
    collection: row.collection,
    state: row.state,
    reason: row.reason,
    settings,
    dataset: row.dataset,
    datasetHash: row.dataset_hash,
    facts: factsMessage(row.facts),
    metrics: metricsMessage(row.metrics),
    epoch: row.epoch,
    loss: row.loss ?? 0,
    startedAt: row.started_at,
    finishedAt: row.finished_at ?? undefined,
    active: row.active,
    scheduled: row.scheduled,
  });
}

function factsMessage(facts: Partial<RunFacts>): TrainingFacts {
  const counted = Object.entries(facts).map(([name, count]) => [name, BigInt(Math.round(count))]);
  return TrainingFacts.fromPartial(Object.fromEntries(counted));
}

function metricsMessage({ people, ...metrics }: RunRow['metrics']): FactorMetrics | undefined {
  return people === undefined ? undefined : FactorMetrics.fromPartial({ ...metrics, people: BigInt(people) });
}
