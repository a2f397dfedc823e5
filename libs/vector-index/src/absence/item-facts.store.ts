import type { Filter } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { filterProbe } from '../filter/filter-probe.ts';
import type { CollectionModel } from '../models/collection-models.store.ts';
import { hasInputSql, inputHashSql } from '../models/input-hash.ts';
import { tenant } from '../search/lexical-leg.ts';
import { StatementParams } from '../search/statement-params.ts';
import type { TextConditions } from '../text/text-conditions.ts';

/** What of a query an item's row is compared with. */
export interface Asked {
  itemId: string;
  filter?: Filter;
  /** Empty: no text is looked for. */
  terms: readonly string[];
  /** What a text's quotation marks and - ask of every hit. Absent: nothing. */
  conditions?: TextConditions;
  /** Absent: no vector is compared. */
  model?: CollectionModel;
}

export interface ItemFacts {
  deleted: boolean;
  hidden: boolean;
  /** Paths of the filter's conditions that it does not meet. */
  unmet: string[];
  /** Whether each phrase is in it, then each excluded text. */
  has: boolean[];
  /** Any of the terms is in it. */
  hasTerm: boolean;
  vector: 'fresh' | 'stale' | 'missing' | 'no input';
  /** Why the model cannot embed it; empty where nobody said so. */
  refusal: string;
}

interface Row {
  deleted: boolean;
  hidden: boolean;
  tests: boolean[];
  has: boolean[];
  has_term: boolean;
  vector: ItemFacts['vector'];
  refusal: string | null;
}

/** Undefined where the tenant has no such item. */
export async function readItemFacts(sql: Sql, collection: CollectionRow, asked: Asked): Promise<ItemFacts | undefined> {
  const params = new StatementParams();
  const id = params.add(collection.collectionId, 'int');
  const item = params.add(asked.itemId, 'text');
  const probe = filterProbe(asked.filter, collection, params);
  const own = (alias: string) =>
    `${alias}.tenant_id = ${tenant} and ${alias}.collection_id = ${id} and ${alias}.item_id = ${item}`;
  const any = asked.terms.map((term) => `'${term}'`).join(' | ');
  const has = (query: string) =>
    `exists (select from kindred.documents d where ${own('d')} and d.terms @@ ${params.add(query, 'tsquery')})`;
  const { must = [], mustNot = [] } = asked.conditions ?? {};
  const [row] = await sql.query<Row>(
    `select i.deleted, i.hidden, array[${probe.tests.map((test) => `(${test}) is true`).join(', ')}]::boolean[] as tests,
       array[${[...must, ...mustNot].map(has).join(', ')}]::boolean[] as has, ${any === '' ? 'false' : has(any)} as has_term, ${vectorSql(asked.model, own, params)}
       from kindred.items i where ${own('i')}`,
    params.values,
  );
  if (!row) return undefined;
  const { deleted, hidden, has: had, vector } = row;
  const unmet = probe.unmet(row.tests);
  return { deleted, hidden, unmet, has: had, hasTerm: row.has_term, vector, refusal: row.refusal ?? '' };
}

function vectorSql(
  found: CollectionModel | undefined,
  own: (alias: string) => string,
  params: StatementParams,
): string {
  if (!found) return `'missing' as vector, null::text as refusal`;
  const { kind, model } = found;
  return `case when not ${hasInputSql[kind]} then 'no input' else coalesce((
      select case when v.content_hash = ${inputHashSql[kind]} then 'fresh' else 'stale' end
        from kindred.${model.table} v where ${own('v')}), 'missing') end as vector,
    (select r.reason from kindred.vector_refusals r where ${own('r')}
      and r.vector_table = ${params.add(model.table, 'text')} and r.content_hash = ${inputHashSql[kind]}) as refusal`;
}
