const rfc3339 = /^\d{4}-\d\d-\d\d(?<time>[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(?<offset>[Zz]|[+-]\d\d:?\d\d)?)?$/;

/**
 * Milliseconds since 1970 of an RFC 3339 time, or of a date alone; NaN of any other text. Without an offset it is UTC,
 * wherever this runs: as PostgreSQL reads what is stored.
 */
export function instant(text: string): number {
  const { groups } = rfc3339.exec(text) ?? {};
  if (!groups) return Number.NaN;
  return Date.parse(groups.time && !groups.offset ? `${text}Z` : text);
}
