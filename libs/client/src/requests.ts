import { randomUUID } from 'node:crypto';
import type {
  Collection,
  Interaction,
  Item,
  QueryRequest,
  RecommendRequest,
  SimilarRequest,
  User,
} from '@kindred/contracts';
import type { Draft } from './draft.ts';
import { filterOf } from './filter-input.ts';
import type {
  CollectionInput,
  InteractionInput,
  ItemInput,
  QueryInput,
  RecommendInput,
  SimilarInput,
  UserInput,
} from './inputs.ts';
import {
  attributeTypes,
  fusions,
  indexKinds,
  interactionNames,
  searchModes,
  similarBys,
  unknownAttributes,
} from './names.ts';

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
  const { exact, efSearch, recallTarget, fusion } = input;
  const hasParams = exact !== undefined || efSearch !== undefined || recallTarget !== undefined;
  return {
    ...pageOf(input),
    by: subjectOf(input),
    params: hasParams ? { exact, efSearch, recallTarget } : undefined,
    fusion: fusion && { ...fusion, method: fusions.number(fusion.method, 'fusion.method') },
    mode: searchModes.number(input.mode, 'mode'),
  };
}

export function recommendOf(input: RecommendInput): Draft<RecommendRequest> {
  const { sessionId, scenario, language } = input;
  return {
    ...pageOf(input),
    userId: idOf(input.userId),
    userIds: input.userIds?.map(String),
    sessionId,
    scenario,
    language,
  };
}

export function similarOf(input: SimilarInput): Draft<SimilarRequest> {
  const ids = [...(input.itemId === undefined ? [] : [input.itemId]), ...(input.itemIds ?? [])];
  return {
    ...pageOf(input),
    itemIds: ids.map(String),
    by: similarBys.number(input.by, 'by'),
    language: input.language,
  };
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
    index: index && { ...index, kind: indexKinds.number(index.kind, 'index.kind') },
  };
}

function pageOf({
  collection,
  filter,
  limit,
  pageToken,
  with: carried,
  diversity,
}: QueryInput | RecommendInput | SimilarInput) {
  return { collection, filter: filterOf(filter), limit, pageToken, with: carried, diversity };
}

type Subject = NonNullable<Draft<QueryRequest>['by']>;

function subjectOf(input: QueryInput): Subject | undefined {
  const given: Subject[] = [];
  if (input.text !== undefined) given.push({ $case: 'text', value: input.text });
  if (input.vector)
    given.push({ $case: 'vector', value: { values: Array.from(input.vector), model: input.vectorModel } });
  if (input.imageUrl !== undefined)
    given.push({ $case: 'image', value: { source: { $case: 'url', value: input.imageUrl } } });
  if (input.image)
    given.push({ $case: 'image', value: { source: { $case: 'content', value: Buffer.from(input.image) } } });
  if (input.itemIds) given.push({ $case: 'itemIds', value: { ids: input.itemIds.map(String) } });
  if (input.userId !== undefined) given.push({ $case: 'userId', value: String(input.userId) });
  if (input.recommend) given.push({ $case: 'recommend', value: { negative: [], ...input.recommend } });
  if (given.length > 1)
    throw new TypeError(`a query looks for one thing; it has ${given.map((one) => one.$case).join(' and ')}`);
  return given[0];
}

const idOf = (id: string | number | undefined) => (id === undefined ? undefined : String(id));

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
  const entries = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}
