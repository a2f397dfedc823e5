import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { CountRequest, CountResponse, QueryRequest, QueryResponse } from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { SearchService } from './search.service.ts';

@Controller()
export class SearchController {
  constructor(private readonly search: SearchService) {}

  @GrpcMethod('SearchService')
  query(request: QueryRequest, metadata: Metadata, call: ServerUnaryCall<QueryRequest, QueryResponse>) {
    return this.search.query(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  async count(request: CountRequest, metadata: Metadata, call: ServerUnaryCall<CountRequest, CountResponse>) {
    return { count: await this.search.count(request, callerOf(metadata), callSignal(call)) };
  }
}
