import type { Metadata } from '@grpc/grpc-js';
import { KindredError } from '@kindred/contracts';
import { type Grant, type Role, roles } from './env.ts';

/** Who calls: from the credential, never from the body. */
export interface Caller extends Grant {
  /** The caller's x-request-id, or one made here. Goes back in the trailers and into every log line. */
  requestId: string;
}

const callers = new WeakMap<Metadata, Caller>();

/** Ties a caller to the metadata of its call. The server does it for every call; a test does it for a handler it calls itself. */
export function attachCaller(metadata: Metadata, caller: Caller): Metadata {
  callers.set(metadata, caller);
  return metadata;
}

/** The caller of the call with this metadata. Throws where the call did not come through the server. */
export function callerOf(metadata: Metadata): Caller {
  const caller = callers.get(metadata);
  if (!caller) throw new Error('this metadata belongs to no authenticated call');
  return caller;
}

/** Throws a KindredError ROLE_NOT_ALLOWED unless the caller may do what `role` may do. */
export function requireRole(caller: Caller, role: Role): void {
  if (roles.indexOf(caller.role) >= roles.indexOf(role)) return;
  const message = `This call needs the role "${role}"; the API key has "${caller.role}". Use a key with that role.`;
  throw new KindredError('ROLE_NOT_ALLOWED', '', message);
}
