import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { AttributeDeclaration } from '../content.ts';
import { instant } from '../filter/instant.ts';
import { ItemSample, type SampledItem } from './item-sample.ts';

/** Estimates a share of 1 % to within a quarter of it. */
const sampleSize = 2_000;

interface Row {
  item_id: string;
  title: string;
  price: number | null;
  stock: bigint | null;
  categories: string[];
  attributes: Record<string, unknown>;
  created_at: Date;
  updated_at: Date;
}

// Bernoulli looks at every row and so takes all alike: pages alone would hold what was loaded together.
const sampleSql = `
  select i.item_id, left(i.title, 100) as title, i.price, i.stock, i.categories, i.attributes, i.created_at, i.updated_at
    from kindred.items i tablesample bernoulli ($2)
   where i.tenant_id = kindred.tenant() and i.collection_id = $1 and not i.deleted and not i.hidden
   limit 2 * $3`;

/** Of a collection with so many items. Empty where the collection is. */
export async function readItemSample(
  database: Database,
  collection: CollectionRow,
  items: bigint,
): Promise<ItemSample> {
  const percent = Math.min(100, (100 * sampleSize) / Math.max(1, Number(items)));
  const scope = { tenant: collection.tenant, readOnly: true, settings: { jit: 'off' } };
  const rows = await database.query<Row>(scope, sampleSql, [collection.collectionId, percent, sampleSize]);
  return new ItemSample(rows.map((row) => sampledItem(row, collection.attributes)));
}

function sampledItem(row: Row, declared: readonly AttributeDeclaration[]): SampledItem {
  const item: Record<string, (string | number | boolean)[]> = {
    item_id: [row.item_id],
    title: row.title === '' ? [] : [row.title],
    price: row.price === null ? [] : [row.price],
    stock: row.stock === null ? [] : [Number(row.stock)],
    in_stock: [row.stock === null || row.stock > 0n],
    categories: row.categories,
    created_at: [row.created_at.getTime()],
    updated_at: [row.updated_at.getTime()],
  };
  for (const { name, type } of declared) {
    const value = row.attributes[name];
    if (value === undefined || value === null) continue;
    const values = Array.isArray(value) ? value : [value];
    item[name] = type === 'time' ? values.map((time) => instant(String(time))) : values;
  }
  return item;
}
