import { randomUUID } from 'node:crypto';
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerListener,
  status,
} from '@grpc/grpc-js';
import { KindredError } from '@kindred/contracts';
import type { Authenticator } from './authenticator.ts';
import { attachCaller } from './caller.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { type EndStatus, OpenCall } from './open-call.ts';
import { RefusedRequest } from './request-guard.ts';

/** Health and reflection: no key, no log line above debug, and they never hold up a shutdown. */
const isPlumbing = (path: string) => path.startsWith('/grpc.');

/** Ids that are safe to print; others are replaced. */
const requestIdShape = /^[\w.:/+=-]{1,128}$/;

/** What every call goes through: request id, credential, the log line, the histogram, the last word on its status. */
export class CallInterceptor {
  private readonly open = new Set<OpenCall>();
  private readonly durations;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const help = 'Time from the request to its status, by method and gRPC status.';
    this.durations = metrics.histogram('kindred_grpc_request_seconds', help, ['method', 'status']);
    const { open } = this;
    metrics.gauge('kindred_grpc_requests_in_flight', 'Calls being answered.', [], function () {
      this.set(open.size);
    });
  }

  /** For grpc-js: `new Server({ interceptors: [callInterceptor.intercept] })`. */
  readonly intercept: ServerInterceptor = (method, base) => {
    const call = new OpenCall(method.path, base, this.log, (finished, end) => this.finish(finished, end));
    this.open.add(call);
    const listener: ServerListener = {
      onReceiveMetadata: (metadata, next) => {
        if (this.admit(call, metadata)) next(metadata);
      },
      onReceiveMessage: (message, next) => {
        if (message instanceof RefusedRequest) call.fail(message.error);
        else next(message);
      },
      onCancel: () => call.closed(),
    };
    return new ServerInterceptingCall(base, { start: (next) => next(listener) });
  };

  /** Ends the calls that would never end by themselves: health watches and reflection streams. */
  endPlumbing(): void {
    for (const call of this.open) if (isPlumbing(call.path)) call.fail(shuttingDown());
  }

  /** Ends what is left when the time for draining is over. Returns how many calls that were. */
  endAll(): number {
    const left = [...this.open];
    for (const call of left) call.fail(shuttingDown());
    return left.length;
  }

  private admit(call: OpenCall, metadata: Metadata): boolean {
    const given = String(metadata.get('x-request-id')[0] ?? '');
    call.begin(metadata, requestIdShape.test(given) ? given : randomUUID());
    if (isPlumbing(call.path)) return true;
    try {
      call.caller = { ...this.authenticator.authenticate(metadata), requestId: call.requestId };
      attachCaller(metadata, call.caller);
      return true;
    } catch (error) {
      call.fail(error);
      return false;
    }
  }

  private finish(call: OpenCall, end: EndStatus): void {
    this.open.delete(call);
    const ms = performance.now() - call.startedAt;
    const method = call.path.slice(1);
    const name = status[end.code ?? status.UNKNOWN];
    this.durations.observe({ method, status: name }, ms / 1_000);
    const code = end.metadata?.get('kindred-code')[0];
    const field = decodeURIComponent(String(end.metadata?.get('kindred-field')[0] ?? '')) || undefined;
    const { requestId, caller } = call;
    const line = {
      method,
      tenant: caller?.tenant,
      ms: Math.round(ms * 100) / 100,
      status: name,
      code,
      field,
      requestId,
    };
    if (isPlumbing(call.path)) this.log.debug(line, 'call');
    else this.log.info(line, 'call');
  }
}

const shuttingDown = () =>
  new KindredError(
    'SHUTTING_DOWN',
    '',
    'The server is shutting down. Try again; another one, or this one in a moment, answers.',
  );
