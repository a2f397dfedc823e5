import { KindredError } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import type { AttributeDeclaration } from '../content.ts';

export type FieldType = AttributeDeclaration['type'];

export interface FilterField {
  name: string;
  type: FieldType;
  /** SQL expression over the item row for a built-in field; absent for an attribute. */
  column?: string;
  /** The column holds a list. */
  list?: boolean;
}

const builtIn: FilterField[] = [
  { name: 'item_id', type: 'keyword', column: 'i.item_id' },
  { name: 'title', type: 'text', column: 'i.title' },
  { name: 'price', type: 'number', column: 'i.price' },
  { name: 'stock', type: 'number', column: 'i.stock' },
  // Stock that is not counted is never sold out.
  { name: 'in_stock', type: 'boolean', column: '(i.stock is null or i.stock > 0)' },
  { name: 'categories', type: 'keyword', column: 'i.categories', list: true },
  { name: 'created_at', type: 'time', column: 'i.created_at' },
  { name: 'updated_at', type: 'time', column: 'i.updated_at' },
];

/** The field a condition names: a built-in one, or a declared filterable attribute. */
export function filterField(name: string, path: string, collection: CollectionRow): FilterField {
  const field = builtIn.find((one) => one.name === name);
  if (field) return field;
  const declared = collection.attributes.find((attribute) => attribute.name === name);
  if (declared?.filterable) return { name, type: declared.type };
  throw new KindredError('FILTER_FIELD_UNDECLARED', path, refusal(name, path, collection, declared !== undefined));
}

/** Refuses an attribute that is declared as not shown: `purpose` would list its values. */
export function refuseUnlisted(
  { name, column }: FilterField,
  path: string,
  collection: CollectionRow,
  purpose: string,
): void {
  if (column || !collection.attributes.some((one) => one.name === name && !one.shown)) return;
  const problem = `is declared as not shown in "${collection.name}", so its values are not listed`;
  const message = `${path} "${name}" ${problem}; declare it with shown to ${purpose}`;
  throw new KindredError('FIELD_INVALID', path, message);
}

function refusal(name: string, path: string, collection: CollectionRow, declared: boolean): string {
  const filterable = collection.attributes
    .filter((attribute) => attribute.filterable)
    .map((attribute) => attribute.name);
  const fields = builtIn.map((field) => field.name);
  const near = nearest(name, [...filterable, ...fields]);
  const problem = declared ? 'is declared, but not as filterable, in' : 'is no filterable attribute of';
  const hint = near && !declared ? `; did you mean "${near}"?` : '.';
  const flat = name.includes('.') ? ` ${flatness(name, filterable)}` : '';
  const known = filterable.length > 0 ? filterable.join(', ') : 'none';
  return `${path} "${name.slice(0, 128)}" ${problem} "${collection.name}"${hint} Declared as filterable: ${known}. Built in: ${fields.join(', ')}.${flat}`;
}

/** A path into an object, or the field's name behind "attributes.". */
function flatness(name: string, filterable: string[]): string {
  const last = name.slice(name.lastIndexOf('.') + 1);
  if (name.startsWith('attributes.') && filterable.includes(last)) return `Write "${last}": attributes have no prefix.`;
  return `Attributes are flat: a dot is part of a name, never a path into an object. Send "${name.slice(0, 64)}" as an attribute of its own and declare it.`;
}

function nearest(name: string, candidates: string[]): string | undefined {
  const wanted = name.toLowerCase().slice(0, 64);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase().slice(0, 64)) }))
    .filter(({ distance }) => distance <= most);
  return ranked.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein distance, in characters. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
