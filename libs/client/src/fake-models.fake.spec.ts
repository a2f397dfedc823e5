import type { ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import {
  type Dataset,
  IndexState,
  type Migration,
  MigrationState,
  type Model,
  type ModelComparison,
  type ModelRef,
  ModelRole,
  ModelState,
  type PlanMigrationResponse,
  type TrainWordsRequest,
  type TrainWordsResponse,
  type VectorIndex,
  type VectorStatus,
} from '@kindred/contracts';
import { refused } from './refused.fake.spec.ts';

type Handler = (call: ServerUnaryCall<Record<string, unknown>, unknown>) => unknown;

const first: ModelRef = { name: 'kindred-text', version: '1' };
const recordedHash = 'ab'.repeat(32);
const keyOf = ({ name, version }: ModelRef) => `${name}@${version}`;

/** Models, migrations and datasets in memory. A migration goes one step further each time somebody asks how it is. */
export class FakeModels {
  readonly models = new Map<string, Model>();
  readonly datasets = new Map<string, Dataset>();
  migration: Migration | undefined;
  /** What GetMigration answers next; an Error-like object is thrown instead. The last one stays. */
  steps: (Partial<Migration> | { throws: object })[] = [];
  comparison: Partial<ModelComparison> = {};
  vectors: VectorStatus[] = [];
  indexes: VectorIndex[] = [];
  /** How often an index is still seen under construction. */
  builds = 0;
  /** How often a repair is still seen under way. */
  repairPolls = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.models.clear();
    this.datasets.clear();
    this.models.set(keyOf(first), modelOf(first, { provider: 'built-in', state: ModelState.MODEL_STATE_ACTIVE }));
    this.migration = undefined;
    this.steps = [{ state: MigrationState.MIGRATION_STATE_READY, done: 3n }];
    this.comparison = {};
    this.vectors = [];
    this.indexes = [];
    this.builds = 0;
    this.repairPolls = 0;
  }

  /** Training takes no time and gives a model of that name. */
  wordHandlers() {
    const trainWords = (call: ServerDuplexStream<TrainWordsRequest, TrainWordsResponse>) => {
      call.once('data', ({ part }: TrainWordsRequest) => {
        const name = part?.$case === 'header' ? part.value.name : '';
        this.register({ name, version: '1', provider: 'words' });
        const model = { name, version: '1', dimensions: 8, vocabulary: 3, subwords: true, artifactHash: 'ab' };
        call.write({ part: { $case: 'result', value: { model, words: 12n, seconds: 0.1, loss: 2 } } });
        call.end();
      });
    };
    const none = () => undefined;
    return { trainWords, similarWords: none, analogy: none, importWords: none, exportWords: none };
  }

  handlers(): Record<string, Handler> {
    return {
      registerModel: ({ request }) => ({ model: this.register(request) }),
      getModel: ({ request }) => ({ model: this.find(request.model as ModelRef), vectors: this.vectors }),
      compareModels: ({ request }) => ({ comparison: this.compare(request) }),
      planMigration: ({ request }) => this.plan(this.find(request.to as ModelRef)),
      startMigration: ({ request }) => ({ migration: this.start(request) }),
      getMigration: () => ({ migration: this.step() }),
      activateModel: ({ request }) => this.activate(request.collection as string),
      rollbackModel: () => ({ active: first, previous: this.migration?.to }),
      dropModel: () => ({ deletedVectors: 3n }),
      getVectorStatus: () => ({ vectors: this.status() }),
      reconcileVectors: () => ({ vectors: this.vectors }),
      listIndexes: () => ({ indexes: this.listIndexes() }),
      rebuildIndex: () => {
        this.builds = 2;
        return { indexes: this.indexes };
      },
    };
  }

  private listIndexes(): VectorIndex[] {
    if (this.builds === 0) return this.indexes;
    this.builds--;
    return this.indexes.map((one) => halfBuilt(one));
  }

  datasetHandlers(): Record<string, Handler> {
    return {
      createDataset: ({ request }) => ({ dataset: this.createDataset(request as unknown as Dataset) }),
      listDatasets: () => ({ datasets: [...this.datasets.values()] }),
      diffDatasets: () => ({
        ...{ addedItems: 2n, removedItems: 0n, changedItems: 1n, addedInteractions: 0n, removedInteractions: 0n },
        examples: ['+상품-2', '~상품-1'],
      }),
      verifyDataset: ({ request }) => {
        const dataset = this.datasets.get(request.name as string);
        if (!dataset) throw refused('DATASET_NOT_FOUND', 'name', `there is no dataset "${request.name}"`, 'NOT_FOUND');
        const moved = { changedItems: 1n, goneItems: 0n, goneInteractions: 0n };
        return { dataset, intact: dataset.hash === recordedHash, computedHash: recordedHash, ...moved };
      },
    };
  }

  private register(request: Record<string, unknown>): Model {
    const ref = { name: request.name as string, version: request.version as string };
    const model = modelOf(ref, { ...request, state: ModelState.MODEL_STATE_REGISTERED });
    this.models.set(keyOf(ref), model);
    return model;
  }

  private find(ref: ModelRef): Model {
    const versions = [...this.models.values()].filter(({ name }) => name === ref.name);
    const found = ref.version === '' ? versions.at(-1) : this.models.get(keyOf(ref));
    if (!found) throw refused('MODEL_NOT_FOUND', 'model', `there is no model "${ref.name}"`, 'NOT_FOUND');
    return found;
  }

  private plan(to: Model): PlanMigrationResponse {
    const sizes = { items: 3n, inputs: 2n, characters: 41n, vectorBytes: 4_608n };
    return { from: first, to, ...sizes, inputsPerSecond: 400, estimatedSeconds: 65, estimatedCost: undefined };
  }

  private start(request: Record<string, unknown>): Migration {
    const { name, version } = this.find(request.to as ModelRef);
    this.migration = {
      collection: request.collection as string,
      from: first,
      to: { name, version },
      state: MigrationState.MIGRATION_STATE_FILLING,
      ...{ items: 3n, done: 0n, refused: 0n, itemsPerSecond: 0, reason: '' },
      startedAt: new Date(0),
    };
    return this.migration;
  }

  private step(): Migration | undefined {
    if (!this.migration) return undefined;
    const step = this.steps.length > 1 ? this.steps.shift()! : (this.steps[0] ?? {});
    if ('throws' in step) throw step.throws;
    this.migration = { ...this.migration, reason: '', ...step };
    return this.migration;
  }

  private compare(request: Record<string, unknown>): ModelComparison {
    const judgedQueries = (request.judged as object[]).length;
    const ndcg = judgedQueries === 0 ? {} : { leftNdcgAt10: 0.412, rightNdcgAt10: 0.455 };
    const interval = judgedQueries === 0 ? {} : { ndcgDifferenceLow: 0.012, ndcgDifferenceHigh: 0.071 };
    const latencies = { leftP50Ms: 3.1, leftP95Ms: 6.2, rightP50Ms: 4.4, rightP95Ms: 9.9 };
    const right = (request.right as ModelRef | undefined) ?? this.migration?.to;
    const queries = { queries: 200 + judgedQueries, judgedQueries, overlapAt10: 0.625 };
    return { left: first, right, ...queries, ...ndcg, ...interval, ...latencies, ...this.comparison };
  }

  private activate(collection: string) {
    if (!this.migration || this.migration.state !== MigrationState.MIGRATION_STATE_READY) {
      const message = `collection "${collection}" has no model that is ready; start a migration first`;
      throw refused('MIGRATION_NOT_POSSIBLE', 'collection', message, 'FAILED_PRECONDITION');
    }
    this.steps = [{ state: MigrationState.MIGRATION_STATE_SWITCHED }];
    return { active: this.migration.to, previous: this.migration.from };
  }

  private status(): VectorStatus[] {
    this.repairPolls -= 1;
    const reconciling = this.repairPolls >= 0;
    return this.vectors.map((one) => ({ ...one, missing: reconciling ? one.missing : 0n, reconciling }));
  }

  private createDataset({ name, collection, description }: Dataset): Dataset {
    const sizes = { items: 3n, interactions: 7n };
    const dataset = { name, collection, description, hash: recordedHash, ...sizes, createdAt: new Date(0) };
    this.datasets.set(name, dataset);
    return dataset;
  }
}

export function modelOf({ name, version }: ModelRef, more: Partial<Model> = {}): Model {
  return {
    ...{ name, version, provider: 'onnx', dimensions: 384, dtype: 'float32', artifactHash: '1f'.repeat(32) },
    ...{ state: ModelState.MODEL_STATE_REGISTERED, normalization: 'l2', takes: ['text'], dataset: '', metrics: {} },
    ...{ collections: [], registeredAt: new Date(0) },
    ...more,
  };
}

export function vectorStatusOf(more: Partial<VectorStatus>): VectorStatus {
  return {
    ...{ collection: '상품', model: first, role: ModelRole.MODEL_ROLE_ACTIVE, kind: 'text', items: 3n, vectors: 3n },
    ...{ missing: 0n, stale: 0n, orphaned: 0n, refused: 0n, method: 'exact', reconciling: false, reason: '' },
    refusals: [],
    ...more,
  };
}

const halfBuilt = (index: VectorIndex): VectorIndex => {
  const phase = 'building index: loading tuples';
  return { ...index, state: IndexState.INDEX_STATE_BUILDING, phase, done: 50n, total: 100n };
};
