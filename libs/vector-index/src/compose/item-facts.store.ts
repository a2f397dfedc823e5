import type { Filter } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { filterField } from '../filter/filter-field.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { type LiveItemRow, liveItemColumns } from '../live-item.ts';
import { readRoles } from '../models/collection-models.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { decodeVector } from '../models/vector.store.ts';
import { tenant } from '../search/lexical-leg.ts';
import { StatementParams } from '../search/statement-params.ts';

/** What is wanted to know of items, beside their scores. */
export type ItemFact =
  /** Value of a filterable attribute or built-in field as JSON; null where there is none. */
  | { kind: 'field'; field: string }
  /** The same of any declared attribute, filterable or not. */
  | { kind: 'value'; name: string }
  /** Whether the filter matches. */
  | { kind: 'filter'; filter: Filter }
  /** In (0, 1]; null for an item that nobody interacted with. */
  | { kind: 'popularity' };

/**
 * The facts of each of the items that exist, in the order asked for, by item id. Throws FILTER_* for a field or filter
 * that does not fit the collection.
 */
export async function readFacts(
  sql: Sql,
  collection: CollectionRow,
  itemIds: readonly string[],
  facts: readonly ItemFact[],
): Promise<Map<string, unknown[]>> {
  const params = new StatementParams();
  const ids = params.add(itemIds, 'text[]');
  const id = params.add(collection.collectionId, 'int');
  const values = facts.map((fact) => factSql(fact, collection, id, params));
  const rows = await sql.query<{ item_id: string; facts: unknown[] }>(
    `select i.item_id, jsonb_build_array(${values.join(', ')}) as facts from kindred.items i
      where i.tenant_id = ${tenant} and i.collection_id = ${id} and i.item_id = any(${ids})`,
    params.values,
  );
  return new Map(rows.map((row) => [row.item_id, row.facts]));
}

/** Throws what readFacts would throw, without asking the database. */
export function checkFacts(collection: CollectionRow, facts: readonly ItemFact[]): void {
  for (const fact of facts) factSql(fact, collection, '$1', new StatementParams());
}

function factSql(fact: ItemFact, collection: CollectionRow, id: string, params: StatementParams): string {
  if (fact.kind === 'filter') return `(${filterToSql(fact.filter, collection, params.values)}) is true`;
  if (fact.kind === 'popularity')
    return `(select p.score from kindred.item_popularity p
      where p.tenant_id = ${tenant} and p.collection_id = ${id} and p.item_id = i.item_id)`;
  const declared = fact.kind === 'value' && collection.attributes.some(({ name }) => name === fact.name);
  if (declared) return `i.attributes -> ${params.add(fact.name, 'text')}`;
  const field = filterField(fact.kind === 'value' ? fact.name : fact.field, 'field', collection);
  return field.column ?? `i.attributes -> ${params.add(field.name, 'text')}`;
}

/** Live rows by item id. */
export async function readItems(
  sql: Sql,
  { collectionId }: CollectionRow,
  itemIds: readonly string[],
): Promise<Map<string, LiveItemRow>> {
  const rows = await sql.query<LiveItemRow>(
    `select ${liveItemColumns} from kindred.items i
      where i.tenant_id = ${tenant} and i.collection_id = $1 and i.item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, row]));
}

/** Vectors by item id, of the model or else of the collection's active model of text; none where there is no model. */
export async function readVectors(
  sql: Sql,
  { collectionId }: CollectionRow,
  itemIds: readonly string[],
  model?: ModelTable,
): Promise<Map<string, Float32Array>> {
  const roles = model ? [] : await readRoles(sql, collectionId);
  const table = model ?? roles.find((one) => one.role === 'active' && one.kind === 'text')?.model;
  if (!table) return new Map();
  const rows = await sql.query<{ item_id: string; embedding: Buffer }>(
    `select v.item_id, vector_send(v.embedding::vector) as embedding from kindred.${table.table} v
      where v.tenant_id = ${tenant} and v.collection_id = $1 and v.item_id = any($2::text[])`,
    [collectionId, itemIds],
  );
  return new Map(rows.map((row) => [row.item_id, decodeVector(row.embedding)]));
}
