import type { Item } from '@kindred/contracts';
import type { CollectionRow } from './collection.store.ts';

/** Columns of kindred.items (alias i) that make a payload. */
export const liveItemColumns = `i.item_id, i.revision, i.title, i.body, i.image_url, i.price, i.stock, i.hidden, i.categories,
  i.attributes`;

/** Grows with each change of an item (alias i): patches leave its revision. */
export const itemVersionSql = '(i.revision + least(i.patches, 9223372036854775807 - i.revision))';

/** Rows of items (alias i) that may be shown to anybody. */
export const liveItemCondition = 'not i.deleted and not i.hidden';

export interface LiveItemRow {
  item_id: string;
  revision: bigint;
  title: string;
  body: string;
  image_url: string;
  price: number | null;
  stock: bigint | null;
  hidden: boolean;
  categories: string[];
  attributes: Record<string, unknown>;
}

/** The payload of a hit. Attributes that are declared as not shown stay inside. */
export function itemFromRow(row: LiveItemRow, collection: Pick<CollectionRow, 'name' | 'attributes'>): Item {
  return {
    collection: collection.name,
    itemId: row.item_id,
    revision: row.revision,
    title: row.title,
    body: row.body,
    imageUrl: row.image_url,
    attributes: shownOf(row.attributes, collection),
    price: row.price ?? undefined,
    stock: row.stock ?? undefined,
    hidden: row.hidden,
    categories: row.categories,
  };
}

function shownOf(
  attributes: Record<string, unknown>,
  collection: Pick<CollectionRow, 'attributes'>,
): Record<string, unknown> {
  const concealed = collection.attributes.filter((attribute) => !attribute.shown && attribute.name in attributes);
  if (concealed.length === 0) return attributes;
  const shown = { ...attributes };
  for (const { name } of concealed) delete shown[name];
  return shown;
}
