import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  CreateExperimentRequest,
  GetExperimentStatusRequest,
  GetExperimentStatusResponse,
  ListExperimentsRequest,
  StopExperimentRequest,
} from '@kindred/contracts';
import { callerOf, callSignal, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ExperimentService } from './experiment.service.ts';

const service = 'ExperimentService';

function admin(metadata: Metadata): string {
  const caller = callerOf(metadata);
  requireRole(caller, 'admin');
  return caller.tenant;
}

/** Everybody may look at experiments; admins begin and stop them. */
@Controller()
export class ExperimentController {
  constructor(private readonly experiments: ExperimentService) {}

  @GrpcMethod(service)
  createExperiment(request: CreateExperimentRequest, metadata: Metadata) {
    return this.experiments.create(request, admin(metadata));
  }

  @GrpcMethod(service)
  listExperiments(request: ListExperimentsRequest, metadata: Metadata) {
    return this.experiments.list(request, callerOf(metadata).tenant);
  }

  @GrpcMethod(service)
  getExperimentStatus(
    request: GetExperimentStatusRequest,
    metadata: Metadata,
    call: ServerUnaryCall<GetExperimentStatusRequest, GetExperimentStatusResponse>,
  ) {
    return this.experiments.status(request, callerOf(metadata).tenant, callSignal(call));
  }

  @GrpcMethod(service)
  stopExperiment(request: StopExperimentRequest, metadata: Metadata) {
    return this.experiments.stop(request, admin(metadata));
  }
}
