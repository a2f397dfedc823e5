import { randomUUID } from 'node:crypto';
import type { MethodDefinition } from '@grpc/grpc-js';
import { clientErrorOf } from './client-error.ts';
import type { Draft } from './draft.ts';
import { beforeRetry } from './retries.ts';
import type { CallOptions, ServiceName, Transport } from './transport.ts';
import { unfitNumber } from './unfit-number.ts';

/** Fills in what a request leaves out. */
export interface MessageType<Message> {
  fromPartial(draft: never): Message;
}

export type Unary<Request, Response> = (request: Draft<Request>, options?: CallOptions) => Promise<Response>;

/** A method with one request and one answer: with a deadline, and up to three retries on UNAVAILABLE. */
export function unary<Request, Response>(
  transport: Transport,
  service: ServiceName,
  method: MethodDefinition<Request, Response>,
  messageType: MessageType<Request>,
): Unary<Request, Response> {
  return async (draft, options = {}) => {
    const request = messageType.fromPartial(draft as never);
    const requestId = options.requestId ?? randomUUID();
    const deadline = Date.now() + transport.patienceOf(options);
    for (let attempt = 0; ; attempt += 1) {
      options.signal?.throwIfAborted();
      try {
        return await once(transport, service, method, { request, requestId, deadline, signal: options.signal });
      } catch (cause) {
        options.signal?.throwIfAborted();
        const unfit = unfitNumber(cause, request, method.requestSerialize);
        if (unfit) throw unfit;
        const error = clientErrorOf(cause, requestId, transport.addressOf(service));
        await beforeRetry(error, attempt, deadline, options.signal);
      }
    }
  };
}

interface Attempt<Request> {
  request: Request;
  requestId: string;
  deadline: number;
  signal: AbortSignal | undefined;
}

function once<Request, Response>(
  transport: Transport,
  service: ServiceName,
  method: MethodDefinition<Request, Response>,
  { request, requestId, deadline, signal }: Attempt<Request>,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = transport
      .clientOf(service)
      .makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        transport.metadata(requestId),
        { deadline },
        (error, response) => {
          signal?.removeEventListener('abort', cancel);
          if (error) reject(error);
          else resolve(response as Response);
        },
      );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}
