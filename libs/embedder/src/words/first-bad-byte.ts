/** Lowest and highest second byte after first bytes that allow fewer than 0x80 to 0xbf (Unicode Standard, table 3-7). */
const seconds = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Place of the first byte that does not belong to a whole UTF-8 character; the length where all do. */
export function firstBadByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOf(bytes[at]!);
    if (length === 0) return at;
    const [low, high] = seconds.get(bytes[at]!) ?? [0x80, 0xbf];
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next];
      const [from, to] = next === 1 ? [low!, high!] : [0x80, 0xbf];
      if (byte === undefined || byte < from || byte > to) return at;
    }
    at += length;
  }
  return at;
}

function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}
