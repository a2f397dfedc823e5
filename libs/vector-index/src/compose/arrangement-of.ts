import { KindredError, type Diversity as WireDiversity, type GroupBy as WireGroupBy } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { filterField, refuseUnlisted } from '../filter/filter-field.ts';
import type { Diversity, GroupBy } from './boost.ts';
import { checkFacts } from './item-facts.store.ts';
import { invalid, missing } from './under.ts';

/** Throws a KindredError below the path "diversity". */
export function diversityOf(diversity: WireDiversity | undefined): Diversity | undefined {
  if (!diversity) return undefined;
  const { strength, attribute, maxPerValue } = diversity;
  if (!(strength >= 0 && strength <= 1)) throw invalid('diversity.strength', `is ${strength}`, 'give 0 to 1');
  if (maxPerValue !== undefined && (!Number.isInteger(maxPerValue) || maxPerValue < 1)) {
    throw invalid('diversity.max_per_value', `is ${maxPerValue}`, 'give 1 or more');
  }
  if (attribute === '' && maxPerValue !== undefined) {
    throw missing('diversity.attribute', 'it belongs to diversity.max_per_value');
  }
  if (attribute !== '' && maxPerValue === undefined) {
    throw missing('diversity.max_per_value', 'it belongs to diversity.attribute');
  }
  return { strength, attribute, maxPerValue: maxPerValue ?? Number.POSITIVE_INFINITY };
}

/** Throws a KindredError below the path "group_by". */
export function groupByOf(groupBy: WireGroupBy | undefined): GroupBy | undefined {
  if (!groupBy) return undefined;
  const { field, size = 3 } = groupBy;
  if (field === '') throw missing('group_by.field', 'name a filterable attribute or a built-in field');
  if (Number.isInteger(size) && size >= 1 && size <= 100) return { field, size };
  throw invalid('group_by.size', `is ${size}`, 'give the hits per group, from 1 to 100');
}

/** Throws for a field that the collection lacks or does not show, or that nothing can be grouped by. */
export function checkGroupBy({ field }: GroupBy, collection: CollectionRow): void {
  const grouped = filterField(field, 'group_by.field', collection);
  refuseUnlisted(grouped, 'group_by.field', collection, 'group by it');
  if (grouped.type === 'geo')
    throw invalid('group_by.field', 'is a geo field', 'group by a keyword, number, boolean or time field');
}

/** Throws UNKNOWN_ATTRIBUTE by the path of the attribute that the collection does not declare. */
export function checkAttribute(attribute: string, path: string, collection: CollectionRow): void {
  if (declaresAttribute(attribute, collection)) return;
  const declared = ['categories', ...collection.attributes.map(({ name }) => name)].join(', ');
  const message = `${path} "${attribute.slice(0, 128)}" is not declared in "${collection.name}"; use ${declared}`;
  throw new KindredError('UNKNOWN_ATTRIBUTE', path, message);
}

/** Whether hits can be told apart by the attribute. */
export function declaresAttribute(attribute: string, collection: CollectionRow): boolean {
  try {
    checkFacts(collection, [{ kind: 'value', name: attribute }]);
    return true;
  } catch {
    return false;
  }
}
