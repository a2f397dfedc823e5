import { once } from 'node:events';
import type { Metadata, ServerDuplexStream, ServerUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import {
  CatalogServiceService,
  KindredError,
  type QueryRequest,
  type QueryResponse,
  SearchServiceService,
  type UpsertItemsRequest,
  type UpsertItemsResponse,
  WriteStatus,
} from '@kindred/contracts';
import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod } from '@nestjs/microservices';
import { map, type Observable, of } from 'rxjs';
import { callerOf, callSignal, type Service } from './index.ts';

const json = {
  requestSerialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  requestDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()),
  responseSerialize: (value: unknown) => Buffer.from(JSON.stringify(value)),
  responseDeserialize: (bytes: Buffer) => JSON.parse(bytes.toString()),
};

/** The kinds of call that kindred.v1 does not have: server-streaming, client-streaming, and a bidi stream of Observables. */
export const countDefinition = {
  down: { path: '/kindred.test.v1.CountService/Down', requestStream: false, responseStream: true, ...json },
  sum: { path: '/kindred.test.v1.CountService/Sum', requestStream: true, responseStream: false, ...json },
  double: { path: '/kindred.test.v1.CountService/Double', requestStream: true, responseStream: true, ...json },
} as const satisfies ServiceDefinition;

/** What the fake has seen, and the lever that lets a waiting query go on. */
export class Lever {
  readonly signals: AbortSignal[] = [];
  readonly events: string[] = [];
  waiting = 0;
  private readonly gate = new EventTarget();

  release(): void {
    this.gate.dispatchEvent(new Event('go'));
  }

  async wait(signal: AbortSignal): Promise<void> {
    this.waiting += 1;
    await once(this.gate, 'go', { signal });
  }
}

@Controller()
class EchoController {
  constructor(private readonly lever: Lever) {}

  @GrpcMethod('SearchService')
  async query(
    request: QueryRequest,
    metadata: Metadata,
    call: ServerUnaryCall<QueryRequest, QueryResponse>,
  ): Promise<QueryResponse> {
    const { tenant, role, requestId } = callerOf(metadata);
    const text = request.by?.$case === 'text' ? request.by.value : '';
    if (text.startsWith('KindredError ')) {
      const [, code, ...field] = text.split(' ');
      throw new KindredError(code as 'INTERNAL', field.join(' '), `${code} happened to ${request.collection}`);
    }
    if (text === 'crash') throw new Error('secret detail: password=hunter2');
    if (text === 'wait') {
      const signal = callSignal(call);
      this.lever.signals.push(signal);
      await this.lever.wait(signal);
    }
    return {
      requestId,
      hits: [],
      nextPageToken: `${tenant}/${role}/${text.length}`,
      plan: undefined,
      groups: [],
      suggestions: [],
    };
  }

  /** Answers each request, and throws at an item without an id. */
  @GrpcStreamCall('CatalogService')
  async *upsertItems(
    call: ServerDuplexStream<UpsertItemsRequest, UpsertItemsResponse>,
  ): AsyncGenerator<UpsertItemsResponse> {
    let index = 0n;
    for await (const { item } of call as AsyncIterable<UpsertItemsRequest>) {
      if (!item?.itemId) throw new KindredError('FIELD_MISSING', 'item.item_id', 'item.item_id is missing');
      const result = { id: item.itemId, status: WriteStatus.WRITE_STATUS_ACKNOWLEDGED, error: undefined };
      yield { index, result };
      index += 1n;
    }
  }

  @GrpcMethod('CountService')
  async *down(request: { from: number }): AsyncGenerator<{ value: number }> {
    for (let value = request.from; value >= 0; value -= 1) {
      if (value === 13) throw new KindredError('FIELD_INVALID', 'value', '13 is not counted');
      yield { value };
    }
  }

  @GrpcStreamCall('CountService')
  async sum(call: ServerDuplexStream<{ value: number }, unknown>): Promise<{ value: number }> {
    let total = 0;
    for await (const { value } of call as AsyncIterable<{ value: number }>) total += value;
    if (total < 0) throw new Error('negative');
    return { value: total };
  }

  @GrpcStreamMethod('CountService')
  double(values: Observable<{ value: number }>): Observable<{ value: number }> {
    return values.pipe(map(({ value }) => ({ value: value * 2 })));
  }
}

@Controller()
class StrayController {
  @GrpcMethod('SearchService', 'Qurey')
  qurey() {
    return of({});
  }
}

class EchoModule {}

/** A service without a database; `stray` adds a handler for a method that does not exist. */
export function echoService(lever: Lever, options: { stray?: boolean } = {}): Service {
  const hooks = {
    beforeApplicationShutdown: () => void lever.events.push('hooks'),
    onApplicationBootstrap: () => void lever.events.push('bootstrap'),
  };
  return {
    name: 'echo',
    module: {
      module: EchoModule,
      controllers: [EchoController, ...(options.stray ? [StrayController] : [])],
      providers: [
        { provide: Lever, useValue: lever },
        { provide: 'hooks', useValue: hooks },
      ],
    },
    grpc: {
      'kindred.v1.SearchService': SearchServiceService,
      'kindred.v1.CatalogService': CatalogServiceService,
      'kindred.test.v1.CountService': countDefinition,
    },
  };
}
