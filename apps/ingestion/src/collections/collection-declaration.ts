import {
  type Attribute,
  AttributeType,
  type Collection,
  collectionName,
  IndexKind,
  KindredError,
  limits,
  UnknownAttributes,
  validateEvent,
} from '@kindred/contracts';
import type { AttributeDeclaration, CollectionRow } from '@kindred/vector-index';
import type { CollectionDeclaration, CollectionRecord } from './collection.store.ts';

const typeNames = {
  [AttributeType.ATTRIBUTE_TYPE_KEYWORD]: 'keyword',
  [AttributeType.ATTRIBUTE_TYPE_TEXT]: 'text',
  [AttributeType.ATTRIBUTE_TYPE_NUMBER]: 'number',
  [AttributeType.ATTRIBUTE_TYPE_BOOLEAN]: 'boolean',
  [AttributeType.ATTRIBUTE_TYPE_TIME]: 'time',
  [AttributeType.ATTRIBUTE_TYPE_GEO]: 'geo',
} as const;
const indexNames = {
  [IndexKind.INDEX_KIND_UNSPECIFIED]: 'auto',
  [IndexKind.INDEX_KIND_AUTO]: 'auto',
  [IndexKind.INDEX_KIND_EXACT]: 'exact',
  [IndexKind.INDEX_KIND_HNSW]: 'hnsw',
  [IndexKind.INDEX_KIND_IVFFLAT]: 'ivfflat',
} as const;

type IndexDeclaration = CollectionRow['index'];

/** A collection off the wire to what is stored; throws a KindredError that names the offending field. */
export function declarationOf(collection: Collection | undefined): CollectionDeclaration {
  if (!collection) throw new KindredError('FIELD_MISSING', 'collection', 'collection is missing; describe it');
  const name = validateEvent(collectionName, collection.name, 'collection.name');
  return {
    name,
    attributes: attributesOf(collection.attributes),
    unknownAttributes: collection.unknownAttributes === UnknownAttributes.UNKNOWN_ATTRIBUTES_REFUSE ? 'refuse' : 'keep',
    model: collection.model,
    imageModel: collection.imageModel,
    soundModel: collection.soundModel,
    expansionModel: collection.expansionModel,
    index: indexOf(collection),
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

function indexOf(collection: Collection): IndexDeclaration {
  const settings = collection.index;
  const kind = indexNames[(settings?.kind ?? IndexKind.INDEX_KIND_AUTO) as keyof typeof indexNames] ?? 'auto';
  if (kind === 'ivfflat') {
    const message = 'IVFFlat indexes are not built yet; use INDEX_KIND_AUTO, INDEX_KIND_EXACT or INDEX_KIND_HNSW';
    throw new KindredError('NOT_IMPLEMENTED_YET', 'collection.index.kind', message);
  }
  const m = inRange('m', settings?.m, 2, 100);
  const efConstruction = inRange('ef_construction', settings?.efConstruction, 4, 1000);
  if (efConstruction !== undefined && efConstruction < 2 * (m ?? 16)) {
    const message = `collection.index.ef_construction must be at least twice m (${2 * (m ?? 16)})`;
    throw new KindredError('FIELD_INVALID', 'collection.index.ef_construction', message);
  }
  return { kind, ...(m !== undefined && { m }), ...(efConstruction !== undefined && { efConstruction }) };
}

function inRange(name: string, value: number | undefined, low: number, high: number): number | undefined {
  if (value === undefined || (value >= low && value <= high)) return value;
  const field = `collection.index.${name}`;
  throw new KindredError('FIELD_INVALID', field, `${field} is ${value}; it must be from ${low} to ${high}`);
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
  const index = row.index_settings as IndexDeclaration;
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
    index: {
      kind: index.kind === 'auto' || !index.kind ? IndexKind.INDEX_KIND_AUTO : Number(keyOf(indexNames, index.kind)),
      m: index.m,
      efConstruction: index.efConstruction,
      lists: index.lists,
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    items: row.items,
  };
}

const keyOf = (names: Record<number, string>, wanted: string) =>
  Object.keys(names).find((key) => names[Number(key)] === wanted);
