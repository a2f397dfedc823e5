import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  CreateDatasetRequest,
  DiffDatasetsRequest,
  DiffDatasetsResponse,
  ListDatasetsRequest,
  VerifyDatasetRequest,
  VerifyDatasetResponse,
} from '@kindred/contracts';
import { callerOf, callSignal, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { DatasetService } from './dataset.service.ts';

const service = 'DatasetService';
type Unary<Request> = ServerUnaryCall<Request, unknown>;

@Controller()
export class DatasetsController {
  constructor(private readonly datasets: DatasetService) {}

  @GrpcMethod(service)
  async createDataset(request: CreateDatasetRequest, metadata: Metadata, call: Unary<CreateDatasetRequest>) {
    const caller = callerOf(metadata);
    requireRole(caller, 'writer');
    return { dataset: await this.datasets.create(caller.tenant, request, callSignal(call)) };
  }

  @GrpcMethod(service)
  async listDatasets(request: ListDatasetsRequest, metadata: Metadata) {
    return { datasets: await this.datasets.list(callerOf(metadata).tenant, request) };
  }

  @GrpcMethod(service)
  diffDatasets(
    request: DiffDatasetsRequest,
    metadata: Metadata,
    call: Unary<DiffDatasetsRequest>,
  ): Promise<DiffDatasetsResponse> {
    return this.datasets.diff(callerOf(metadata).tenant, request, callSignal(call));
  }

  @GrpcMethod(service)
  verifyDataset(
    request: VerifyDatasetRequest,
    metadata: Metadata,
    call: Unary<VerifyDatasetRequest>,
  ): Promise<VerifyDatasetResponse> {
    return this.datasets.verify(callerOf(metadata).tenant, request, callSignal(call));
  }
}
