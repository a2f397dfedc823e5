import { type ErrorCode, errorCodes } from '@kindred/contracts';
import { KindredClientError } from './client-error.ts';

/** What the server would say to a request, said before it is sent: the field, what is wrong with it, and the way out. */
export const refusal = (code: ErrorCode, field: string, problem: string): KindredClientError =>
  new KindredClientError(code, field === '' ? problem : `${field} ${problem}`, { field, status: errorCodes[code] });

/** Refuses keys that are not taken, so that none is ignored silently. `waysOut` says what to do instead, by key. */
export function onlyKeys(given: object, path: string, taken: string[], waysOut: Record<string, string> = {}): void {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || taken.includes(key)) continue;
    const wayOut = waysOut[key] ?? `is not taken here; leave it out. Taken are ${taken.join(', ')}`;
    throw refusal('FIELD_INVALID', path === '' ? key : `${path}.${key}`, wayOut);
  }
}
