const whole = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 19406 → "19,406". */
export const count = (value: number | bigint): string => whole.format(value);
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });
/** 43519.95 → "43,519.95": with all its digits. */
export const number = (value: number): string => exact.format(value);
/** 49.9 → "49.90"; nothing where there is no price. */
export const price = (value: number | undefined): string => (value === undefined ? '' : money.format(value));
/** Three decimals. */
export const score = (value: number): string => value.toFixed(3);
/** 1 item, 2 items. */
export const plural = (value: number | bigint, one: string, many = `${one}s`): string =>
  `${count(value)} ${Number(value) === 1 ? one : many}`;
/** 1.26 s, 4.1 ms. */
export const duration = (ms: number): string => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** 44 s, 12 min 5 s, 3 h 20 min; "unknown" for what is not a length of time. */
export function longTime(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return 'unknown';
  const all = Math.ceil(seconds);
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes} min ${all % 60} s`;
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** 512 B, 4.6 kB, 28.4 MB: powers of 1,000. */
export function bytes(value: number | bigint): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const size = Number(value);
  const power = size < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return `${power === 0 ? size : (size / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** 1,412, 4.1, 0.5: per second. */
export const rate = (value: number): string => (value >= 9.95 ? count(Math.round(value)) : value.toFixed(1));

/** 2026-11-24 15:42:59, in UTC; "" where there is none. */
export const moment = (time: Date | undefined): string => time?.toISOString().slice(0, 19).replace('T', ' ') ?? '';

/** An attribute value in one line. */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
