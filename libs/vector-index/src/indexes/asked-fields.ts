/** How many searches a graph of their values alone would serve, or serves (docs/adr/0033). */
export interface AskedField {
  /** An attribute, or "categories". */
  field: string;
  /** Searches of the last seven days. */
  week: number;
  /** Of the last 28. */
  month: number;
}

const leastSearches = 200;
/** A row is built into a graph for what some ten searches save, and written into it later for more. */
const rowsForSearch = 100;
/** Each costs up to as many bytes and as much building as the index itself. */
const mostFields = 2;

/**
 * Fields worth graphs of their values for a collection that declares none: asked often for its size. What is `built` goes
 * when it is asked a quarter as often, or half as often as what would take its place, so that nothing is built back and forth.
 */
export function fieldsThatPay(asked: readonly AskedField[], built: readonly string[], rows: number): string[] {
  const enough = Math.max(leastSearches, rows / rowsForSearch);
  const has = ({ field }: AskedField) => built.includes(field);
  const weight = (one: AskedField) => (has(one) ? 2 * one.week : one.week);
  return asked
    .filter((one) => one.week >= enough || (has(one) && one.month >= enough))
    .sort((a, b) => weight(b) - weight(a) || (a.field < b.field ? -1 : 1))
    .slice(0, mostFields)
    .map(({ field }) => field);
}
