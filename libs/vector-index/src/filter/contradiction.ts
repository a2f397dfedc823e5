import type { Filter } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { type Demands, demandsOf, demandsOfCondition, type FieldTest, hasFairSize } from './field-tests.ts';
import { bounds } from './field-to-sql.ts';
import type { FilterField } from './filter-field.ts';
import { type FilterValue, filterValue } from './filter-value.ts';

/** What is left of a field's values: an interval, a list, a beginning. */
interface Left {
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
  /** Absent: any. */
  values?: Set<FilterValue>;
  prefix: string;
}

/**
 * Why no item whatever can match the filter, in words that name the conditions; undefined where one may. Says so only of
 * what is certain: fields of one value, or bounds of one range. Throws FILTER_* for what is wrong with a condition it reads.
 */
export function contradictionOf(filter: Filter | undefined, collection: CollectionRow): string | undefined {
  if (!filter || !hasFairSize(filter)) return undefined;
  return contradicted(demandsOf(filter, 'filter', collection), collection);
}

function contradicted({ tests, alternatives }: Demands, collection: CollectionRow): string | undefined {
  const found = ofTests(tests, collection);
  if (found) return found;
  for (const { path, conditions } of alternatives) {
    const impossible = conditions.every((condition, at) => {
      const more = demandsOfCondition(condition, `${path}[${at}]`, collection);
      return ofTests([...tests, ...more.tests], collection) !== undefined;
    });
    if (impossible) return `None of ${path} can hold beside what must: nothing matches`;
  }
  return undefined;
}

function ofTests(tests: readonly FieldTest[], collection: CollectionRow): string | undefined {
  const names = new Set(tests.map(({ field }) => field.name));
  for (const name of names) {
    const group = tests.filter(({ field }) => field.name === name);
    const alone = group.find((one) => !one.negated && one.test.$case === 'range' && isEmpty(narrowed(anything(), one)));
    if (alone) return `The bounds of ${alone.path} leave no value of "${name}": nothing matches`;
    if (!holdsOneValue(group[0]!.field, collection)) continue;
    const left = anything();
    for (const one of group) if (!one.negated) narrowed(left, one);
    for (const one of group) if (one.negated) withoutValues(left, one);
    if (isEmpty(left)) {
      const paths = group.map(({ path }) => path);
      return `${listed(paths)} leave no value of "${name}": nothing matches`;
    }
  }
  return undefined;
}

/**
 * An attribute that was declared when its items were already there may hold a list all the same, which satisfies two
 * conditions that no single value does. A declaration that never changed was checked for every item.
 */
function holdsOneValue(field: FilterField, collection: CollectionRow): boolean {
  if (field.column) return !field.list;
  const declared = collection.attributes.find((attribute) => attribute.name === field.name);
  return !declared?.array && collection.updatedAt.getTime() === collection.createdAt.getTime();
}

const anything = (): Left => ({ low: -Infinity, lowOpen: false, high: Infinity, highOpen: false, prefix: '' });

function narrowed(left: Left, { field, test, path }: FieldTest): Left {
  if (test.$case === 'equals') keep(left, [filterValue(field, test.value, `${path}.equals`)]);
  if (test.$case === 'in')
    keep(
      left,
      test.value.values.map((value, at) => filterValue(field, value, `${path}.in[${at}]`)),
    );
  if (test.$case === 'prefix') keepPrefix(left, test.value);
  if (test.$case === 'range') {
    for (const [bound, value] of bounds(field, test.value, `${path}.range`)) {
      const place = typeof value === 'number' ? value : Date.parse(String(value));
      if (bound === 'gt' || bound === 'gte') raise(left, place, bound === 'gt');
      else lower(left, place, bound === 'lt');
    }
  }
  return left;
}

function keep(left: Left, values: FilterValue[]): void {
  left.values = new Set(left.values ? values.filter((value) => left.values!.has(value)) : values);
}

/** Two beginnings go together where one begins with the other. */
function keepPrefix(left: Left, prefix: string): void {
  if (prefix.startsWith(left.prefix)) left.prefix = prefix;
  else if (!left.prefix.startsWith(prefix)) left.values = new Set();
}

function raise(left: Left, to: number, open: boolean): void {
  if (to < left.low || (to === left.low && !open)) return;
  left.low = to;
  left.lowOpen = open;
}

function lower(left: Left, to: number, open: boolean): void {
  if (to > left.high || (to === left.high && !open)) return;
  left.high = to;
  left.highOpen = open;
}

function withoutValues(left: Left, { field, test, path }: FieldTest): void {
  if (!left.values) return;
  if (test.$case === 'equals') left.values.delete(filterValue(field, test.value, `${path}.equals`));
  if (test.$case !== 'in') return;
  for (const [at, value] of test.value.values.entries())
    left.values.delete(filterValue(field, value, `${path}.in[${at}]`));
}

function isEmpty(left: Left): boolean {
  if (left.low > left.high || (left.low === left.high && (left.lowOpen || left.highOpen))) return true;
  return left.values !== undefined && ![...left.values].some((value) => within(left, value));
}

function within({ low, lowOpen, high, highOpen, prefix }: Left, value: FilterValue): boolean {
  if (typeof value === 'boolean') return true;
  if (prefix !== '' && !String(value).startsWith(prefix)) return false;
  if (low === -Infinity && high === Infinity) return true;
  const place = typeof value === 'number' ? value : Date.parse(value);
  return (lowOpen ? place > low : place >= low) && (highOpen ? place < high : place <= high);
}

const listed = (paths: string[]) =>
  paths.length < 2 ? paths.join('') : `${paths.slice(0, -1).join(', ')} and ${paths.at(-1)} together`;
