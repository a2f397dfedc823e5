import { createHash } from 'node:crypto';

export interface AttributeDeclaration {
  name: string;
  type: 'keyword' | 'text' | 'number' | 'boolean' | 'time' | 'geo';
  array: boolean;
  filterable: boolean;
  /** Part of the text that is searched and embedded. */
  embedded: boolean;
  shown: boolean;
}

export interface SearchableItem {
  title: string;
  body: string;
  categories: readonly string[];
  attributes: Record<string, unknown>;
}

export interface ContentField {
  /** "title", "categories", "body" or "attributes.<name>". */
  name: string;
  /** Several for categories and attributes that are lists. */
  values: string[];
}

/** What of an item is searched and embedded: title, categories, body and the embedded attributes as they are declared. */
export function contentFields(item: SearchableItem, attributes: readonly AttributeDeclaration[]): ContentField[] {
  const declared = attributes
    .filter((attribute) => attribute.embedded)
    .map(({ name }) => ({ name: `attributes.${name}`, values: asTexts(item.attributes[name]) }));
  return [
    { name: 'title', values: [item.title] },
    { name: 'categories', values: [...item.categories] },
    { name: 'body', values: [item.body] },
    ...declared,
  ];
}

/**
 * The text of an item that is searched and embedded: its fields, one per line. Depends on nothing else, so its hash tells
 * whether a vector is stale.
 */
export function contentOf(item: SearchableItem, attributes: readonly AttributeDeclaration[]): string {
  const texts = contentFields(item, attributes).map(({ values }) => values.join(', '));
  return texts.filter((text) => text !== '').join('\n');
}

/** The same text in parts that no phrase spans. */
export function contentParts(item: SearchableItem, attributes: readonly AttributeDeclaration[]): string[] {
  return contentFields(item, attributes).flatMap(({ values }) => values.filter((value) => value !== ''));
}

const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(asText) : [asText(value)]);

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(asText).join(', ') : String(value);
}

/** SHA-256 of the text's UTF-8 bytes. */
export const contentHash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
