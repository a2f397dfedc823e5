/** MIGRATION_STATE_READY → "ready"; a number that this version does not know → "unrecognized". */
export function enumName(values: Record<string, string | number>, value: number, start: string): string {
  const name = values[value];
  return typeof name === 'string' ? name.replace(start, '').toLowerCase() : 'unrecognized';
}
