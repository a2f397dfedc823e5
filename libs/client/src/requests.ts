import { randomUUID } from 'node:crypto';
import type { Collection, Interaction, Item, ItemPatch, QueryRequest, TextOptions, User } from '@kindred/contracts';
import { Typos } from '@kindred/contracts';
import { composedOf } from './compose-requests.ts';
import type { Draft } from './draft.ts';
import { filterOf } from './filter-input.ts';
import type {
  CollectionInput,
  InteractionInput,
  ItemInput,
  ItemPatchInput,
  Page,
  QueryInput,
  TextOptionsInput,
  UserInput,
} from './inputs.ts';
import { attributeTypes, distances, indexElements, indexKinds, interactionNames, unknownAttributes } from './names.ts';
import { searchOf, subjectOf } from './subject-of.ts';

export function itemOf(input: ItemInput): Draft<Item> {
  const { collection, title, body, imageUrl, hidden, categories } = input;
  return {
    collection,
    itemId: String(input.itemId),
    revision: int64(input.revision, 'revision'),
    title,
    body,
    imageUrl,
    attributes: attributesOf(input.attributes),
    price: input.price ?? undefined,
    stock: int64(input.stock, 'stock'),
    hidden,
    categories,
  };
}

export function itemPatchOf(input: ItemPatchInput): Draft<ItemPatch> {
  const { collection, title, body, imageUrl, price, stock, hidden, categories } = input;
  const isEmptied = {
    price: price === null,
    stock: stock === null,
    categories: categories?.length === 0 || categories === null,
  };
  return {
    collection,
    itemId: String(input.itemId),
    title,
    body,
    imageUrl,
    attributes: input.attributes && plainOf(input.attributes),
    price: price ?? undefined,
    stock: int64(stock, 'stock'),
    hidden,
    categories: categories ?? undefined,
    unset: Object.entries(isEmptied).flatMap(([name, yes]) => (yes ? [name] : [])),
  };
}

export function userOf({ userId, revision, attributes }: UserInput): Draft<User> {
  return { userId: String(userId), revision: int64(revision, 'revision'), attributes: attributesOf(attributes) };
}

export function interactionOf(input: InteractionInput): Draft<Interaction> {
  return {
    eventId: input.eventId ?? randomUUID(),
    occurredAt: input.occurredAt ?? new Date(),
    type: interactionNames.number(input.type, 'type'),
    userId: idOf(input.userId),
    sessionId: input.sessionId,
    collection: input.collection,
    itemId: String(input.itemId),
    value: input.value,
    requestId: input.requestId,
    position: input.position,
  };
}

export function queryOf(input: QueryInput): Draft<QueryRequest> {
  const textOptions = input.textOptions && textOptionsOf(input.textOptions);
  return { ...pageOf(input), by: subjectOf(input), ...searchOf(input), ...composedOf(input), textOptions };
}

function textOptionsOf({ typos, ...options }: TextOptionsInput): Draft<TextOptions> {
  return { ...options, typos: typos === false ? Typos.TYPOS_OFF : Typos.TYPOS_AUTO };
}

export function collectionOf({
  name,
  attributes = [],
  index,
  unknownAttributes: unknown,
  ...models
}: CollectionInput): Draft<Collection> {
  return {
    name,
    ...models,
    attributes: attributes.map((one) => ({ ...one, type: attributeTypes.number(one.type, `the type of ${one.name}`) })),
    unknownAttributes: unknownAttributes.number(unknown, 'unknownAttributes'),
    index: index && {
      ...index,
      kind: indexKinds.number(index.kind, 'index.kind'),
      distance: distances.number(index.distance, 'index.distance'),
      element: indexElements.number(index.element, 'index.element'),
    },
  };
}

/** The page that queries and recommendations ask for alike. */
export function pageOf({ collection, filter, limit, pageToken, with: carried, diversity }: Page) {
  return { collection, filter: filterOf(filter), limit, pageToken, with: carried, diversity };
}

export const idOf = (id: string | number | undefined) => (id === undefined ? undefined : String(id));

function int64(value: bigint | number | null | undefined, field: string): bigint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError(`${field} is ${value}; it must be a whole number, above 2^53-1 a bigint`);
  }
  return BigInt(value);
}

/** Plain values for the wire: times as RFC 3339, nothing for null. */
function attributesOf(attributes: ItemInput['attributes']): Record<string, unknown> | undefined {
  if (!attributes) return undefined;
  return plainOf(Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)));
}

function plainOf(attributes: NonNullable<ItemInput['attributes']>): Record<string, unknown> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}
