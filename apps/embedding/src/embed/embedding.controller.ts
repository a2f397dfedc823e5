import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { EmbedRequest, EmbedResponse, ListModelsRequest, ListModelsResponse } from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { EmbedService } from './embed.service.ts';

@Controller()
export class EmbeddingController {
  constructor(private readonly embedding: EmbedService) {}

  @GrpcMethod('EmbeddingService')
  embed(request: EmbedRequest, metadata: Metadata, call: ServerUnaryCall<EmbedRequest, EmbedResponse>) {
    return this.embedding.embed(callerOf(metadata).tenant, request, callSignal(call));
  }

  @GrpcMethod('EmbeddingService')
  listModels(_request: ListModelsRequest, metadata: Metadata): Promise<ListModelsResponse> {
    return this.embedding.listModels(callerOf(metadata).tenant);
  }
}
