import { type Attribute, AttributeType } from '@kindred/contracts';
import type { Mapping } from './header-mapping.ts';
import { isEmpty, looksNumeric, parseList, parseTime } from './parse-value.ts';

const prefix = 'attributes.';
/** Longer values than this, on average, are prose: searched, not filtered. */
const proseLength = 60;
const booleanWord = /^(true|false|yes|no|예|아니오|아니요|참|거짓)$/i;
/** Words in any script, rather than codes, addresses and measures. */
const wordy = /^[\p{L}\p{M}][\p{L}\p{M}\s'&.,/+()-]*$/u;

/**
 * Declares the attributes of a collection from the first rows. Numbers, booleans, times and short texts become
 * filterable; prose and wordy keywords become part of what is searched. Columns without any value are left undeclared.
 */
export function inferAttributes(rows: Record<string, unknown>[], mapping: Mapping): Attribute[] {
  const values = new Map<string, unknown[]>();
  const add = (name: string, value: unknown) => {
    if (isEmpty(value)) return;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  };
  for (const row of rows) {
    for (const [header, value] of Object.entries(row)) {
      const target = mapping.get(header);
      if (target?.startsWith(prefix)) add(target.slice(prefix.length), value);
      if (target === 'attributes' && value !== null && typeof value === 'object') {
        for (const [name, entry] of Object.entries(value)) add(name, entry);
      }
    }
  }
  return [...values].map(([name, found]) => inferAttribute(name, found));
}

function inferAttribute(name: string, values: unknown[]): Attribute {
  const array = values.some(Array.isArray) || values.filter((value) => isBarList(value)).length * 10 >= values.length;
  const single = array ? values.flatMap(parseList) : values;
  const type = inferType(single);
  const texts = single.map(String);
  const isWordy = texts.filter((text) => wordy.test(text)).length * 2 >= texts.length;
  const isText = type === AttributeType.ATTRIBUTE_TYPE_TEXT;
  const embedded = isText || (type === AttributeType.ATTRIBUTE_TYPE_KEYWORD && isWordy);
  return { name, type, array, filterable: !isText, embedded, shown: true };
}

const isBarList = (value: unknown) => typeof value === 'string' && /[^|]\|[^|]/.test(value) && value.length < 500;

function inferType(values: unknown[]): AttributeType {
  if (values.every((value) => typeof value === 'boolean' || booleanWord.test(String(value).trim()))) {
    return AttributeType.ATTRIBUTE_TYPE_BOOLEAN;
  }
  if (values.every(looksNumeric)) return AttributeType.ATTRIBUTE_TYPE_NUMBER;
  if (values.every((value) => typeof value === 'string' && parseTime(value) !== undefined)) {
    return AttributeType.ATTRIBUTE_TYPE_TIME;
  }
  const average = values.reduce<number>((sum, value) => sum + String(value).length, 0) / values.length;
  return average > proseLength ? AttributeType.ATTRIBUTE_TYPE_TEXT : AttributeType.ATTRIBUTE_TYPE_KEYWORD;
}

const typeNames: Record<number, string> = {
  [AttributeType.ATTRIBUTE_TYPE_KEYWORD]: 'keyword',
  [AttributeType.ATTRIBUTE_TYPE_TEXT]: 'text',
  [AttributeType.ATTRIBUTE_TYPE_NUMBER]: 'number',
  [AttributeType.ATTRIBUTE_TYPE_BOOLEAN]: 'boolean',
  [AttributeType.ATTRIBUTE_TYPE_TIME]: 'time',
  [AttributeType.ATTRIBUTE_TYPE_GEO]: 'geo',
};

/** "keyword", "keyword[]", "number"... */
export const attributeTypeName = (attribute: Attribute): string =>
  `${typeNames[attribute.type] ?? 'unknown'}${attribute.array ? '[]' : ''}`;
