import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  FacetRequest,
  FacetResponse,
  GetRecallRequest,
  GetRecallResponse,
  ListClicksRequest,
  ListClicksResponse,
  RunAnalyzerRequest,
  ScrollRequest,
  ScrollResponse,
  SuggestRequest,
} from '@kindred/contracts';
import { callerOf, callSignal } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ClickHistory } from './clicks/click-history.ts';
import { RecallHistory } from './recall/recall-history.ts';
import { SetService } from './set.service.ts';
import { TextService } from './text/text.service.ts';

/** What is in a collection: its sets of items, its words, how well it is found. */
@Controller()
export class CollectionController {
  constructor(
    private readonly sets: SetService,
    private readonly texts: TextService,
    private readonly recall: RecallHistory,
    private readonly clicks: ClickHistory,
  ) {}

  @GrpcMethod('SearchService')
  facet(request: FacetRequest, metadata: Metadata, call: ServerUnaryCall<FacetRequest, FacetResponse>) {
    return this.sets.facet(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  scroll(request: ScrollRequest, metadata: Metadata, call: ServerUnaryCall<ScrollRequest, ScrollResponse>) {
    return this.sets.scroll(request, callerOf(metadata), callSignal(call));
  }

  @GrpcMethod('SearchService')
  suggest(request: SuggestRequest, metadata: Metadata) {
    return this.texts.suggest(request, callerOf(metadata));
  }

  @GrpcMethod('SearchService')
  runAnalyzer(request: RunAnalyzerRequest, metadata: Metadata) {
    return this.texts.runAnalyzer(request, callerOf(metadata));
  }

  @GrpcMethod('SearchService')
  getRecall(request: GetRecallRequest, metadata: Metadata): Promise<GetRecallResponse> {
    return this.recall.get(callerOf(metadata).tenant, request);
  }

  @GrpcMethod('SearchService')
  async listClicks(request: ListClicksRequest, metadata: Metadata): Promise<ListClicksResponse> {
    return { queries: await this.clicks.list(callerOf(metadata).tenant, request) };
  }
}
