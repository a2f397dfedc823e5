import {
  type Attribute,
  AttributeType,
  type Collection,
  collectionName,
  KindredError,
  limits,
  UnknownAttributes,
  validateEvent,
} from '@kindred/contracts';
import type { AttributeDeclaration, IndexSettings } from '@kindred/vector-index';
import type { CollectionDeclaration, CollectionRecord } from './collection.store.ts';
import { indexDeclaration, indexOnWire } from './index-declaration.ts';
import { searchSettingsOf, wireSearchSettings } from './search-settings.ts';

const typeNames = {
  [AttributeType.ATTRIBUTE_TYPE_KEYWORD]: 'keyword',
  [AttributeType.ATTRIBUTE_TYPE_TEXT]: 'text',
  [AttributeType.ATTRIBUTE_TYPE_NUMBER]: 'number',
  [AttributeType.ATTRIBUTE_TYPE_BOOLEAN]: 'boolean',
  [AttributeType.ATTRIBUTE_TYPE_TIME]: 'time',
  [AttributeType.ATTRIBUTE_TYPE_GEO]: 'geo',
} as const;
/** A collection off the wire to what is stored; throws a KindredError that names the offending field. */
export function declarationOf(collection: Collection | undefined): CollectionDeclaration {
  if (!collection) throw new KindredError('FIELD_MISSING', 'collection', 'collection is missing; describe it');
  const name = validateEvent(collectionName, collection.name, 'collection.name');
  const attributes = attributesOf(collection.attributes);
  return {
    name,
    attributes,
    unknownAttributes: collection.unknownAttributes === UnknownAttributes.UNKNOWN_ATTRIBUTES_REFUSE ? 'refuse' : 'keep',
    model: collection.model,
    imageModel: collection.imageModel,
    soundModel: collection.soundModel,
    expansionModel: collection.expansionModel,
    search: searchSettingsOf(collection.search),
    index: indexDeclaration(collection.index, attributes),
  };
}

function attributesOf(attributes: Attribute[]): AttributeDeclaration[] {
  const seen = new Set<string>();
  return attributes.map((attribute, position) => {
    const field = `collection.attributes[${position}]`;
    checkAttributeName(attribute.name, `${field}.name`, seen);
    const type = typeNames[attribute.type as keyof typeof typeNames];
    if (!type) {
      const message = `${field}.type is missing or unknown; use keyword, text, number, boolean, time or geo`;
      throw new KindredError('FIELD_MISSING', `${field}.type`, message);
    }
    const { array, filterable, embedded, shown = true } = attribute;
    return { name: attribute.name, type, array, filterable, embedded, shown };
  });
}

function checkAttributeName(name: string, field: string, seen: Set<string>): void {
  if (!name) throw new KindredError('FIELD_MISSING', field, `${field} is empty; name the attribute`);
  if (Buffer.byteLength(name) > limits.attributeName || name.includes('\u0000')) {
    const message = `${field} must be at most ${limits.attributeName} bytes without null bytes`;
    throw new KindredError('FIELD_INVALID', field, message);
  }
  if (seen.has(name)) throw new KindredError('FIELD_INVALID', field, `${field} "${name}" is declared twice; keep one`);
  seen.add(name);
}

/** Refuses a change that the stored items would contradict. */
export function checkChange(before: CollectionRecord, after: CollectionDeclaration): void {
  if (before.items === 0n) return;
  const old = new Map((before.attributes as AttributeDeclaration[]).map((attribute) => [attribute.name, attribute]));
  const next = new Map((after.attributes as AttributeDeclaration[]).map((attribute) => [attribute.name, attribute]));
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(name), next.get(name)];
    const typeChanged = was && is && (was.type !== is.type || was.array !== is.array);
    const textChanged = (was?.embedded ?? false) !== (is?.embedded ?? false);
    if (!typeChanged && !textChanged) continue;
    const what = typeChanged ? 'the type' : 'whether its text is searched and embedded';
    const message = `"${before.name}" holds ${before.items} items, so ${what} of attribute "${name}" cannot change; make a new collection and import the items there`;
    throw new KindredError('SCHEMA_CHANGE_REFUSED', `collection.attributes.${name}`, message);
  }
}

/** A stored collection back to its wire form. */
export function collectionOf(row: CollectionRecord): Collection {
  return {
    name: row.name,
    attributes: (row.attributes as AttributeDeclaration[]).map((attribute) => ({
      ...attribute,
      type: Number(keyOf(typeNames, attribute.type)),
    })),
    unknownAttributes:
      row.unknown_attributes === 'refuse'
        ? UnknownAttributes.UNKNOWN_ATTRIBUTES_REFUSE
        : UnknownAttributes.UNKNOWN_ATTRIBUTES_KEEP,
    model: row.model,
    imageModel: row.image_model,
    soundModel: row.sound_model,
    expansionModel: row.expansion_model,
    search: wireSearchSettings(row.search_settings),
    index: indexOnWire(row.index_settings as Partial<IndexSettings>),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    items: row.items,
  };
}

const keyOf = (names: Record<number, string>, wanted: string) =>
  Object.keys(names).find((key) => names[Number(key)] === wanted);
