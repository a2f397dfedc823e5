import type { MediaKind } from './media-type.ts';

export interface MediaLimits {
  /** Most bytes of one file. */
  bytes: number;
  /** Longest time for one file, redirects included. */
  milliseconds: number;
  /** Most redirects followed; each target is checked like the first address. */
  redirects: number;
}

export const defaultMediaLimits: MediaLimits = { bytes: 20_971_520, milliseconds: 10_000, redirects: 3 };

/** What the process allows. By default public http(s) addresses and inline bytes, nothing else. */
export interface MediaResources {
  /** Hosts ("cdn.internal" or "cdn.internal:8080") that may have any unicast address, link-local included. */
  allowedHosts?: readonly string[];
  /** Whether loopback, private, unique-local and carrier-grade NAT addresses may be fetched from; link-local may not. */
  allowPrivate?: boolean;
  /** file: addresses are read below this folder only. Absent: refused. */
  folder?: string;
  /** What the bytes must be, by their first bytes. Absent: not checked here. */
  kind?: MediaKind;
  /** Field that errors name; "source" by default. */
  field?: string;
  signal?: AbortSignal;
}
