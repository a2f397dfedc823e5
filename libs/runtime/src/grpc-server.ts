import { Server, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import { ServerGrpc } from '@nestjs/microservices';
import { fromEvent, isObservable, lastValueFrom, takeUntil } from 'rxjs';
import { bind } from './bind.ts';
import type { CallInterceptor } from './call-interceptor.ts';
import type { Log } from './log.ts';
import { openCallOf } from './open-call.ts';
import { largestMessage } from './request-guard.ts';
import { packageDefinitionOf, packagesOf, type Service } from './service.ts';
import { streamError } from './stream-error.ts';
import { writeAll } from './write-all.ts';

type WritableCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;
type Handler = (...args: unknown[]) => Promise<unknown>;
type Callback = (error: unknown, value?: unknown) => void;

export interface GrpcServerOptions {
  services: Service[];
  /** host:port; port 0 takes a free one. */
  address: string;
  interceptor: CallInterceptor;
  log: Log;
  /** Adds services that are not Nest's: health, reflection. */
  extend: (server: Server) => void;
}

/** Keepalive: a dead peer is noticed within 80 s; clients may ping every 10 s, also between calls. */
const settings = {
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.http2.min_ping_interval_without_data_ms': 10_000,
  'grpc.max_receive_message_length': largestMessage,
  'grpc.enable_channelz': 0,
  'grpc.so_reuseport': 0,
};

/**
 * Nest's gRPC transport with four differences: it listens after the handlers are in place; a @GrpcStreamCall or
 * server-streaming handler may return an async iterable, which is read at the pace of the caller; an error of any
 * handler ends its call with a status; and a handler without a method in the contract fails at start-up.
 */
export class GrpcServer extends ServerGrpc {
  /** Where it listens, host:port. */
  address = '';
  private readonly bound = new Set<unknown>();

  constructor(private readonly given: GrpcServerOptions) {
    const { services } = given;
    super({ package: packagesOf(services), packageDefinition: packageDefinitionOf(services), url: given.address });
  }

  override async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const server = new Server({ ...settings, interceptors: [this.given.interceptor.intercept] });
      this.grpcClient = server;
      await this.bindEvents();
      this.refuseStrayHandlers();
      this.given.extend(server);
      this.address = await bind(server, this.url);
      callback();
    } catch (error) {
      callback(error);
    }
  }

  override getMessageHandler(...args: Parameters<ServerGrpc['getMessageHandler']>) {
    const handler = super.getMessageHandler(...args);
    this.bound.add(handler);
    return handler;
  }

  override createStreamServiceMethod(handler: Handler) {
    return async (call: ServerWritableStream<unknown, unknown>) => {
      await answer(call, () => handler(call.request, call.metadata, call));
    };
  }

  override createStreamCallMethod(handler: Handler, isResponseStream: boolean) {
    return async (nestCall: unknown, callback: Callback) => {
      const call = nestCall as ServerDuplexStream<unknown, unknown>;
      leaveOpenAfterReading(call);
      if (isResponseStream) await answer(call, () => handler(call));
      else await answerOnce(call, callback, () => handler(call));
    };
  }

  /** Stops taking calls and resolves when those in flight are done; those left after `ms` end with SHUTTING_DOWN. */
  async drain(ms: number): Promise<void> {
    const server = this.grpcClient as Server | null;
    if (!server) return;
    this.grpcClient = null;
    const done = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    this.given.interceptor.endPlumbing();
    const timer = setTimeout(() => {
      const left = this.given.interceptor.endAll();
      if (left > 0)
        this.given.log.warn({ calls: left }, 'calls were cut off: they took longer than the shutdown waits');
      setTimeout(() => server.forceShutdown(), 100);
    }, ms);
    await done;
    clearTimeout(timer);
  }

  override async close(): Promise<void> {
    await this.drain(0);
  }

  private refuseStrayHandlers(): void {
    const stray = [...this.messageHandlers]
      .filter(([, handler]) => !this.bound.has(handler))
      .map(([pattern]) => pattern);
    if (stray.length === 0) return;
    throw new Error(`no method of the served gRPC services matches these handlers: ${stray.join(', ')}`);
  }
}

/** Runs a handler that answers with a stream: an async iterable, an Observable, or its own writes to the call. */
async function answer(call: WritableCall, run: () => Promise<unknown>): Promise<void> {
  try {
    const result = await run();
    if (isObservable(result)) {
      await result.pipe(takeUntil(fromEvent(call, 'cancelled'))).forEach((value) => void call.write(value));
    } else if (isAsyncIterable(result)) {
      await writeAll(call, result);
    }
    if (!call.writableEnded) call.end();
  } catch (error) {
    fail(call, error);
  }
}

async function answerOnce(call: ServerDuplexStream<unknown, unknown>, callback: Callback, run: () => Promise<unknown>) {
  try {
    const result = await run();
    callback(null, isObservable(result) ? await lastValueFrom(result) : result);
  } catch (error) {
    openCallOf(call.metadata)?.fail(error);
  }
}

/** By way of the stream, so that what was written before arrives; past it where it is closed already. */
function fail(call: WritableCall, error: unknown): void {
  if (call.cancelled) return;
  if (call.destroyed || call.writableEnded) openCallOf(call.metadata)?.fail(error);
  else call.emit('error', streamError(error, call));
}

/** `for await (… of call)` would otherwise close the call when the last request is read, before the last answer. */
function leaveOpenAfterReading(call: ServerDuplexStream<unknown, unknown>): void {
  call[Symbol.asyncIterator] = () => call.iterator({ destroyOnReturn: false });
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
