import { Metadata, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import { type CallStatus, statusOf } from './call-status.ts';
import type { Caller } from './caller.ts';
import type { Log } from './log.ts';

/** What grpc-js sends at the end of a call. */
export type EndStatus = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

const openCalls = new WeakMap<Metadata, OpenCall>();

/** The call that came with this metadata. */
export const openCallOf = (metadata: Metadata): OpenCall | undefined => openCalls.get(metadata);

/** One call from its first header to its status. */
export class OpenCall {
  readonly startedAt = performance.now();
  requestId = '';
  caller: Caller | undefined;
  private finished = false;
  private readonly sendStatus: (end: EndStatus) => void;

  /** grpc-js sends some statuses (deadline, message too large) past its interceptors, so `sendStatus` itself is wrapped. */
  constructor(
    readonly path: string,
    private readonly base: ServerInterceptingCallInterface,
    private readonly log: Log,
    private readonly onFinish: (call: OpenCall, end: EndStatus) => void,
  ) {
    this.sendStatus = base.sendStatus.bind(base);
    base.sendStatus = (end) => this.send(end);
  }

  /** The first header is in: the call has an id and can be found by its metadata. */
  begin(metadata: Metadata, requestId: string): void {
    this.requestId = requestId;
    openCalls.set(metadata, this);
  }

  /** The status this error becomes. What is not a KindredError is logged with its stack. */
  statusOf(error: unknown): CallStatus {
    return statusOf(error, this.requestId, this.log);
  }

  /** Ends the call with the status of this error. */
  fail(error: unknown): void {
    if (!this.finished) this.send(this.statusOf(error));
  }

  /** Called when the stream has closed, whether or not there was a status before. */
  closed(): void {
    const late = Number(this.base.getDeadline()) <= Date.now();
    this.finish({ code: late ? status.DEADLINE_EXCEEDED : status.CANCELLED, details: '', metadata: null });
  }

  /** The first status counts; what comes later is dropped. UNKNOWN is what grpc-js makes of an error nobody mapped. */
  private send(end: EndStatus): void {
    if (this.finished) return;
    const known = end.code === status.UNKNOWN ? this.statusOf(new Error(`${end.details}`)) : end;
    const metadata = known.metadata?.clone() ?? new Metadata();
    metadata.set('x-request-id', this.requestId);
    const complete = { code: known.code, details: known.details, metadata };
    this.finish(complete);
    this.sendStatus(complete);
  }

  private finish(end: EndStatus): void {
    if (this.finished) return;
    this.finished = true;
    this.onFinish(this, end);
  }
}
