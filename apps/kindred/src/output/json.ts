/** Keys below these hold names that people chose, so they keep their spelling. */
const openMaps = new Set(['attributes', 'scores', 'settings', 'parameters', 'metrics']);

/** As in the contract: overlapAt10 → overlap_at_10, leftP50Ms → left_p50_ms, activeNdcg10 → active_ndcg10. */
const snakeCase = (key: string) =>
  key.replace(/(At)(\d)/g, '$1_$2').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A reply as the JSON of `--json`: snake_case as in the events, times in RFC 3339, bytes in base64, 64-bit integers as
 * numbers up to 2^53-1 and as strings above, absent fields left out, NaN and infinities null.
 */
export function toJson(value: unknown, keep = false, open = openMaps): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return toJson(Object.fromEntries(value), true, open);
  if (Array.isArray(value)) return value.map((entry) => toJson(entry, keep, open));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(
    entries.map(([key, entry]) => [keep ? key : snakeCase(key), toJson(entry, keep || open.has(key), open)]),
  );
}

/** One JSON document, indented. `messages`: what elsewhere holds chosen names, and here fields of the contract. */
export function jsonText(value: unknown, { messages = [] as readonly string[] } = {}): string {
  const open = new Set([...openMaps].filter((key) => !messages.includes(key)));
  return JSON.stringify(toJson(value, false, open), null, 2);
}

/** The same, on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}
