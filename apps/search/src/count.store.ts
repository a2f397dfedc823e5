import type { Filter } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import {
  type CollectionRow,
  type FilterFacts,
  filterToSql,
  itemsSql,
  liveItemCondition,
  StatementParams,
} from '@kindred/vector-index';

/** Live, visible items that match, found by the filter's facts where there are any. */
export async function countItems(
  sql: Sql,
  collection: CollectionRow,
  filter: Filter | undefined,
  facts?: FilterFacts,
): Promise<bigint> {
  const params = new StatementParams();
  const items = itemsSql(facts, { collection: params.add(collection.collectionId, 'int'), params });
  const condition = filterToSql(filter, collection, params.values);
  const text = `select count(*) as count from ${items} where ${liveItemCondition} and (${condition})`;
  const [row] = await sql.query<{ count: bigint }>(text, params.values);
  return row!.count;
}
