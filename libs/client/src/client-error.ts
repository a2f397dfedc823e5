import { type ServiceError, status } from '@grpc/grpc-js';
import type { ErrorCode, StatusName } from '@kindred/contracts';

/** A code of docs/errors.md; UNREACHABLE where no server answered; else the name of the gRPC status. */
export type ClientErrorCode = ErrorCode | StatusName | 'UNREACHABLE' | 'CANCELLED' | 'UNKNOWN';

/** Why a call failed: what is wrong, in which field, and the id under which the server logged it. */
export class KindredClientError extends Error {
  override readonly name = 'KindredClientError';
  /** Path of the offending field, like "filter.must[0].field"; "" where there is none. */
  readonly field: string;
  /** Name of the gRPC status, like "INVALID_ARGUMENT". */
  readonly status: string;
  /** For the server's operator. The same for all attempts of one call. */
  readonly requestId: string;

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    details: { field?: string; status?: string; requestId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.field = details.field ?? '';
    this.status = details.status ?? code;
    this.requestId = details.requestId ?? '';
  }
}

/** From what grpc-js throws. Anything else (a bug, an aborted signal) comes back as it is. */
export function clientErrorOf(error: unknown, requestId: string, address: string): unknown {
  if (!isServiceError(error)) return error;
  const name = (status[error.code] ?? 'UNKNOWN') as StatusName;
  const code = error.metadata?.get('kindred-code')[0];
  const sent = error.metadata?.get('x-request-id')[0];
  const details = { status: name, requestId: String(sent ?? requestId), cause: error };
  if (code !== undefined) {
    const field = decodeURIComponent(String(error.metadata.get('kindred-field')[0] ?? ''));
    return new KindredClientError(String(code) as ErrorCode, error.details, { ...details, field });
  }
  if (error.code === status.UNAVAILABLE) {
    const message = `Kindred cannot be reached at ${address}: ${connectionProblem(error.details)}. Is it running there?`;
    return new KindredClientError('UNREACHABLE', message, details);
  }
  if (error.code === status.DEADLINE_EXCEEDED) {
    const message = `${address} did not answer before the deadline; allow more time (deadlineMs), or ask for less`;
    return new KindredClientError(name, message, details);
  }
  return new KindredClientError(name, error.details, details);
}

/** What grpc-js says of a connection, without what it adds for its own developers. */
function connectionProblem(details: string): string {
  const [, last] = /^No connection established\. Last error: (.*)\. Resolution note: /s.exec(details) ?? [];
  if (last === undefined) return details;
  return last === 'null' ? 'no connection was established' : last.replace(/^Error: /, '');
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number' && 'details' in error;
}
