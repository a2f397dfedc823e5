const whole = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** 19406 → "19,406". */
export const count = (value: number | bigint): string => whole.format(value);
/** 49.9 → "49.90"; nothing where there is no price. */
export const price = (value: number | undefined): string => (value === undefined ? '' : money.format(value));
/** Three decimals. */
export const score = (value: number): string => value.toFixed(3);
/** 1 item, 2 items. */
export const plural = (value: number | bigint, one: string, many = `${one}s`): string =>
  `${count(value)} ${Number(value) === 1 ? one : many}`;
/** 1.26 s, 4.1 ms. */
export const duration = (ms: number): string => (ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** An attribute value in one line. */
export function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
