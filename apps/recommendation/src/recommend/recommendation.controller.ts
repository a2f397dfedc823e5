import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { RecommendRequest, RecommendResponse, SimilarRequest, SimilarResponse } from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { RecommendService } from './recommend.service.ts';
import { SimilarService } from './similar.service.ts';

@Controller()
export class RecommendationController {
  constructor(
    private readonly recommendations: RecommendService,
    private readonly similarities: SimilarService,
  ) {}

  @GrpcMethod('RecommendationService')
  recommend(request: RecommendRequest, metadata: Metadata, call: ServerUnaryCall<RecommendRequest, RecommendResponse>) {
    return this.recommendations.recommend(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('RecommendationService')
  similar(request: SimilarRequest, metadata: Metadata, call: ServerUnaryCall<SimilarRequest, SimilarResponse>) {
    return this.similarities.similar(request, callerOf(metadata), callSignal(call));
  }
}
