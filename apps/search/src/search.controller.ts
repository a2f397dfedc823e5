import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  CountRequest,
  CountResponse,
  ExplainAbsenceRequest,
  ExplainAbsenceResponse,
  ExplainRequest,
  ExplainResponse,
  QueryBatchRequest,
  QueryBatchResponse,
  QueryRequest,
  QueryResponse,
} from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { AbsenceService } from './absence/absence.service.ts';
import { BatchService } from './batch/batch.service.ts';
import { SearchService } from './search.service.ts';

/** Queries, and why they answer as they do. */
@Controller()
export class SearchController {
  constructor(
    private readonly search: SearchService,
    private readonly batches: BatchService,
    private readonly absences: AbsenceService,
  ) {}

  @GrpcMethod('SearchService')
  query(request: QueryRequest, metadata: Metadata, call: ServerUnaryCall<QueryRequest, QueryResponse>) {
    return this.search.query(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  explain(request: ExplainRequest, metadata: Metadata, call: ServerUnaryCall<ExplainRequest, ExplainResponse>) {
    return this.search.explain(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  async count(request: CountRequest, metadata: Metadata, call: ServerUnaryCall<CountRequest, CountResponse>) {
    return { count: await this.search.count(request, callerOf(metadata), callSignal(call)) };
  }

  @GrpcMethod('SearchService')
  queryBatch(
    request: QueryBatchRequest,
    metadata: Metadata,
    call: ServerUnaryCall<QueryBatchRequest, QueryBatchResponse>,
  ) {
    return this.batches.queryBatch(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  explainAbsence(
    request: ExplainAbsenceRequest,
    metadata: Metadata,
    call: ServerUnaryCall<ExplainAbsenceRequest, ExplainAbsenceResponse>,
  ) {
    return this.absences.explain(request, callerOf(metadata), callSignal(call));
  }
}
