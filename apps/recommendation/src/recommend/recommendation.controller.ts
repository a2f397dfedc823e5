import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  ExplainRecommendationAbsenceRequest,
  ExplainRecommendationAbsenceResponse,
  NextInSessionRequest,
  NextInSessionResponse,
  PersonalizeRequest,
  PersonalizeResponse,
  RecommendRequest,
  RecommendResponse,
  SimilarRequest,
  SimilarResponse,
  TrendingRequest,
  TrendingResponse,
} from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { AbsenceService } from '../absence/absence.service.ts';
import { NextService } from './next.service.ts';
import { PersonalizeService } from './personalize.service.ts';
import { RecommendService } from './recommend.service.ts';
import { SimilarService } from './similar.service.ts';
import { TrendingService } from './trending.service.ts';

const service = 'RecommendationService';
type Call<Request, Response> = ServerUnaryCall<Request, Response>;

/** Answers for people and about items, and why they are as they are. */
@Controller()
export class RecommendationController {
  constructor(
    private readonly recommendations: RecommendService,
    private readonly similarities: SimilarService,
    private readonly personal: PersonalizeService,
    private readonly trends: TrendingService,
    private readonly sessions: NextService,
  ) {}

  @GrpcMethod(service)
  recommend(request: RecommendRequest, metadata: Metadata, call: Call<RecommendRequest, RecommendResponse>) {
    return this.recommendations.recommend(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod(service)
  similar(request: SimilarRequest, metadata: Metadata, call: Call<SimilarRequest, SimilarResponse>) {
    return this.similarities.similar(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod(service)
  personalize(request: PersonalizeRequest, metadata: Metadata, call: Call<PersonalizeRequest, PersonalizeResponse>) {
    return this.personal.personalize(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod(service)
  trending(request: TrendingRequest, metadata: Metadata, call: Call<TrendingRequest, TrendingResponse>) {
    return this.trends.trending(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod(service)
  nextInSession(
    request: NextInSessionRequest,
    metadata: Metadata,
    call: Call<NextInSessionRequest, NextInSessionResponse>,
  ) {
    return this.sessions.next(request, callerOf(metadata), callSignal(call));
  }
}

@Controller()
export class AbsenceController {
  constructor(private readonly absences: AbsenceService) {}

  @GrpcMethod(service)
  explainRecommendationAbsence(
    request: ExplainRecommendationAbsenceRequest,
    metadata: Metadata,
    call: Call<ExplainRecommendationAbsenceRequest, ExplainRecommendationAbsenceResponse>,
  ) {
    return this.absences.explain(request, callerOf(metadata), callSignal(call));
  }
}
