import type { KindredClientError } from './client-error.ts';
import { refusal } from './refusal.ts';

const serialization = 'Request message serialization failure';

/** The refusal of a number that a request cannot carry, like a limit of 1.5; undefined where the call failed of something else. */
export function unfitNumber<Request>(
  cause: unknown,
  request: Request,
  serialize: (request: Request) => unknown,
): KindredClientError | undefined {
  if (!(cause instanceof Error) || !cause.message.includes(serialization)) return undefined;
  for (const { holder, key, value, path } of numbersOf(request, '')) {
    if (!isTaken(request, serialize, { holder, key })) continue;
    return refusal('FIELD_INVALID', path, `is ${value}; it must be a whole number of at most 2^31-1`);
  }
  return undefined;
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

/** Whether the request can be written with a 0 in the place. It is left as it was. */
function isTaken<Request>(request: Request, serialize: (request: Request) => unknown, { holder, key }: Place): boolean {
  const value = holder[key];
  holder[key] = 0;
  try {
    serialize(request);
    return true;
  } catch {
    return false;
  } finally {
    holder[key] = value;
  }
}

function* numbersOf(node: unknown, path: string): Generator<Place & { value: number; path: string }> {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node) || node instanceof Date) return;
  const isList = Array.isArray(node);
  const isChoice = '$case' in node;
  for (const [key, value] of Object.entries(node)) {
    const inner = isList ? `[${key}]` : isChoice ? '' : path === '' ? key : `.${key}`;
    if (typeof value === 'number') yield { holder: node as Record<string, unknown>, key, value, path: path + inner };
    else yield* numbersOf(value, path + inner);
  }
}
