import { type Item, limits } from '@kindred/contracts';
import type { AttributeValue, ItemInput, ItemPatchInput } from '../inputs.ts';
import type { AttributeTypeName } from '../names.ts';
import { refusal } from '../refusal.ts';

type Scalar = string | number | boolean;
export type MetadataValue = Scalar | Scalar[] | null | undefined;
export type Metadata = Record<string, MetadataValue>;

export interface MetadataOptions {
  /** Key of the metadata that is the item's title. Default "title". */
  title?: string;
  /** Key of the metadata that is the item's text: searched and embedded, not filtered. Default "text". */
  text?: string;
  /**
   * What happens to metadata that an item cannot hold (objects, nulls, names of built-in fields, another type than is
   * declared): "refuse" (default), or "keep": it is stored as JSON in the attribute metadata_json, comes back as it was, and
   * cannot be filtered by.
   */
  unfit?: 'refuse' | 'keep';
}

/** Where metadata that does not fit is kept. */
const jsonAttribute = 'metadata_json';
/** Filters know these as fields of the item, so an attribute of that name would be filtered by something else. */
const builtIn = ['item_id', 'in_stock', 'created_at', 'updated_at', jsonAttribute];

const isText = (value: unknown) => typeof value === 'string';
const isPrice = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isStock = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText);

const forms = {
  title: [isText, 'must be a string, being the title'],
  body: [isText, 'must be a string, being the text'],
  imageUrl: [isText, 'must be a string, being the address of the picture'],
  price: [isPrice, 'must be a number from 0, being the price'],
  stock: [isStock, 'must be a whole number from 0, being the units on hand'],
  categories: [isTextList, 'must be a list of strings, being the categories'],
} as const;
type ItemField = keyof typeof forms;
const emptied = { title: '', body: '', imageUrl: '', price: null, stock: null, categories: null };

/** Metadata to items and back. A key is a field of the item, or an attribute of that name; the way back is exact. */
export class MetadataFields {
  private readonly fields: ReadonlyMap<string, ItemField>;
  private readonly keep: boolean;

  /** `declared`: the collection's attributes, by name; what does not fit them is unfit too. */
  constructor(
    { title = 'title', text = 'text', unfit = 'refuse' }: MetadataOptions = {},
    private readonly declared: ReadonlyMap<string, DeclaredType> = new Map(),
  ) {
    const same: [string, ItemField][] = [
      ['price', 'price'],
      ['stock', 'stock'],
      ['categories', 'categories'],
      ['image_url', 'imageUrl'],
    ];
    this.fields = new Map([...same, [title, 'title'], [text, 'body']]);
    this.keep = unfit === 'keep';
  }

