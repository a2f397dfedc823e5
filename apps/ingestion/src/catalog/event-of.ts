import {
  type Interaction,
  InteractionType,
  type InteractionTypeName,
  type Item,
  type ItemEvent,
  type ItemPatch,
  type ItemPatched,
  interactionEvent,
  itemEvent,
  itemPatched,
  KindredError,
  type User,
  type UserEvent,
  userEvent,
  validateEvent,
} from '@kindred/contracts';

/** Wire messages as the events they become; each throws a KindredError that names the field. */
export function itemUpsertedOf(item: Item | undefined, revision: bigint): ItemEvent {
  if (!item) throw new KindredError('FIELD_MISSING', 'item', 'item is missing; send the item to store');
  const { itemId, imageUrl, stock, attributes, ...rest } = item;
  const event = {
    ...rest,
    kind: 'upserted',
    item_id: itemId,
    image_url: imageUrl,
    stock: stock === undefined ? undefined : exactNumber('item.stock', stock),
    attributes: attributes ?? {},
    revision: item.revision ?? revision,
  };
  return validateEvent(itemEvent, event, 'item');
}

const canBeUnset = ['price', 'stock', 'categories'];

/** `receipt` where somebody waits for it. */
export function itemPatchedOf(patch: ItemPatch, position: number, receipt?: bigint): ItemPatched {
  const prefix = `patches[${position}]`;
  const { collection, itemId, title, body, imageUrl, price, stock, hidden, categories, unset } = patch;
  for (const [at, name] of unset.entries()) {
    if (canBeUnset.includes(name)) continue;
    const field = `${prefix}.unset[${at}]`;
    const wayOut = `it can name ${canBeUnset.join(', ')}; a text is emptied by "", an attribute removed by null`;
    throw new KindredError('FIELD_INVALID', field, `${field} is "${name}"; ${wayOut}`);
  }
  const event = {
    kind: 'patched',
    collection,
    item_id: itemId,
    title,
    body,
    image_url: imageUrl,
    attributes: patch.attributes,
    price: unset.includes('price') ? null : price,
    stock: unset.includes('stock') ? null : stock === undefined ? undefined : exactNumber(`${prefix}.stock`, stock),
    hidden,
    categories: unset.includes('categories') || categories.length > 0 ? categories : undefined,
    receipt,
  };
  return validateEvent(itemPatched, event, prefix);
}

export const itemDeletedOf = (collection: string, itemId: string, revision: bigint): ItemEvent =>
  validateEvent(itemEvent, { kind: 'deleted', collection, item_id: itemId, revision });

export const userUpsertedOf = (user: User, position: number, revision: bigint): UserEvent =>
  validateEvent(
    userEvent,
    { kind: 'upserted', user_id: user.userId, attributes: user.attributes ?? {}, revision: user.revision ?? revision },
    `users[${position}]`,
  );

export function interactionOf(interaction: Interaction, position: number) {
  const event = {
    event_id: interaction.eventId,
    occurred_at: interaction.occurredAt?.toISOString(),
    type: typeName(interaction.type),
    user_id: interaction.userId || undefined,
    session_id: interaction.sessionId || undefined,
    collection: interaction.collection,
    item_id: interaction.itemId,
    value: interaction.value,
    request_id: interaction.requestId || undefined,
    position: interaction.position,
  };
  return validateEvent(interactionEvent, event, `interactions[${position}]`);
}

const prefix = 'INTERACTION_TYPE_';
const typeName = (type: InteractionType): InteractionTypeName | undefined => {
  const name = InteractionType[type];
  if (!name || type === InteractionType.INTERACTION_TYPE_UNSPECIFIED) return undefined;
  return name.slice(prefix.length).toLowerCase() as InteractionTypeName;
};

/** JSON of an event; revisions as decimal strings, which JSON numbers cannot hold exactly. */
export const eventJson = (event: object): string =>
  JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? value.toString() : value));

function exactNumber(field: string, value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new KindredError('FIELD_INVALID', field, `${field} is ${value}; it must be at most 2^53-1`);
}
