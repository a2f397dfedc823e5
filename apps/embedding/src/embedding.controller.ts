import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { EmbedRequest, EmbedResponse, ListModelsRequest, ListModelsResponse } from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { EmbedTextService } from './embed-text.service.ts';

@Controller()
export class EmbeddingController {
  constructor(private readonly texts: EmbedTextService) {}

  @GrpcMethod('EmbeddingService')
  embed(request: EmbedRequest, _metadata: Metadata, call: ServerUnaryCall<EmbedRequest, EmbedResponse>) {
    return this.texts.embed(request, callSignal(call));
  }

  @GrpcMethod('EmbeddingService')
  listModels(_request: ListModelsRequest, metadata: Metadata): Promise<ListModelsResponse> {
    return this.texts.listModels(callerOf(metadata).tenant);
  }
}
