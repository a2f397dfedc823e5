import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  ActivateModelRequest,
  ActivateModelResponse,
  CompareModelsRequest,
  CompareModelsResponse,
  DropModelRequest,
  DropModelResponse,
  GetMigrationRequest,
  GetMigrationResponse,
  GetModelRequest,
  GetModelResponse,
  GetVectorStatusRequest,
  GetVectorStatusResponse,
  ListIndexesRequest,
  ListIndexesResponse,
  PlanMigrationRequest,
  PlanMigrationResponse,
  RebuildIndexRequest,
  RebuildIndexResponse,
  ReconcileVectorsRequest,
  ReconcileVectorsResponse,
  RegisterModelRequest,
  RegisterModelResponse,
  RollbackModelRequest,
  RollbackModelResponse,
  StartMigrationRequest,
  StartMigrationResponse,
} from '@kindred/contracts';
import { callerOf, callSignal, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { IndexService } from '../indexes/index.service.ts';
import { ModelsService } from './models.service.ts';

const service = 'ModelService';

/** Reading takes any key; what changes models is an operator's. */
@Controller()
export class ModelsController {
  constructor(
    private readonly models: ModelsService,
    private readonly indexes: IndexService,
  ) {}

  @GrpcMethod(service)
  registerModel(request: RegisterModelRequest, metadata: Metadata): Promise<RegisterModelResponse> {
    return this.models.register(operator(metadata), request);
  }

  @GrpcMethod(service)
  getModel(request: GetModelRequest, metadata: Metadata): Promise<GetModelResponse> {
    return this.models.get(callerOf(metadata).tenant, request);
  }

  @GrpcMethod(service)
  compareModels(
    request: CompareModelsRequest,
    metadata: Metadata,
    call: ServerUnaryCall<CompareModelsRequest, CompareModelsResponse>,
  ): Promise<CompareModelsResponse> {
    return this.models.compare(operator(metadata), request, callSignal(call));
  }

  @GrpcMethod(service)
  planMigration(
    request: PlanMigrationRequest,
    metadata: Metadata,
    call: ServerUnaryCall<PlanMigrationRequest, PlanMigrationResponse>,
  ): Promise<PlanMigrationResponse> {
    return this.models.plan(operator(metadata), request, callSignal(call));
  }

  @GrpcMethod(service)
  startMigration(request: StartMigrationRequest, metadata: Metadata): Promise<StartMigrationResponse> {
    return this.models.start(operator(metadata), request);
  }

  @GrpcMethod(service)
  getMigration(request: GetMigrationRequest, metadata: Metadata): Promise<GetMigrationResponse> {
    return this.models.migration(callerOf(metadata).tenant, request);
  }

  @GrpcMethod(service)
  activateModel(request: ActivateModelRequest, metadata: Metadata): Promise<ActivateModelResponse> {
    return this.models.activate(operator(metadata), request);
  }

  @GrpcMethod(service)
  rollbackModel(request: RollbackModelRequest, metadata: Metadata): Promise<RollbackModelResponse> {
    return this.models.rollback(operator(metadata), request);
  }

  @GrpcMethod(service)
  dropModel(request: DropModelRequest, metadata: Metadata): Promise<DropModelResponse> {
    return this.models.drop(operator(metadata), request);
  }

  @GrpcMethod(service)
  getVectorStatus(request: GetVectorStatusRequest, metadata: Metadata): Promise<GetVectorStatusResponse> {
    return this.models.vectorStatus(callerOf(metadata).tenant, request);
  }

  @GrpcMethod(service)
  reconcileVectors(request: ReconcileVectorsRequest, metadata: Metadata): Promise<ReconcileVectorsResponse> {
    return this.models.reconcile(operator(metadata), request);
  }

  @GrpcMethod(service)
  async listIndexes({ collection }: ListIndexesRequest, metadata: Metadata): Promise<ListIndexesResponse> {
    return { indexes: await this.indexes.list(callerOf(metadata).tenant, collection) };
  }

  @GrpcMethod(service)
  async rebuildIndex({ collection }: RebuildIndexRequest, metadata: Metadata): Promise<RebuildIndexResponse> {
    return { indexes: await this.indexes.rebuild(operator(metadata), collection) };
  }
}

function operator(metadata: Metadata): string {
  const caller = callerOf(metadata);
  requireRole(caller, 'admin');
  return caller.tenant;
}
