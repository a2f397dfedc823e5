import { type Attribute, AttributeType, Item } from '@kindred/contracts';
import { headerOf, type Mapping } from './header-mapping.ts';
import { parsePlace } from './parse-place.ts';
import { isEmpty, parseBoolean, parseList, parseNumber, parseTime } from './parse-value.ts';
import type { RowProblem } from './source-row.ts';

/** What the cell held, short enough for one line. */
const shown = (value: unknown) =>
  JSON.stringify(typeof value === 'string' && value.length > 40 ? `${value.slice(0, 40)}…` : value);

class BadCell extends Error {
  override readonly name = 'BadCell';
}

/**
 * A row as the item it describes, or the column that is wrong and why. `attributes` are the declared ones: text cells are
 * read as their types say. Sizes are the server's to check.
 */
export function itemOfRow(
  row: Record<string, unknown>,
  collection: string,
  mapping: Mapping,
  attributes: Map<string, Attribute>,
): { item: Item } | { problem: RowProblem } {
  const item = Item.fromPartial({ collection, attributes: {} });
  for (const [header, value] of Object.entries(row)) {
    const field = mapping.has(header) ? mapping.get(header) : `attributes.${header}`;
    if (field === null || field === undefined || isEmpty(value)) continue;
    try {
      setField(item, field, value, attributes);
    } catch (error) {
      if (error instanceof BadCell) return { problem: { field: labelOf(header, field), reason: error.message } };
      throw error;
    }
  }
  if (item.itemId !== '') return { item };
  const field = labelOf(headerOf(mapping, 'item_id') ?? 'item_id', 'item_id');
  return { problem: { field, reason: 'is empty; every item needs an id' } };
}

/** The column as the file calls it, and the field it fills where that has another name. */
const labelOf = (header: string, field: string) =>
  field === header || field === `attributes.${header}` ? header : `${header} (${field})`;

/** How a cell becomes a field of the item. */
const setters: Record<string, (item: Item, value: unknown) => void> = {
  item_id: (item, value) => {
    item.itemId = text(value).trim();
  },
  title: (item, value) => {
    item.title = text(value);
  },
  body: (item, value) => {
    item.body = text(value);
  },
  image_url: (item, value) => {
    item.imageUrl = text(value).trim();
  },
  price: (item, value) => {
    item.price = number(value);
  },
  stock: (item, value) => {
    item.stock = integer(value);
  },
  revision: (item, value) => {
    item.revision = integer(value);
  },
  hidden: (item, value) => {
    item.hidden = boolean(value);
  },
  categories: (item, value) => {
    item.categories = parseList(value).map(text);
  },
};

function setField(item: Item, field: string, value: unknown, attributes: Map<string, Attribute>): void {
  if (field === 'attributes') {
    for (const [name, entry] of Object.entries(objectOf(value))) setAttribute(item, name, entry, attributes);
  } else if (field.startsWith('attributes.')) {
    setAttribute(item, field.slice('attributes.'.length), value, attributes);
  } else setters[field]!(item, value);
}

function setAttribute(item: Item, name: string, value: unknown, attributes: Map<string, Attribute>): void {
  if (isEmpty(value)) return;
  const declared = attributes.get(name);
  if (declared?.type === AttributeType.ATTRIBUTE_TYPE_GEO) {
    item.attributes![name] = parsePlace(value) ?? refuse(value, placeless);
    return;
  }
  const read = declared === undefined ? kept : (cell: unknown) => typed(cell, declared.type);
  const list = declared?.array ?? Array.isArray(value);
  item.attributes![name] = list ? parseList(value).map(read) : read(value);
}

const placeless = 'is no place; write [longitude, latitude] in degrees, like [126.978, 37.566]';

function typed(value: unknown, type: AttributeType): unknown {
  switch (type) {
    case AttributeType.ATTRIBUTE_TYPE_NUMBER:
      return number(value);
    case AttributeType.ATTRIBUTE_TYPE_BOOLEAN:
      return boolean(value);
    case AttributeType.ATTRIBUTE_TYPE_TIME:
      return parseTime(value) ?? refuse(value, 'is not a date or time like 2026-01-31 or 2026-01-31T12:00:00Z');
    default:
      return text(value);
  }
}

function kept(value: unknown): unknown {
  if (value !== null && typeof value === 'object')
    return refuse(value, 'is nested; write numbers, texts, booleans or arrays of them');
  return value;
}

function text(value: unknown): string {
  return value !== null && typeof value === 'object' ? refuse(value, 'is not a text') : String(value);
}

const number = (value: unknown): number => parseNumber(value) ?? refuse(value, 'is not a number');
const boolean = (value: unknown): boolean => parseBoolean(value) ?? refuse(value, 'is neither true nor false');

function integer(value: unknown): bigint {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value.trim())) return BigInt(value.trim());
  const parsed = number(value);
  return Number.isSafeInteger(parsed) ? BigInt(parsed) : refuse(value, 'is not a whole number');
}

function objectOf(value: unknown): Record<string, unknown> {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse(value, 'is not an object of attributes');
}

function refuse(value: unknown, reason: string): never {
  throw new BadCell(`${shown(value)} ${reason}`);
}
