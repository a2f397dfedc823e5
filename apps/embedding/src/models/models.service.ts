import {
  type ActivateModelRequest,
  type ActivateModelResponse,
  type CompareModelsRequest,
  type CompareModelsResponse,
  type DropModelRequest,
  type DropModelResponse,
  type GetMigrationRequest,
  type GetMigrationResponse,
  type GetModelRequest,
  type GetModelResponse,
  type GetVectorStatusRequest,
  type GetVectorStatusResponse,
  KindredError,
  type ModelRef,
  type PlanMigrationRequest,
  type PlanMigrationResponse,
  type ReconcileVectorsRequest,
  type ReconcileVectorsResponse,
  type RegisterModelRequest,
  type RegisterModelResponse,
  type RollbackModelRequest,
  type RollbackModelResponse,
  type StartMigrationRequest,
  type StartMigrationResponse,
} from '@kindred/contracts';
import type { CollectionDirectory } from '@kindred/vector-index';
import type { VectorStatusService } from '../vectors/vector-status.service.ts';
import type { CompareService } from './compare.service.ts';
import type { MigrationService } from './migration.service.ts';
import type { KnownModel, ModelRegistry } from './model-registry.ts';
import type { ModelSwitch, Switched } from './model-switch.ts';
import { modelOf, refOf } from './wire.ts';

const mostQueries = 1_000;

export interface ModelOperations {
  registry: ModelRegistry;
  migrations: MigrationService;
  switcher: ModelSwitch;
  comparison: CompareService;
  vectors: VectorStatusService;
}

/** Answers ModelService: names on the wire to models and collections, and back. */
export class ModelsService {
  constructor(
    private readonly collections: CollectionDirectory,
    private readonly operations: ModelOperations,
    /** Called when there is something new to be done in the background. */
    private readonly nudge: () => void,
  ) {}

  async register(tenant: string, request: RegisterModelRequest): Promise<RegisterModelResponse> {
    const { name, version, provider, parameters = {}, dataset, metrics } = request;
    const wanted = { name, version, provider, parameters, dataset, metrics };
    return { model: modelOf(await this.operations.registry.register(tenant, wanted)) };
  }

  async get(tenant: string, { model }: GetModelRequest): Promise<GetModelResponse> {
    const known = await this.model(tenant, model, 'model');
    const all = await this.operations.vectors.status(tenant, '');
    const own = all.filter((one) => one.model?.name === known.name && one.model.version === known.version);
    return { model: modelOf(known), vectors: own };
  }

  async compare(tenant: string, request: CompareModelsRequest, signal: AbortSignal): Promise<CompareModelsResponse> {
    const { judged, recent = 200 } = request;
    if (!(recent >= 0 && recent <= mostQueries) || judged.length > mostQueries) {
      const field = judged.length > mostQueries ? 'judged' : 'recent';
      throw new KindredError('LIMIT_OUT_OF_RANGE', field, `${field} must be from 0 to ${mostQueries}`);
    }
    const empty = judged.findIndex(({ text }) => text.trim() === '');
    if (empty >= 0) {
      throw new KindredError(
        'FIELD_MISSING',
        `judged[${empty}].text`,
        `judged[${empty}].text is empty; say what was asked`,
      );
    }
    const collection = await this.collections.get(tenant, request.collection);
    const named = {
      left: request.left?.name ? await this.model(tenant, request.left, 'left') : undefined,
      right: request.right?.name ? await this.model(tenant, request.right, 'right') : undefined,
    };
    const sides = await this.operations.comparison.sides(collection, named);
    return { comparison: await this.operations.comparison.compare(collection, sides, { judged, recent }, signal) };
  }

  async plan(tenant: string, request: PlanMigrationRequest, signal: AbortSignal): Promise<PlanMigrationResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    return this.operations.migrations.plan(collection, await this.model(tenant, request.to, 'to'), signal);
  }

  async start(tenant: string, request: StartMigrationRequest): Promise<StartMigrationResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    const to = await this.model(tenant, request.to, 'to');
    const migration = await this.operations.migrations.start(collection, to, request.itemsPerSecond);
    this.nudge();
    return { migration };
  }

  async migration(tenant: string, request: GetMigrationRequest): Promise<GetMigrationResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    return { migration: await this.operations.migrations.read(collection) };
  }

  async activate(tenant: string, request: ActivateModelRequest): Promise<ActivateModelResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    const wanted = request.model?.name ? await this.model(tenant, request.model, 'model') : undefined;
    return switched(await this.operations.switcher.activate(collection, wanted, request.acceptRefused));
  }

  async rollback(tenant: string, request: RollbackModelRequest): Promise<RollbackModelResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    return switched(await this.operations.switcher.rollback(collection));
  }

  async drop(tenant: string, request: DropModelRequest): Promise<DropModelResponse> {
    const collection = await this.collections.get(tenant, request.collection);
    const model = await this.model(tenant, request.model, 'model');
    return { deletedVectors: await this.operations.switcher.drop(collection, model) };
  }

  async vectorStatus(tenant: string, { collection }: GetVectorStatusRequest): Promise<GetVectorStatusResponse> {
    return { vectors: await this.operations.vectors.status(tenant, collection) };
  }

  async reconcile(tenant: string, request: ReconcileVectorsRequest): Promise<ReconcileVectorsResponse> {
    return { vectors: await this.operations.vectors.reconcile(tenant, request) };
  }

  private model(tenant: string, ref: ModelRef | undefined, field: string): Promise<KnownModel> {
    if (!ref?.name) throw new KindredError('FIELD_MISSING', field, `${field} is empty; name a model, see ListModels`);
    return this.operations.registry.get(tenant, ref.name, ref.version, field);
  }
}

const switched = ({ active, previous }: Switched) => ({
  active: refOf(active),
  previous: previous && refOf(previous),
});
