import {
  KindredError,
  type TrainingRun as TrainingRunMessage,
  type TrainRequest,
  type TrainResponse,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, type CollectionRow } from '@kindred/vector-index';
import type { Settings } from '../settings.ts';
import { checkResumed, defaultSettings, runSettingsOf, searchOf, threadsOf } from './run-settings.ts';
import * as store from './training-run.store.ts';
import { type RunPlan, trainingRun } from './training-run.ts';
import { runMessage } from './training-wire.ts';

/** Answers the TrainingService: trains factors, and lists what was trained. */
export class TrainingService {
  private readonly collections: CollectionDirectory;

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {
    this.collections = new CollectionDirectory(database);
  }

  /**
   * Yields progress, then the run as it ended. Throws COLLECTION_NOT_FOUND, DATASET_NOT_FOUND, TRAINING_RUN_NOT_FOUND,
   * TRAINING_RUNNING, FIELD_INVALID or TRAINING_NOT_POSSIBLE; whatever is thrown after it began is noted in the run.
   */
  async *train(
    tenant: string,
    request: TrainRequest,
    signal: AbortSignal,
    { scheduled = false } = {},
  ): AsyncGenerator<TrainResponse> {
    const plan = await this.begun(await this.collections.get(tenant, request.collection), request, scheduled);
    yield* trainingRun(this.database, plan, this.settings, signal);
    yield { part: { $case: 'result', value: await this.read(plan) } };
  }

  async list(tenant: string, collection: string): Promise<TrainingRunMessage[]> {
    const id = collection === '' ? undefined : (await this.collections.get(tenant, collection)).collectionId;
    return this.database.transaction({ tenant }, async (sql) => {
      await store.failAbandoned(sql);
      return (await store.listRuns(sql, id)).map(runMessage);
    });
  }

  private begun(collection: CollectionRow, request: TrainRequest, scheduled: boolean): Promise<RunPlan> {
    const { tenant, collectionId, attributes } = collection;
    const own = { tenant, collectionId, attributes, threads: threadsOf(request) };
    return this.database.transaction({ tenant }, async (sql) => {
      await store.failAbandoned(sql);
      if (request.resume > 0n) return this.resumed(sql, own, request);
      const settings = runSettingsOf(request.settings);
      const search = searchOf(request);
      const dataset = await this.datasetOf(sql, collectionId, request.dataset);
      const noted = { settings, dataset: request.dataset, hash: dataset?.hash ?? '', scheduled };
      const first = search.trials > 0 ? { ...settings, search } : settings;
      const run = await store.beginRun(sql, collectionId, { ...noted, settings: first });
      if (run === undefined) throw running(request.collection);
      return { ...own, run, attempt: 1, datasetId: dataset?.dataset_id, search, ...noted };
    });
  }

  private async resumed(
    sql: Parameters<typeof store.readRun>[0],
    own: Pick<RunPlan, 'tenant' | 'collectionId' | 'attributes' | 'threads'>,
    request: TrainRequest,
  ): Promise<RunPlan> {
    const { resume, collection } = request;
    checkResumed(request);
    const { collectionId } = own;
    const known = await store.readRun(sql, collectionId, resume);
    if (!known || known.state === 'activated' || known.state === 'kept') {
      const message = `There is no failed run ${resume} of "${collection}"; ListTrainingRuns shows those there are`;
      throw new KindredError('TRAINING_RUN_NOT_FOUND', 'resume', message);
    }
    const dataset = await this.datasetOf(sql, collectionId, known.dataset);
    const attempt = await store.resumeRun(sql, collectionId, resume);
    if (attempt === undefined) throw running(collection);
    // One that was left in its search begins that anew: the same seed tries the same settings.
    const { search = { trials: 0, seconds: 0 }, ...noted } = known.settings;
    const settings = { ...defaultSettings, ...noted };
    const { dataset: name, dataset_hash: hash } = known;
    return { ...own, ...attempt, settings, datasetId: dataset?.dataset_id, search, dataset: name, hash };
  }

  private async datasetOf(sql: Parameters<typeof store.readRun>[0], collectionId: number, name: string) {
    if (name === '') return undefined;
    const found = await store.findDataset(sql, collectionId, name);
    if (found) return found;
    const message = `The collection has no dataset "${name}"; ListDatasets shows those there are`;
    throw new KindredError('DATASET_NOT_FOUND', 'dataset', message);
  }

  private async read({ tenant, collectionId, run }: RunPlan): Promise<TrainingRunMessage> {
    const row = await this.database.transaction({ tenant, readOnly: true }, (sql) =>
      store.readRun(sql, collectionId, run),
    );
    return runMessage(row!);
  }
}

function running(collection: string): KindredError {
  const message = `"${collection}" is being trained; wait for its run to end, ListTrainingRuns shows how far it is`;
  return new KindredError('TRAINING_RUNNING', 'collection', message);
}
