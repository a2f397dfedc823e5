import { KindredError } from '@kindred/contracts';

/** Told by the first bytes: names and headers of senders are not to be trusted. */
export type MediaType = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'wav' | 'flac' | 'mp3';
export type MediaKind = 'image' | 'sound';

const typesOf: Readonly<Record<MediaKind, readonly MediaType[]>> = {
  image: ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'],
  sound: ['wav', 'flac', 'mp3'],
};

const textAt = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** Undefined for everything that is not read here: SVG, PDF, HTML, video, text. */
export function mediaTypeOf(bytes: Uint8Array): MediaType | undefined {
  const four = textAt(bytes, 0, 4);
  if (four === 'RIFF') return ({ WEBP: 'webp', WAVE: 'wav' } as const)[textAt(bytes, 8, 12) as 'WEBP' | 'WAVE'];
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (textAt(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (four === 'GIF8') return 'gif';
  if (four === 'II*\0' || four === 'MM\0*') return 'tiff';
  if (textAt(bytes, 4, 8) === 'ftyp' && /^avi[fs]$/.test(textAt(bytes, 8, 12))) return 'avif';
  if (four === 'fLaC') return 'flac';
  if (four.startsWith('ID3')) return behindTag(bytes);
  return isMpegFrame(bytes, 0) ? 'mp3' : undefined;
}

/** FLAC files, too, may begin with an ID3 tag. Its length: four bytes of seven bits (id3.org, ID3v2.4 section 3.1). */
function behindTag(bytes: Uint8Array): MediaType | undefined {
  const size = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | ((bytes[at] ?? 0) & 0x7f), 0);
  return textAt(bytes, size + 10, size + 14) === 'fLaC' ? 'flac' : 'mp3';
}

/** Eleven bits of sync, then version, layer III, a bit rate and a sample rate that exist (ISO 11172-3, section 2.4.1.3). */
function isMpegFrame(bytes: Uint8Array, at: number): boolean {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  return first === 0xff && second >= 0xe0 && version !== 1 && layer === 1 && third >> 4 !== 15 && (third & 12) !== 12;
}

/** Throws MEDIA_UNREADABLE, with the field, unless the bytes are an image or a sound of a type read here. */
export function checkMediaType(bytes: Uint8Array, kind: MediaKind, field: string): MediaType {
  const type = mediaTypeOf(bytes);
  if (type && typesOf[kind].includes(type)) return type;
  const found = bytes.length === 0 ? 'is empty' : `is not ${kind === 'image' ? 'an image' : 'a sound'} of a known type`;
  const known = typesOf[kind].map((each) => each.toUpperCase()).join(', ');
  throw new KindredError('MEDIA_UNREADABLE', field, `${field} ${found}; send one of ${known}`);
}