  /** The item a record becomes. Throws FIELD_INVALID naming the key, unless what does not fit is kept. */
  itemOf(collection: string, itemId: string | number, metadata: object, path: string): ItemInput {
    const item: ItemInput = { collection, itemId };
    const attributes: Record<string, AttributeValue> = {};
    const rest: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(metadata)) {
      if (value === undefined || (value === null && !this.keep)) continue;
      const problem = this.problemOf(key, value);
      const field = this.fields.get(key);
      if (problem !== undefined && !this.keep) throw refusal('FIELD_INVALID', `${path}.${key}`, problem);
      if (problem !== undefined) rest[key] = value;
      else if (field) Object.assign(item, { [field]: value });
      else attributes[key] = value as AttributeValue;
    }
    if (Object.keys(rest).length > 0) attributes[jsonAttribute] = JSON.stringify(rest);
    return { ...item, attributes };
  }

  /** What changes of metadata change of the item; null takes a key away. `item` is asked for where unfit values are kept. */
  patchOf(collection: string, itemId: string | number, metadata: object, path: string, item?: Item): ItemPatchInput {
    const attributes: Record<string, AttributeValue | null> = {};
    const patch: ItemPatchInput = { collection, itemId, attributes };
    const json = item?.attributes?.[jsonAttribute];
    const rest: Record<string, unknown> = typeof json === 'string' ? JSON.parse(json) : {};
    for (const [key, value] of Object.entries(metadata)) {
      if (value === undefined) continue;
      const problem = value === null ? undefined : this.problemOf(key, value);
      if (problem !== undefined && !this.keep) throw refusal('FIELD_INVALID', `${path}.${key}`, problem);
      delete rest[key];
      if (problem !== undefined) rest[key] = value;
      const field = this.fields.get(key);
      const fits = problem === undefined && value !== null;
      if (field) Object.assign(patch, { [field]: fits ? value : emptied[field] });
      else if (this.nameProblem(key) === undefined) attributes[key] = fits ? value : null;
    }
    const kept = Object.keys(rest).length > 0 ? JSON.stringify(rest) : null;
    if (this.keep && kept !== (json ?? null)) attributes[jsonAttribute] = kept;
    return patch;
  }

  /** Whether a patch depends on what the record holds. */
  get readsBeforePatch(): boolean {
    return this.keep;
  }

  metadataOf(item: Item): Metadata {
    const { [jsonAttribute]: json, ...attributes } = (item.attributes ?? {}) as Metadata;
    const metadata: Metadata = { ...attributes };
    for (const [key, field] of this.fields) {
      const value = item[field];
      const empty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
      if (!empty) metadata[key] = field === 'stock' ? Number(value) : (value as MetadataValue);
    }
    return this.keep && typeof json === 'string' ? { ...metadata, ...JSON.parse(json) } : metadata;
  }

  /** Where a record holds what an item has under a path of the wire, like "attributes.year". */
  pathOf(wirePath: string): string {
    if (wirePath === 'item_id') return 'id';
    if (wirePath.startsWith('attributes.')) return wirePath.replace('attributes', 'metadata');
    const [name, rest] = [/^\w*/.exec(wirePath)![0], wirePath.replace(/^\w*/, '')];
    const field = name === 'image_url' ? 'imageUrl' : name;
    const key = [...this.fields].find(([, one]) => one === field)?.[0];
    return key === undefined ? wirePath : `metadata.${key}${rest}`;
  }

  /** The field a key is filtered by. Throws FILTER_INVALID for the text, and for what is not the metadata's. */
  fieldOf(key: string, path: string): string {
    const field = this.fields.get(key);
    if (field === 'body' || field === 'imageUrl') {
      throw refusal('FILTER_INVALID', path, 'cannot be filtered by; ask by text, or repeat it under another key');
    }
    const problem = field === undefined ? this.nameProblem(key) : undefined;
    if (problem !== undefined) throw refusal('FILTER_INVALID', path, problem);
    return field ?? key;
  }

  /** Whether the key is an attribute of its own, with a value that it can hold. */
  isAttribute(key: string, value: unknown): boolean {
    return !this.fields.has(key) && value !== undefined && value !== null && this.problemOf(key, value) === undefined;
  }

  private problemOf(key: string, value: unknown): string | undefined {
    const field = this.fields.get(key);
    if (field) {
      const [fits, problem] = forms[field];
      if (!fits(value)) return problem;
      // Empty is absent to an item.
      return this.keep && (value === '' || (Array.isArray(value) && value.length === 0)) ? 'is empty' : undefined;
    }
    const problem = this.nameProblem(key);
    if (problem !== undefined) return problem;
    if (value instanceof Date) return 'is a Date; write it as an RFC 3339 string: date.toISOString()';
    const values = Array.isArray(value) ? value : [value];
    if (!values.every(isScalar)) return unfitting;
    const declared = this.declared.get(key);
    return !declared || isOf(declared, value) ? undefined : `is declared as ${declared.type}; write it as that`;
  }

  private nameProblem(key: string): string | undefined {
    if (key === '' || Buffer.byteLength(key) > limits.attributeName) return unnamed;
    return builtIn.includes(key) || (key === 'title' && !this.fields.has(key)) ? taken : undefined;
  }
}

/** How a collection declares an attribute. */
export interface DeclaredType {
  type: AttributeTypeName | 'unspecified';
  array: boolean;
}

const scalars: Partial<Record<DeclaredType['type'], string>> = {
  keyword: 'string',
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  time: 'string',
};

/** Whether a value may stand in an attribute declared so; whether a string is a time the server says. */
function isOf({ type, array }: DeclaredType, value: unknown): boolean {
  const scalar = scalars[type];
  if (scalar === undefined) return true;
  if (Array.isArray(value)) return array && value.every((one) => typeof one === scalar);
  return typeof value === scalar && (type !== 'time' || !Number.isNaN(Date.parse(String(value))));
}

const unnamed = `is no name of an attribute, which has 1-${limits.attributeName} bytes; give the key another name`;
const taken = 'is the name of a built-in field; give the key another name';
const unfitting =
  'must be a string, a finite number, a boolean or a list of them; flatten it, like address_city for address.city';

const isScalar = (value: unknown) =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
