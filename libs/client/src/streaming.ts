import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ClientDuplexStream, MethodDefinition } from '@grpc/grpc-js';
import { clientErrorOf, KindredClientError } from './client-error.ts';
import type { Draft } from './draft.ts';
import type { CallOptions, ServiceName, Transport } from './transport.ts';
import type { MessageType } from './unary.ts';

type Source<Message> = Iterable<Message> | AsyncIterable<Message>;

/** A method whose replies have nothing to do one by one with its requests. */
export type Streaming<Request, Reply> = (
  requests: Source<Draft<Request>>,
  options?: CallOptions,
) => AsyncGenerator<Reply>;

/**
 * Sends at the pace of the server, yields replies at the pace of the reader. The deadline counts the time in which
 * nothing moves in either direction. Never begins again: the source may not be there a second time.
 */
export function streaming<Request, Reply>(
  transport: Transport,
  service: ServiceName,
  method: MethodDefinition<Request, Reply>,
  messageType: MessageType<Request>,
): Streaming<Request, Reply> {
  return async function* (requests, options = {}) {
    options.signal?.throwIfAborted();
    const requestId = options.requestId ?? randomUUID();
    const { requestSerialize, responseDeserialize, path } = method;
    const metadata = transport.metadata(requestId);
    const stream = transport
      .clientOf(service)
      .makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
    const drafts = (async function* () {
      for await (const draft of requests) yield messageType.fromPartial(draft as never);
    })();
    const exchange = new Exchange(stream, transport.patienceOf(options));
    try {
      yield* exchange.replies(drafts, options.signal);
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw clientErrorOf(cause, requestId, transport.addressOf(service));
    }
  };
}

class Exchange<Request, Reply> {
  private failure: unknown;
  private moved = Date.now();
  private reading = true;

  constructor(
    private readonly stream: ClientDuplexStream<Request, Reply>,
    private readonly deadlineMs: number,
  ) {}

  async *replies(requests: AsyncIterable<Request>, signal: AbortSignal | undefined): AsyncGenerator<Reply> {
    const cancel = () => this.stream.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const timer = setInterval(() => this.check(), Math.min(Math.max(this.deadlineMs / 10, 5), 500));
    const over = new AbortController();
    void this.send(requests, over.signal);
    try {
      for await (const reply of this.stream as AsyncIterable<Reply>) {
        this.reading = false;
        yield reply;
        this.reading = true;
        this.moved = Date.now();
      }
    } catch (error) {
      throw this.failure ?? error;
    } finally {
      over.abort();
      clearInterval(timer);
      signal?.removeEventListener('abort', cancel);
      cancel();
    }
  }

  /** Never rejects: what goes wrong with the source ends the stream and is thrown by `replies`. */
  private async send(requests: AsyncIterable<Request>, over: AbortSignal): Promise<void> {
    try {
      for await (const request of requests) {
        if (over.aborted) return;
        if (!this.stream.write(request)) await once(this.stream, 'drain', { signal: over });
        this.moved = Date.now();
      }
      this.stream.end();
    } catch (error) {
      if (over.aborted) return;
      this.failure = error;
      this.stream.cancel();
    }
  }

  private check(): void {
    if (!this.reading || Date.now() - this.moved < this.deadlineMs) return;
    const message = `nothing came or went for ${this.deadlineMs} ms; allow more time`;
    this.failure = new KindredClientError('DEADLINE_EXCEEDED', message);
    this.stream.cancel();
  }
}
