import type { LookupAddress } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { KindredError } from '@kindred/contracts';
import { checkedAddresses } from './check-address.ts';
import type { MediaLimits, MediaResources } from './media-access.ts';
import { tooLarge } from './too-large.ts';

const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * The body behind an http(s) address. Errors: MEDIA_ADDRESS_REFUSED, MEDIA_UNREACHABLE, FIELD_TOO_LARGE, and the
 * reason of an aborted signal. A failure that may pass is MEDIA_UNREACHABLE too: one silent host must not stop others.
 */
export async function fetchMedia(start: URL, limits: MediaLimits, resources: MediaResources): Promise<Uint8Array> {
  const field = resources.field ?? 'source';
  const deadline = AbortSignal.timeout(limits.milliseconds);
  const signal = resources.signal ? AbortSignal.any([resources.signal, deadline]) : deadline;
  let url = start;
  try {
    for (let hop = 0; hop <= limits.redirects; hop++) {
      checkProtocol(url, field);
      const addresses = await unlessAborted(checkedAddresses(url, resources, field), signal);
      const response = await get(url, addresses, signal);
      if (!redirects.has(response.statusCode ?? 0)) return await bodyOf(response, url, limits, field);
      response.destroy();
      url = new URL(response.headers.location ?? '', url);
    }
  } catch (error) {
    resources.signal?.throwIfAborted();
    if (error instanceof KindredError) throw error;
    const problem = deadline.aborted
      ? `did not answer in full within ${limits.milliseconds} ms`
      : 'could not be fetched';
    throw unreachable(url, problem, field, error);
  }
  throw unreachable(start, `redirects more than ${limits.redirects} times`, field);
}

/** Redirects lead anywhere; only http(s) without a password is followed. */
function checkProtocol(url: URL, field: string): void {
  if (/^https?:$/.test(url.protocol) && !url.username && !url.password) return;
  const message = `${field}: ${shown(url)} is not an http(s) address without user and password; use one`;
  throw new KindredError('MEDIA_ADDRESS_REFUSED', field, message);
}

function get(url: URL, addresses: LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  // The only look-up that this request can make: the addresses that were checked.
  const lookup: LookupFunction = (_host, { all }, done) =>
    all ? done(null, addresses) : done(null, addresses[0]!.address, addresses[0]!.family);
  const headers = { accept: 'image/*, audio/*, */*;q=0.1', 'accept-encoding': 'identity', 'user-agent': 'kindred' };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(url, { agent: false, lookup, headers, signal }).on('response', resolve).on('error', reject).end();
  });
}

async function bodyOf(response: IncomingMessage, url: URL, limits: MediaLimits, field: string): Promise<Uint8Array> {
  try {
    if (response.statusCode !== 200) throw unreachable(url, `answered with status ${response.statusCode}`, field);
    if (Number(response.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits.bytes, field);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limits.bytes) throw tooLarge(limits.bytes, field);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}

/** Look-ups cannot be aborted, only left alone. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function unreachable(url: URL, problem: string, field: string, cause?: unknown): KindredError {
  const message = `${field}: ${shown(url)} ${problem}; check the address and its server, then send it again`;
  return new KindredError('MEDIA_UNREACHABLE', field, message, { cause });
}

/** Without the query, which may hold a signature, and the password. */
const shown = (url: URL) => `${url.protocol}//${url.host}${url.pathname}`.slice(0, 200);
