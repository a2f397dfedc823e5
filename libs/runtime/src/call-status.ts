import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { KindredError } from '@kindred/contracts';
import type { Log } from './log.ts';

/** Longest message that goes out: headers have a ceiling, and a message may quote what was sent. */
const longestDetails = 2_000;

/** A status that is ready to be sent, as an error: what handlers, filters and streams of grpc-js can throw and emit. */
export class CallStatus extends Error implements StatusObject {
  override readonly name = 'CallStatus';

  constructor(
    readonly code: status,
    readonly details: string,
    readonly metadata: Metadata,
  ) {
    super(details);
  }
}

/**
 * What the caller gets for an error: a KindredError becomes its status with the metadata kindred-code and kindred-field
 * (percent-encoded UTF-8); anything else INTERNAL with the request id, logged with its stack, which never leaves.
 */
export function statusOf(error: unknown, requestId: string, log: Log): CallStatus {
  if (error instanceof CallStatus) return error;
  if (error instanceof KindredError) {
    return new CallStatus(status[error.status], trimmed(error.message), details(error.code, error.field));
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new CallStatus(status.CANCELLED, 'the caller hung up', new Metadata());
  }
  log.error({ requestId, err: error }, 'a call failed for an unforeseen reason');
  const text = `internal error, request ${requestId}`;
  return new CallStatus(status.INTERNAL, text, details('INTERNAL', ''));
}

function details(code: string, field: string): Metadata {
  const metadata = new Metadata();
  metadata.set('kindred-code', code);
  metadata.set('kindred-field', encodeURIComponent(field.toWellFormed()));
  return metadata;
}

/** grpc-js percent-encodes the message and would throw on a lone surrogate. */
function trimmed(text: string): string {
  if (text.length <= longestDetails) return text.toWellFormed();
  return `${text.slice(0, longestDetails).toWellFormed()}…`;
}
