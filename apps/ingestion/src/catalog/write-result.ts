import { type WriteResult, WriteStatus } from '@kindred/contracts';
import { isRejection } from '../per-message.ts';
import type { Patience } from './patience.ts';

/** A refused write as its result; anything that is not the sender's to mend is thrown on. */
export function rejectedResult(id: string, error: unknown): WriteResult {
  if (!isRejection(error)) throw error;
  const { code, field, message } = error;
  return { id, status: WriteStatus.WRITE_STATUS_REJECTED, revision: undefined, error: { code, field, message } };
}

export const acknowledged = (id: string, revision?: bigint): WriteResult => ({
  id,
  status: WriteStatus.WRITE_STATUS_ACKNOWLEDGED,
  revision,
});

/** Asks again until every id has settled or the caller's patience ends; the rest is PENDING. */
export async function waitUntilSettled(
  ids: string[],
  ask: (ids: string[]) => Promise<Map<string, WriteStatus>>,
  { signal, until }: Patience,
): Promise<Map<string, WriteStatus>> {
  const settled = new Map<string, WriteStatus>();
  let open = ids;
  for (let pause = 10; open.length > 0; pause = Math.min(pause * 1.5, 200)) {
    for (const [id, status] of await ask(open)) settled.set(id, status);
    open = open.filter((id) => !settled.has(id));
    const left = until - Date.now();
    if (open.length === 0 || signal.aborted || left <= 0) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
  for (const id of open) settled.set(id, WriteStatus.WRITE_STATUS_PENDING);
  return settled;
}
