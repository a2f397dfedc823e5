const utf8 = new TextEncoder();

/**
 * Where a unit (a user, a session) falls in an experiment, uniform in [0, 1) in steps of 2^-32. It is the same for ever,
 * on every machine; buckets of two salts say nothing about each other. Not for secrets: units can be made to fall
 * anywhere.
 */
export function bucketOf(salt: string, unit: string): number {
  return murmur3(utf8.encode(unit), murmur3(utf8.encode(salt), 0)) / 2 ** 32;
}

/** MurmurHash3_x86_32 (Appleby 2011), unsigned. */
function murmur3(bytes: Uint8Array, seed: number): number {
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed;
  for (let at = 0; at < whole; at += 4) {
    const block = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = (Math.imul(rotated(hash ^ scrambled(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8) | bytes[at]!;
  hash ^= scrambled(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotated = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));
const scrambled = (word: number) => Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
