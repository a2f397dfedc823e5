/** Milliseconds of "1s", "6m0s", "120ms" or a plain number of seconds; undefined for anything else. */
function milliseconds(duration: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(duration)) return Number(duration) * 1_000;
  const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration)) return undefined;
  let sum = 0;
  for (const [, value, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) sum += Number(value) * units[unit!]!;
  return sum;
}

/** How long a server asks to wait: Retry-After in seconds or as a date (RFC 9110, section 10.2.3), in milliseconds. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && /^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  const value = headers.get('retry-after')?.trim();
  if (!value) return exhaustedFor(headers);
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? exhaustedFor(headers) : Math.max(0, date - now);
}

/** Milliseconds until a used-up allowance of requests or tokens is renewed, by the x-ratelimit headers. */
export function exhaustedFor(headers: Headers): number | undefined {
  const waits = ['requests', 'tokens'].flatMap((what) => {
    if (headers.get(`x-ratelimit-remaining-${what}`)?.trim() !== '0') return [];
    return milliseconds(headers.get(`x-ratelimit-reset-${what}`)?.trim() ?? '') ?? [];
  });
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

const firstDelay = 250;
const longestDelay = 20_000;

/**
 * Milliseconds before retry number `retry` (from 0): full jitter over an exponential ceiling (Brooker, "Exponential
 * backoff and jitter", 2015), on top of what the server asked for. `random` is in [0, 1).
 */
export function retryDelay(retry: number, asked: number | undefined, random: number): number {
  if (asked !== undefined) return asked + random * firstDelay;
  return random * Math.min(longestDelay, firstDelay * 2 ** retry);
}
