import { createHash } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { KindredError } from '@kindred/contracts';
import type { Grant } from './env.ts';

const open: Grant = { tenant: 'default', role: 'admin' };

/** Compared by hash: neither the time of a lookup nor a memory dump tells a key. */
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64');

/** Credential to grant. Without keys everybody is admin of tenant "default" (and only loopback is bound). */
export class Authenticator {
  private readonly grants: Map<string, Grant> | undefined;

  constructor(keys: Record<string, Grant> | undefined) {
    this.grants = keys && new Map(Object.entries(keys).map(([key, grant]) => [hashOf(key), grant]));
  }

  /** Reads "authorization: Bearer <key>" or "x-api-key: <key>". Throws API_KEY_MISSING or API_KEY_UNKNOWN. */
  authenticate(metadata: Metadata): Grant {
    if (!this.grants) return open;
    const key = keyIn(metadata);
    if (key === undefined) {
      const message =
        'The call carries no API key. Send the metadata "authorization: Bearer <key>" or "x-api-key: <key>".';
      throw new KindredError('API_KEY_MISSING', '', message);
    }
    const grant = this.grants.get(hashOf(key));
    if (grant) return grant;
    throw new KindredError(
      'API_KEY_UNKNOWN',
      '',
      'This server does not know the API key. Check it, or ask its operator for one.',
    );
  }
}

function keyIn(metadata: Metadata): string | undefined {
  const [given] = metadata.get('x-api-key');
  const direct = given === undefined ? undefined : String(given).trim();
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(String(metadata.get('authorization')[0] ?? ''))?.[1];
  if (bearer === undefined) return direct;
  if (direct && direct !== bearer) {
    const message =
      'The call carries two API keys, one in "authorization" and another in "x-api-key": send one of them.';
    throw new KindredError('API_KEY_UNKNOWN', '', message);
  }
  return bearer;
}
