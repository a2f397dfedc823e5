import { type ItemDeleted, type ItemUpserted, KindredError } from '@kindred/contracts';
import {
  type AttributeDeclaration,
  type CollectionRow,
  contentHash,
  contentOf,
  contentParts,
} from '@kindred/vector-index';
import type { ItemRow } from './item.store.ts';

/** When the log took an event, and its place there. */
export interface Stamp {
  revision: bigint;
  arrival: bigint;
}

export interface PreparedItem {
  row: ItemRow;
  /** Text that is searched and embedded, in parts that no phrase spans; none for a tombstone. */
  parts: string[];
}

/**
 * An event as the row it becomes. Checks the attributes against the collection's declaration; throws a KindredError
 * that names the attribute. `stamp` is the revision (and tie-breaker) of an event that brought none.
 */
export function prepareItem(event: ItemUpserted | ItemDeleted, collection: CollectionRow, stamp: Stamp): PreparedItem {
  const revision = String(event.revision ?? stamp.revision);
  const arrival = event.revision === undefined ? String(stamp.arrival) : '0';
  const place = { log_offset: String(stamp.arrival), logged_at: String(stamp.revision), patches: '0', waited: [] };
  const head = { item_id: event.item_id, revision, arrival, ...place };
  if (event.kind === 'deleted') return { row: { ...head, ...tombstone }, parts: [] };
  const row = {
    ...head,
    deleted: false,
    hidden: event.hidden,
    title: event.title,
    body: event.body,
    image_url: event.image_url,
    price: event.price ?? null,
    stock: event.stock ?? null,
    categories: event.categories,
    attributes: checkAttributes(event.attributes, collection),
  };
  return withContent(row, collection);
}

/** A row with the hash of what is searched and embedded of it. */
export function withContent(row: Omit<ItemRow, 'content_hash'>, { attributes }: CollectionRow): PreparedItem {
  const hash = contentHash(contentOf(row, attributes)).toString('hex');
  return { row: { ...row, content_hash: hash }, parts: contentParts(row, attributes) };
}

const tombstone = {
  deleted: true,
  hidden: false,
  title: '',
  body: '',
  image_url: '',
  price: null,
  stock: null,
  categories: [],
  attributes: {},
  content_hash: '',
};

/** Those that have a value. Throws a KindredError that names the first that the collection does not take. */
export function checkAttributes(
  attributes: Record<string, unknown>,
  collection: CollectionRow,
): Record<string, unknown> {
  const declared = new Map(collection.attributes.map((attribute) => [attribute.name, attribute]));
  const kept = Object.entries(attributes).filter(([, value]) => value !== null);
  for (const [name, value] of kept) {
    const declaration = declared.get(name);
    if (declaration) checkType(declaration, value);
    else if (collection.unknownAttributes === 'refuse') throw unknownAttribute(name, collection);
  }
  return Object.fromEntries(kept);
}

function checkType(declaration: AttributeDeclaration, value: unknown): void {
  const field = `attributes.${declaration.name}`;
  if (Array.isArray(value) && !declaration.array && declaration.type !== 'geo') {
    const message = `${field} is a list, but declared as one ${declaration.type}; send one value or declare it as an array`;
    throw new KindredError('ATTRIBUTE_TYPE_MISMATCH', field, message);
  }
  if (declaration.type === 'geo') {
    checkGeo(field, value);
    return;
  }
  const values = Array.isArray(value) ? value : [value];
  for (const one of values) {
    if (fits(declaration.type, one)) continue;
    const message = `${field} is ${JSON.stringify(one)?.slice(0, 60)}, but declared as ${declaration.type}; send ${examples[declaration.type]}`;
    throw new KindredError('ATTRIBUTE_TYPE_MISMATCH', field, message);
  }
}

const examples: Record<AttributeDeclaration['type'], string> = {
  keyword: 'a string',
  text: 'a string',
  number: 'a number like 19.9',
  boolean: 'true or false',
  time: 'an RFC 3339 time like 2026-01-31T12:00:00Z',
  geo: '[longitude, latitude]',
};

function fits(type: AttributeDeclaration['type'], value: unknown): boolean {
  if (type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'time')
    return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
  return typeof value === 'string';
}

function checkGeo(field: string, value: unknown): void {
  const [longitude, latitude] = Array.isArray(value) && value.length === 2 ? value : [];
  const inside = (degrees: unknown, most: number) => typeof degrees === 'number' && Math.abs(degrees) <= most;
  if (inside(longitude, 180) && inside(latitude, 90)) return;
  const message = `${field} must be [longitude, latitude] in degrees, like [126.978, 37.566]`;
  throw new KindredError('ATTRIBUTE_TYPE_MISMATCH', field, message);
}

function unknownAttribute(name: string, collection: CollectionRow): KindredError {
  const known = collection.attributes.map((attribute) => attribute.name).join(', ') || 'none';
  const message = `attributes.${name} is not declared, and "${collection.name}" refuses unknown attributes; declared: ${known}`;
  return new KindredError('UNKNOWN_ATTRIBUTE', `attributes.${name}`, message);
}
