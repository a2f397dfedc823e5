import type { Metadata, ServerWritableStream } from '@grpc/grpc-js';
import type {
  ListTrainingRunsRequest,
  ListTrainingRunsResponse,
  TrainRequest,
  TrainResponse,
} from '@kindred/contracts';
import { callerOf, callSignal, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { TrainingService } from './training.service.ts';

@Controller()
export class TrainingController {
  constructor(private readonly trainings: TrainingService) {}

  @GrpcMethod('TrainingService')
  train(
    request: TrainRequest,
    metadata: Metadata,
    call: ServerWritableStream<TrainRequest, TrainResponse>,
  ): AsyncGenerator<TrainResponse> {
    const caller = callerOf(metadata);
    requireRole(caller, 'writer');
    return this.trainings.train(caller.tenant, request, callSignal(call));
  }

  @GrpcMethod('TrainingService')
  async listTrainingRuns(request: ListTrainingRunsRequest, metadata: Metadata): Promise<ListTrainingRunsResponse> {
    return { runs: await this.trainings.list(callerOf(metadata).tenant, request.collection) };
  }
}
