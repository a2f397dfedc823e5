import { KindredError, type StatusName } from '@kindred/contracts';

const passing: readonly StatusName[] = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED'];

/** Whether the same call may succeed later: true means retry, false means a dead letter with the error's reason. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof KindredError) || passing.includes(error.status);
}
