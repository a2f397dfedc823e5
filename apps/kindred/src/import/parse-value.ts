const currency = /^(?:[₩$€£¥]|KRW|USD|EUR|JPY)?\s*(-?[\d.,]+)\s*(?:원|엔|달러|€|KRW|USD|EUR|JPY)?$/i;
const grouped = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const plainNumber = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;
const truths = new Set(['true', 'yes', 'y', '1', '예', '참', 'o']);
const falsehoods = new Set(['false', 'no', 'n', '0', '아니오', '아니요', '거짓', 'x']);
const date = /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$/;
const dateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/i;

/** Nothing was given: an empty cell, or null in JSON. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** 12.5, "12.5", "12,900", "₩12,900" and "12,900원"; undefined for anything else. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  const text = currency.exec(trimmed)?.[1] ?? trimmed;
  const number = grouped.test(text)
    ? Number(text.replaceAll(',', ''))
    : plainNumber.test(text)
      ? Number(text)
      : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** A number as a machine writes it: no separators, no leading zero, at most 15 digits. Article numbers are not numbers. */
export function looksNumeric(value: unknown): boolean {
  if (typeof value === 'number') return true;
  return typeof value === 'string' && /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(value.trim());
}

export function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = String(value).trim().toLowerCase();
  return truths.has(text) ? true : falsehoods.has(text) ? false : undefined;
}

/** A date or time as RFC 3339; without a zone it is taken as UTC. Undefined for anything else. */
export function parseTime(value: unknown): string | undefined {
  const text = String(value).trim();
  const [, year, month, day] = date.exec(text) ?? [];
  const time =
    year === undefined
      ? text.replace(' ', 'T')
      : `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}T00:00:00Z`;
  if (year === undefined && !dateTime.test(text)) return undefined;
  const parsed = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(time) ? time : `${time}Z`);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed.toISOString();
}

/** A time, or seconds, milliseconds or microseconds since 1970. */
export function parseInstant(value: unknown): Date | undefined {
  if (looksNumeric(value)) {
    const number = Number(value);
    const ms = number < 1e11 ? number * 1e3 : number < 1e14 ? number : number / 1e3;
    return new Date(ms);
  }
  const time = parseTime(value);
  return time === undefined ? undefined : new Date(time);
}

/** An array as it is, a JSON array in a text, or "a|b|c"; one value otherwise. */
export function parseList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.filter((entry) => !isEmpty(entry));
  if (typeof value !== 'string') return [value];
  const text = value.trim();
  if (text.startsWith('[') && text.endsWith(']')) {
    try {
      return (JSON.parse(text) as unknown[]).filter((entry) => !isEmpty(entry));
    } catch {
      // Not JSON after all: a value that happens to stand in brackets.
      return [text];
    }
  }
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
