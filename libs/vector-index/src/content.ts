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

/**
 * The text of an item that is searched and embedded: title, categories, body and the embedded attributes in the
 * order of their declaration, one per line. Depends on nothing else, so its hash tells whether a vector is stale.
 */
export function contentOf(item: SearchableItem, attributes: readonly AttributeDeclaration[]): string {
  const declared = attributes
    .filter((attribute) => attribute.embedded)
    .map((attribute) => asText(item.attributes[attribute.name]));
  return [item.title, item.categories.join(', '), item.body, ...declared].filter((part) => part !== '').join('\n');
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(asText).join(', ') : String(value);
}

/** SHA-256 of the text's UTF-8 bytes. */
export const contentHash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
