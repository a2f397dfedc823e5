import { KindredError } from '@kindred/contracts';

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);
/** What `pg` says, without a code, when a connection is gone or none is free. */
const connectionGone = /^(connection terminated|timeout e|client (has encountered|was closed)|cannot use a pool)/i;

/**
 * The one place where SQLSTATE becomes an error code: class 08, 53, 57P and lost sockets are DATABASE_UNAVAILABLE,
 * 57014 (canceled or timed out) DEADLINE_EXCEEDED, 22021 and 22P05 TEXT_HAS_NULL_BYTE. Everything else stays as it is.
 */
export function mapError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof KindredError) return error;
  const code = sqlState(error);
  if (code === '57014') return deadlineExceeded(error);
  if (code === '22021' || code === '22P05') {
    const message = 'The text holds a null byte (U+0000), which PostgreSQL cannot store: remove it';
    return new KindredError('TEXT_HAS_NULL_BYTE', '', message, { cause: error });
  }
  const lost =
    /^(08|53|57P|25P03)/.test(code) || unreachable.has(code) || (code === '' && connectionGone.test(error.message));
  return lost ? unavailable(error) : error;
}

function unavailable(cause: Error): KindredError {
  const reason = cause.message || sqlState(cause);
  const message = `The database cannot be reached (${reason}): try again, or check the server and its address`;
  return new KindredError('DATABASE_UNAVAILABLE', '', message, { cause });
}

export function deadlineExceeded(cause?: unknown): KindredError {
  const message = 'The database did not answer in time: allow more time or ask for less';
  return new KindredError('DEADLINE_EXCEEDED', '', message, { cause });
}

/** SQLSTATE of a server error, errno name of a socket error, "" for anything else. */
export function sqlState(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** True for errors of the data itself (class 22, 23 and a null byte): the same statement can never succeed. */
export function isDataError(error: unknown): boolean {
  if (error instanceof KindredError) return error.code === 'TEXT_HAS_NULL_BYTE';
  return /^2[23]/.test(sqlState(error));
}

/** What a server in recovery says to who would write or listen. */
export const isOfReplica = (error: unknown): boolean => sqlState(error) === '25006';

/** The schema is missing, or older than the program. */
export function needsMigration(): Error {
  return new Error('The database has no schema, or an older one than this program needs: run `kindred migrate`');
}

/** A prepared statement outlived a change of its tables, or the server forgot it. Nothing was executed. */
export function isStaleStatement(error: unknown): boolean {
  const code = sqlState(error);
  return code === '26000' || (code === '0A000' && (error as { routine?: string }).routine === 'RevalidateCachedQuery');
}
