import type { Database } from '@kindred/database';
import type { CollectionRow, ModelTable } from '@kindred/vector-index';
import { mine } from '../history/people-sql.ts';
import { availableSql } from '../recommend/content.store.ts';
import type { DescribedItem } from './traits.ts';

export interface DescribedRow extends DescribedItem {
  item_id: string;
  /** pgvector's binary form; null where the item has no vector of the model. */
  content: Buffer | null;
}

type Owner = Pick<CollectionRow, 'tenant' | 'collectionId'>;

const columnsOf = (model: ModelTable | undefined) => {
  const content = model
    ? `(select vector_send(v.embedding::vector) from kindred.${model.table} v where ${mine('v', '$1')} and v.item_id = i.item_id)`
    : 'null::bytea';
  return `i.item_id, i.title, i.price, i.categories, i.attributes, ${content} as content`;
};

/** Those of the items that exist, hidden ones too, by id. */
export function readDescribed(
  database: Database,
  { tenant, collectionId }: Owner,
  itemIds: readonly string[],
  model: ModelTable | undefined,
): Promise<DescribedRow[]> {
  return database.query<DescribedRow>(
    { tenant, readOnly: true },
    `select ${columnsOf(model)} from kindred.items i
      where ${mine('i', '$1')} and i.item_id = any($2::text[]) and not i.deleted order by i.item_id`,
    [collectionId, itemIds],
  );
}

/** The newest items on sale that the version of a model was not trained on. */
export function readNewcomers(
  database: Database,
  { tenant, collectionId }: Owner,
  { version, model, most }: { version: bigint; model: ModelTable | undefined; most: number },
): Promise<DescribedRow[]> {
  // The limit keeps the lookup by index: as a join it took six seconds where statistics were old.
  return database.query<DescribedRow>(
    { tenant, readOnly: true },
    `select ${columnsOf(model)} from (
       select i.item_id, i.title, i.price, i.categories, i.attributes from kindred.items i
        where ${mine('i', '$1')} and ${availableSql} and (
          select 1 from kindred.item_factors f where ${mine('f', '$1')} and f.version = $2 and f.item_id = i.item_id limit 1) is null
        order by i.created_at desc, i.item_id limit $3) i`,
    [collectionId, version, most],
  );
}
