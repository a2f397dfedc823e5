import { randomUUID } from 'node:crypto';
import type { ClientDuplexStream, MethodDefinition } from '@grpc/grpc-js';
import { clientErrorOf, KindredClientError } from './client-error.ts';
import type { Draft } from './draft.ts';
import { Outbox } from './outbox.ts';
import { beforeRetry } from './retries.ts';
import type { CallOptions, ServiceName, Transport } from './transport.ts';
import type { MessageType } from './unary.ts';

export type Source<Message> = Iterable<Message> | AsyncIterable<Message>;

/** A method that answers each request of a stream with one reply, in order. */
export type Bidi<Request, Reply> = (requests: Source<Draft<Request>>, options?: CallOptions) => AsyncGenerator<Reply>;

/** Most requests without a reply: a source is read no faster than the server answers. */
const window = 1_000;

/**
 * Sends at the pace of the server, yields replies at the pace of the reader. The deadline counts the wait for one reply.
 * Begins again on UNAVAILABLE up to three times as long as no reply has come, never after.
 */
export function bidi<Request, Reply>(
  transport: Transport,
  service: ServiceName,
  method: MethodDefinition<Request, Reply>,
  messageType: MessageType<Request>,
): Bidi<Request, Reply> {
  return async function* (requests, options = {}) {
    const outbox = new Outbox(requests);
    const requestId = options.requestId ?? randomUUID();
    const deadlineMs = transport.patienceOf(options);
    const deadline = Date.now() + deadlineMs;
    const open = () =>
      transport
        .clientOf(service)
        .makeBidiStreamRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          transport.metadata(requestId),
        );
    try {
      for (let attempt = 0; ; attempt += 1) {
        options.signal?.throwIfAborted();
        const exchange = new Exchange<Request, Reply>(open(), outbox, (draft) =>
          messageType.fromPartial(draft as never),
        );
        try {
          yield* exchange.replies(deadlineMs, options.signal);
          return;
        } catch (cause) {
          options.signal?.throwIfAborted();
          const error = clientErrorOf(cause, requestId, transport.addressOf(service));
          if (exchange.answered > 0) throw error;
          await beforeRetry(error, attempt, deadline, options.signal);
          outbox.rewind();
        }
      }
    } finally {
      await outbox.close();
    }
  };
}

/** One attempt at the stream. */
class Exchange<Request, Reply> {
  answered = 0;
  private sent = 0;
  private over = false;
  private allSent = false;
  private failure: unknown;
  private waiting = true;
  private wake: () => void = () => {};

  constructor(
    private readonly stream: ClientDuplexStream<Request, Reply>,
    private readonly outbox: Outbox<Draft<Request>>,
    private readonly complete: (draft: Draft<Request>) => Request,
  ) {}

  async *replies(deadlineMs: number, signal: AbortSignal | undefined): AsyncGenerator<Reply> {
    const cancel = () => this.stream.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const stopWatching = this.watch(deadlineMs);
    const sending = this.send();
    try {
      for await (const reply of this.stream as AsyncIterable<Reply>) {
        this.answered += 1;
        this.outbox.stopKeeping();
        this.wake();
        this.waiting = false;
        yield reply;
        this.waiting = true;
      }
      if (!this.allSent || this.answered < this.sent) throw endedEarly(this.sent - this.answered);
      await sending;
    } catch (error) {
      throw this.failure ?? error;
    } finally {
      this.over = true;
      stopWatching();
      signal?.removeEventListener('abort', cancel);
      this.wake();
      cancel();
    }
  }

  /** Never rejects: what goes wrong with the source ends the stream and is thrown by `replies`. */
  private async send(): Promise<void> {
    try {
      for (;;) {
        while (this.sent - this.answered >= window && !this.over) await this.event();
        const next = await this.outbox.peek();
        if (this.over) return;
        if (next.done) break;
        const request = this.complete(next.value);
        this.outbox.taken(next.value);
        this.sent += 1;
        if (!this.stream.write(request)) await this.drained();
      }
      this.allSent = true;
      this.stream.end();
    } catch (error) {
      this.failure = error;
      this.stream.cancel();
    }
  }

  private async drained(): Promise<void> {
    const wake = () => this.wake();
    this.stream.once('drain', wake);
    while (this.stream.writableNeedDrain && !this.over) await this.event();
    this.stream.off('drain', wake);
  }

  private event(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Cancels when a reply is owed for `deadlineMs`; neither a slow source nor a slow reader counts. */
  private watch(deadlineMs: number): () => void {
    let since = Date.now();
    let answered = 0;
    const check = () => {
      const owed = this.waiting && this.sent > this.answered && this.answered === answered;
      answered = this.answered;
      if (!owed) since = Date.now();
      if (Date.now() - since < deadlineMs) return;
      this.failure = new KindredClientError('DEADLINE_EXCEEDED', `no reply came for ${deadlineMs} ms; allow more time`);
      this.stream.cancel();
    };
    const timer = setInterval(check, Math.min(Math.max(deadlineMs / 10, 5), 500));
    return () => clearInterval(timer);
  }
}

function endedEarly(missing: number): KindredClientError {
  const message = `the server ended the stream with ${missing} requests unanswered; send them again`;
  return new KindredClientError('INTERNAL', message);
}
