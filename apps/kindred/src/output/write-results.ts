import { type WriteResult, WriteStatus } from '@kindred/contracts';

/** WRITE_STATUS_STALE → "stale". */
export const statusName = (status: WriteStatus): string =>
  (WriteStatus[status] ?? 'UNRECOGNIZED').replace('WRITE_STATUS_', '').toLowerCase();

/** Results with the names of their statuses, for --json. */
export const namedResults = (results: WriteResult[]) =>
  results.map((result) => ({ ...result, status: statusName(result.status) }));

export const isRejected = (result: WriteResult | undefined): boolean =>
  result === undefined || result.status === WriteStatus.WRITE_STATUS_REJECTED;
