import { KindredError, type TrainResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { AttributeDeclaration } from '@kindred/vector-index';
import { contentFor, fitMap } from '../newcomers/fit-map.ts';
import { breather } from '../rebuild/breather.ts';
import type { Settings } from '../settings.ts';
import { type Candidate, candidateOf, compareFactors, quickNdcg } from './compare-factors.ts';
import {
  activateFactors,
  type NewFactors,
  readActiveFactors,
  readItemFactors,
  removeUnregistered,
  writeFactors,
} from './factors.store.ts';
import { keptBecause } from './kept-because.ts';
import { readTrainingData } from './read-training-data.ts';
import { refitFactors } from './refit-factors.ts';
import { searchSettings } from './search-settings.ts';
import { type Epoch, trainFactors } from './train-factors.ts';
import { type TrainingData, trainingBytes } from './training-data.ts';
import * as store from './training-run.store.ts';
import { progressMessage } from './training-wire.ts';

export interface RunPlan {
  tenant: string;
  collectionId: number;
  attributes: readonly AttributeDeclaration[];
  run: bigint;
  /** Which process's work on the run it is, counted from 1. */
  attempt: number;
  /** Begun by the schedule, which resumes what is left. */
  scheduled: boolean;
  settings: store.RunSettings;
  threads: number;
  datasetId?: bigint;
  dataset: string;
  hash: string;
  search: store.Search;
}

/** One run from its rows to its switch. What it throws is noted as the reason of the run's failure. */
export async function* trainingRun(
  database: Database,
  plan: RunPlan,
  settings: Settings,
  signal: AbortSignal,
): AsyncGenerator<TrainResponse> {
  const held = holding(database, plan, signal);
  let reason = 'it was left before its end; resume it';
  let interrupted = true;
  try {
    yield* steps(database, plan, settings, held);
  } catch (error) {
    interrupted = signal.aborted;
    reason = error instanceof KindredError ? error.message : 'an unforeseen error; the log has it';
    throw error;
  } finally {
    held.stop();
    if (signal.aborted) reason = plan.scheduled ? leftBySchedule : 'the call that asked for it ended; resume it';
    // A run that ended by itself is not touched by this.
    await database.transaction({ tenant: plan.tenant }, (sql) =>
      store.endRun(sql, plan, { state: 'failed', reason, interrupted }),
    );
  }
}

const leftBySchedule = 'the server that trained it was stopped; the schedule resumes it';

async function* steps(
  database: Database,
  plan: RunPlan,
  settings: Settings,
  held: Held,
): AsyncGenerator<TrainResponse> {
  const { run, tenant, collectionId, threads } = plan;
  yield progressMessage(run, { phase: 'reading', epochs: plan.settings.epochs });
  const source = { tenant, collectionId, datasetId: plan.datasetId };
  const read = { signals: settings.signals, robotEventsPerMinute: settings.robotEventsPerMinute };
  const { data, robots, robotEvents } = await readTrainingData(database, source, read, held.check);
  const sizes = { pairs: data.pairs, users: data.userCount, items: data.itemIds.length };
  const content = await contentFor(database, plan);
  const shape = { dimensions: plan.settings.dimensions, threads, contentDimensions: content?.dimensions ?? 0 };
  const bytes = trainingBytes(sizes, shape);
  const facts = { ...sizes, heldOut: data.heldOutPairs, robots, robotEvents, bytes };
  checkMemory(bytes, settings.trainingMemoryMb);
  yield progressMessage(run, { phase: 'training', epochs: plan.settings.epochs, facts });
  let chosen = plan.settings;
  if (plan.search.trials > 0) {
    for await (const trial of searchSettings(data, plan)) {
      await held.check();
      chosen = trial.best;
      yield progressMessage(run, {
        phase: 'searching',
        epoch: trial.done,
        epochs: plan.search.trials,
        ndcg: trial.ndcg,
        facts,
      });
    }
  }
  await database.transaction({ tenant }, (sql) => store.noteFacts(sql, run, facts, chosen));
  const trained = yield* epochs(database, { ...plan, settings: chosen }, data, { held, facts });
  yield* decided(database, { ...plan, settings: chosen }, { data, trained }, { held, facts });
}

function checkMemory(bytes: number, mostMb: number): void {
  if (bytes <= mostMb * 1e6) return;
  const needed = Math.ceil(bytes / 1e6);
  const message =
    `The training needs ${needed} MB, more than the ${mostMb} MB it may take; raise RECOMMENDATION_TRAINING_MEMORY_MB to ` +
    `${needed}, or train with fewer dimensions`;
  throw new KindredError('TRAINING_NOT_POSSIBLE', 'settings.dimensions', message);
}

async function* epochs(
  database: Database,
  plan: RunPlan,
  data: TrainingData,
  { held, facts }: During,
): AsyncGenerator<TrainResponse, Epoch> {
  const { tenant, collectionId, run, settings, threads } = plan;
  const checkpoint = await store.readCheckpoint(database, tenant, collectionId, run);
  const training = trainFactors(data, settings, { threads, checkpoint });
  const start = performance.now();
  const first = Math.min(checkpoint?.epoch ?? 0, settings.epochs - 1);
  let last: Epoch | undefined;
  try {
    for (;;) {
      const next = await training.next();
      if (next.done) return last!;
      last = next.value;
      const { epoch, loss, itemFactors } = last;
      await held.check();
      await database.transaction({ tenant }, (sql) =>
        store.writeCheckpoint(sql, { collectionId, run, loss }, { epoch, itemIds: data.itemIds, factors: itemFactors }),
      );
      const secondsLeft = (((performance.now() - start) / (epoch - first)) * (settings.epochs - epoch)) / 1_000;
      const ndcg = await quickNdcg(data, candidateOf(data, last), breather());
      yield progressMessage(run, { phase: 'training', epoch, epochs: settings.epochs, loss, secondsLeft, ndcg, facts });
    }
  } finally {
    // Leaving between two epochs must end the threads too.
    await training.return(undefined as never);
  }
}

interface Held {
  /** Throws when the call was left, or the run is no longer this process's. */
  check(): Promise<void>;
  /** The same, asked of the database: before rows are written that another process could be writing too. */
  confirm(): Promise<void>;
  stop(): void;
}

interface During {
  held: Held;
  facts: store.RunFacts;
}

/** The new model takes over, with the held-out pairs learned too, unless it may be worse: then all stays as it is. */
async function* decided(
  database: Database,
  plan: RunPlan,
  { data, trained }: { data: TrainingData; trained: Epoch },
  { held, facts }: During,
): AsyncGenerator<TrainResponse> {
  const { run, settings } = plan;
  const at = { epoch: settings.epochs, epochs: settings.epochs, facts };
  yield progressMessage(run, { phase: 'comparing', ...at });
  const active = await activeCandidate(database, plan, data);
  const metrics = await compareFactors(data, candidateOf(data, trained), active, breather());
  await held.check();
  const reason = keptBecause(metrics, active !== undefined);
  if (reason !== undefined) return keepActive(database, plan, { reason, metrics });
  yield progressMessage(run, { phase: 'refitting', ...at });
  const refit = await refitFactors(data, plan, trained.itemFactors);
  await held.check();
  yield progressMessage(run, { phase: 'mapping', ...at });
  const source = { ...plan, content: await contentFor(database, plan) };
  const { stored: map, explained } = await fitMap(
    database,
    source,
    { ...data, itemFactors: refit.itemFactors },
    held.check,
  );
  await held.confirm();
  await takeOver(database, plan, {
    ...refit.model,
    version: run,
    itemIds: data.itemIds,
    factors: refit.itemFactors,
    judged: { spectrum: trained.model.spectrum, factors: trained.itemFactors },
    map,
    metrics: explained === undefined ? metrics : { ...metrics, explainedByTraits: explained },
    dataset: plan.dataset,
    datasetHash: plan.hash,
  });
}

/** The run ends without a model of its own, and says why. */
async function keepActive(
  database: Database,
  plan: RunPlan,
  why: { reason: string; metrics: store.RunMetrics },
): Promise<void> {
  await database.transaction({ tenant: plan.tenant }, (sql) => store.endRun(sql, plan, { state: 'kept', ...why }));
}

/** Writes the model and makes it the active one. */
async function takeOver(database: Database, plan: RunPlan, fresh: NewFactors): Promise<void> {
  const { tenant, collectionId } = plan;
  await writeFactors(database, tenant, collectionId, fresh);
  await database.transaction({ tenant }, async (sql) => {
    if (await store.endRun(sql, plan, { state: 'activated', reason: '', metrics: fresh.metrics }))
      return activateFactors(sql, collectionId, fresh);
    await removeUnregistered(sql, collectionId);
    throw lost();
  });
}

/** The active model as it was when it was judged: so it has not seen what the new one has not either. */
async function activeCandidate(
  database: Database,
  { tenant, collectionId }: RunPlan,
  { itemIds }: TrainingData,
): Promise<Candidate | undefined> {
  return database.transaction({ tenant, readOnly: true }, async (sql) => {
    const model = await readActiveFactors(sql, collectionId, 'judged');
    if (!model) return undefined;
    const known = await readItemFactors(sql, collectionId, model.version, 'judged');
    return { model, factors: itemIds.map((id) => known.get(id)) };
  });
}

const renewMs = 15_000;

/** Renews the run's lease while it works, however long an epoch takes. */
function holding(database: Database, plan: RunPlan, signal: AbortSignal): Held {
  let gone = false;
  const renew = async () => {
    if (!(await store.keepRun(database, plan))) gone = true;
  };
  // A lease that could not be renewed is tried again; the next check tells when it was lost.
  const timer = setInterval(() => renew().catch(() => undefined), renewMs);
  const check = async () => {
    signal.throwIfAborted();
    if (gone) throw lost();
  };
  return {
    check,
    async confirm() {
      await renew();
      await check();
    },
    stop: () => clearInterval(timer),
  };
}

function lost(): KindredError {
  const message =
    'The run was taken for dead, or its collection was deleted; look at ListTrainingRuns, and train again';
  return new KindredError('TRAINING_NOT_POSSIBLE', '', message);
}
