import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { candidateCtes, type Found } from '../search/candidates.ts';
import { StatementParams } from '../search/statement-params.ts';
import type { Narrow } from './matching-items.ts';

/** Ids of all items that are live and match, in no order; undefined where an index gave more than `most`. */
export async function readMatching(
  database: Database,
  collection: CollectionRow,
  { filter, facts, most }: Narrow,
  signal?: AbortSignal,
): Promise<string[] | undefined> {
  const params = new StatementParams();
  const placeholder = params.add(collection.collectionId, 'int');
  const passes = filterToSql(filter, collection, params.values);
  const found: Found = { facts, most };
  const scope = { collection: placeholder, filter: passes, params };
  const text = `with ${candidateCtes(found, scope).join(',\n')}
    select (select count(*) from found) as found, array(select item_id from candidates) as ids`;
  const settings = { plan_cache_mode: 'force_generic_plan' };
  const of = { tenant: collection.tenant, readOnly: true, settings, signal };
  const [row] = await database.query<{ found: bigint; ids: string[] }>(of, text, params.values);
  return row!.found > most ? undefined : row!.ids;
}
