import { KindredError } from '@kindred/contracts';
import { fetchMedia } from './fetch-media.ts';
import type { MediaLimits, MediaResources } from './media-access.ts';
import { checkMediaType } from './media-type.ts';
import { readMediaFile } from './read-media-file.ts';
import { tooLarge } from './too-large.ts';

/**
 * The bytes of an image or a sound: behind an http(s), file: or data: address, or given. Errors: FIELD_TOO_LARGE,
 * MEDIA_ADDRESS_REFUSED, MEDIA_UNREACHABLE, MEDIA_UNREADABLE, each with `resources.field`.
 */
export async function loadMedia(
  source: string | Uint8Array,
  limits: MediaLimits,
  resources: MediaResources = {},
): Promise<Uint8Array> {
  resources.signal?.throwIfAborted();
  const field = resources.field ?? 'source';
  const bytes = typeof source === 'string' ? await bytesBehind(source, limits, resources) : source;
  if (bytes.length > limits.bytes) throw tooLarge(limits.bytes, field);
  if (resources.kind) checkMediaType(bytes, resources.kind, field);
  return bytes;
}

function bytesBehind(source: string, limits: MediaLimits, resources: MediaResources): Uint8Array | Promise<Uint8Array> {
  const field = resources.field ?? 'source';
  if (/^data:/i.test(source)) return inlineBytes(source, limits, field);
  const url = URL.canParse(source) ? new URL(source) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return fetchMedia(url, limits, resources);
  if (url?.protocol === 'file:') return readMediaFile(url, limits, resources);
  const message = `${field} is not an address of a kind that is read; use http:, https:, data: or an allowed file:`;
  throw new KindredError('MEDIA_ADDRESS_REFUSED', field, message);
}

/** RFC 2397. Base64 may be of either alphabet, with or without padding. */
function inlineBytes(source: string, limits: MediaLimits, field: string): Uint8Array {
  const comma = source.indexOf(',');
  const body = source.slice(comma + 1);
  if (body.length > limits.bytes * 3) throw tooLarge(limits.bytes, field);
  try {
    const text = body.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (comma === -1) throw new Error('no comma');
    if (!/;base64\s*$/i.test(source.slice(0, comma))) return Buffer.from(text, 'latin1');
    if (!/^[\w+/-]*={0,2}$/.test(text)) throw new Error('not base64');
    return Buffer.from(text, 'base64');
  } catch (cause) {
    const message = `${field} is a data: address that cannot be decoded; write it as data:image/png;base64,…`;
    throw new KindredError('MEDIA_UNREADABLE', field, message, { cause });
  }
}
