import type {
  Metadata,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type {
  AnalogyRequest,
  AnalogyResponse,
  ExportWordsRequest,
  ExportWordsResponse,
  ImportWordsRequest,
  ImportWordsResponse,
  SimilarWordsRequest,
  SimilarWordsResponse,
  TrainWordsRequest,
  TrainWordsResponse,
} from '@kindred/contracts';
import { callerOf, callSignal, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { WordService } from './word.service.ts';

const service = 'WordService';

const reader = (metadata: Metadata) => callerOf(metadata).tenant;

function writer(metadata: Metadata): string {
  const caller = callerOf(metadata);
  requireRole(caller, 'writer');
  return caller.tenant;
}

@Controller()
export class WordController {
  constructor(private readonly words: WordService) {}

  @GrpcStreamCall(service)
  trainWords(call: ServerDuplexStream<TrainWordsRequest, TrainWordsResponse>): AsyncGenerator<TrainWordsResponse> {
    return this.words.train(writer(call.metadata), call, callSignal(call));
  }

  @GrpcMethod(service)
  async similarWords(
    request: SimilarWordsRequest,
    metadata: Metadata,
    call: ServerUnaryCall<SimilarWordsRequest, SimilarWordsResponse>,
  ): Promise<SimilarWordsResponse> {
    return { neighbors: await this.words.similar(reader(metadata), request, callSignal(call)) };
  }

  @GrpcMethod(service)
  async analogy(
    request: AnalogyRequest,
    metadata: Metadata,
    call: ServerUnaryCall<AnalogyRequest, AnalogyResponse>,
  ): Promise<AnalogyResponse> {
    return { neighbors: await this.words.analogy(reader(metadata), request, callSignal(call)) };
  }

  @GrpcStreamCall(service)
  async importWords(call: ServerReadableStream<ImportWordsRequest, ImportWordsResponse>): Promise<ImportWordsResponse> {
    return { model: await this.words.import(writer(call.metadata), call, callSignal(call)) };
  }

  @GrpcMethod(service)
  exportWords(
    request: ExportWordsRequest,
    metadata: Metadata,
    call: ServerWritableStream<ExportWordsRequest, ExportWordsResponse>,
  ): AsyncGenerator<ExportWordsResponse> {
    return this.words.export(reader(metadata), request, callSignal(call));
  }
}
