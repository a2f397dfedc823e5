import { type Condition, type Filter, limits } from '@kindred/contracts';
import { where } from './filter.ts';
import { parseFilter } from './parse-filter.ts';
import { refusal } from './refusal.ts';

/** What methods take as `filter`: what the builder makes, or text like "supplier = Logitech and price < 30". */
export type FilterInput = Partial<Filter> | Condition | string;

const lists = ['must', 'should', 'mustNot'] as const;

/** From any of the forms a filter is given in; of the lists of a filter some may be left out. `path` is its field. */
export function filterOf(input: FilterInput | undefined, path = 'filter'): Filter | undefined {
  if (input === undefined) return undefined;
  if (typeof input === 'string') return parseFilter(input);
  const filter = isObject(input) && 'kind' in input ? where(input) : (input as Partial<Filter>);
  checkFilter(filter, path);
  return { must: [], should: [], mustNot: [], ...filter };
}

/** Far below what would exhaust the stack. Up to here the server says by its path what is too deep. */
const deepest = 2 * limits.filterDepth;

function checkFilter(filter: Partial<Filter>, path: string): void {
  if (!isObject(filter)) throw refusal('FILTER_INVALID', path, `is ${nameOf(filter)}; ${ways}, or leave it out`);
  let level: Partial<Filter>[] = [filter];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > deepest) {
      const problem = `is nested deeper than ${limits.filterDepth} levels; flatten the filter`;
      throw refusal('FILTER_TOO_LARGE', path, problem);
    }
    for (const each of level) checkLists(each, depth === 1 ? path : `${path}, ${depth} levels deep,`);
    // Once each: a filter that is in several lists, or in itself, must not multiply.
    level = [...new Set(level.flatMap(nestedIn))];
  }
}

function checkLists(filter: Partial<Filter>, path: string): void {
  const given = lists.filter((name) => filter[name] !== undefined);
  const other = Object.keys(filter).find((key) => !lists.includes(key as keyof Filter));
  if (other !== undefined) {
    const problem = other === 'must_not' ? 'is spelled mustNot here' : `is none of ${lists.join(', ')}; ${ways}`;
    throw refusal('FILTER_INVALID', `${path}.${other}`, problem);
  }
  if (given.length === 0) throw refusal('FILTER_INVALID', path, `has none of ${lists.join(', ')}; ${ways}`);
  const wrong = given.find((name) => !Array.isArray(filter[name]));
  if (wrong) throw refusal('FILTER_INVALID', `${path}.${wrong}`, 'is no list; put its conditions into [ ]');
}

function nestedIn(filter: Partial<Filter>): Filter[] {
  const conditions = lists.flatMap((name) => filter[name] ?? []);
  return conditions.flatMap((one) =>
    one?.kind?.$case === 'filter' && isObject(one.kind.value) ? [one.kind.value] : [],
  );
}

const ways = 'give one as text like "price < 30", of where(), eq(), range(), or with a list must, should or mustNot';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nameOf = (value: unknown) => (Array.isArray(value) ? 'a list' : String(value));
