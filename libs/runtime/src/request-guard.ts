import type { MethodDefinition } from '@grpc/grpc-js';
import { KindredError, limits } from '@kindred/contracts';

/** A unary request above this is refused by the name of its largest field. Bytes. */
export const largestRequest = 4 * 1024 * 1024;

/**
 * Above this grpc-js refuses by itself, without reading further. Twice the limit: a too large message is read so that
 * the refusal can name the field, and so that an item in a stream is refused alone instead of ending the stream.
 */
export const largestMessage = 2 * largestRequest;

/** Stands in for a request that is not taken; the call interceptor answers with its error. */
export class RefusedRequest {
  constructor(readonly error: KindredError) {}
}

/** The method's deserializer, with a RefusedRequest for bytes that are no message or too many. */
export function guardedDeserializer(method: MethodDefinition<unknown, unknown>): (bytes: Buffer) => unknown {
  return (bytes) => {
    let request: unknown;
    try {
      request = method.requestDeserialize(bytes);
    } catch (cause) {
      return new RefusedRequest(malformed(method.path, cause as Error));
    }
    if (bytes.byteLength <= largestRequest || method.requestStream) return request;
    return new RefusedRequest(tooLarge(request, bytes.byteLength));
  };
}

function malformed(path: string, cause: Error): KindredError {
  if (/recursion limit/.test(cause.message)) {
    const message = `The request is nested too deep to be read; a filter may have ${limits.filterDepth} levels. Flatten its filter, prefetch or attributes`;
    return new KindredError('FIELD_TOO_LARGE', '', message, { cause });
  }
  const message = `The request is not a valid message of ${path}: ${cause.message}. Send the message the .proto file defines.`;
  return new KindredError('FIELD_INVALID', '', message, { cause });
}

function tooLarge(request: unknown, bytes: number): KindredError {
  const { path, size } = largestField(request, '');
  const message = `The request has ${bytes} bytes; at most ${largestRequest} are taken. Most of it is ${path} (${size} bytes): shorten it, or send several requests.`;
  return new KindredError('FIELD_TOO_LARGE', path, message);
}

/** Path and size of the biggest leaf; strings count in UTF-16 units, which is near enough to name one. */
function largestField(value: unknown, path: string): { path: string; size: number } {
  if (typeof value === 'string' || value instanceof Uint8Array) return { path, size: value.length };
  let largest = { path, size: typeof value === 'object' ? 0 : 8 };
  if (typeof value !== 'object' || value === null || value instanceof Date) return largest;
  for (const [key, child] of Object.entries(value)) {
    const name = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    const found = largestField(child, name);
    if (found.size > largest.size) largest = found;
  }
  return largest;
}
