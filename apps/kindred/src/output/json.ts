/** Keys below these hold names that people chose, so they keep their spelling. */
const openMaps = new Set(['attributes', 'scores', 'settings']);

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A reply as the JSON of `--json`: snake_case as in the events, times in RFC 3339, bytes in base64, 64-bit integers as
 * numbers up to 2^53-1 and as strings above, absent fields left out, NaN and infinities null.
 */
export function toJson(value: unknown, keep = false): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return toJson(Object.fromEntries(value), true);
  if (Array.isArray(value)) return value.map((entry) => toJson(entry, keep));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(
    entries.map(([key, entry]) => [keep ? key : snakeCase(key), toJson(entry, keep || openMaps.has(key))]),
  );
}

/** One JSON document, indented, on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(toJson(value), null, 2)}\n`);
}
