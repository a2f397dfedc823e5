import {
  type Filter,
  type Hit,
  KindredError,
  limits,
  type ScrollRequest,
  type ScrollResponse,
} from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import {
  activeModel,
  type CollectionRow,
  type FilterFacts,
  filterToSql,
  itemFromRow,
  itemsSql,
  type LiveItemRow,
  liveItemColumns,
  liveItemCondition,
  readCollectionModels,
  StatementParams,
} from '@kindred/vector-index';
import { behind, scrollOrder } from './scroll-order.ts';
import { readScrollToken, type ScrollPosition, scrollToken } from './scroll-token.ts';

const defaultLimit = 100;

interface ScrollRow extends LiveItemRow {
  order_value: string | null;
  vector: string | null;
}

/**
 * One page of the live, visible items that match. By keyset, so pages cost the same however far they are, and an item whose
 * order stays is neither skipped nor repeated, whatever is written meanwhile. Throws a KindredError that names the field.
 */
export async function scrollItems(
  sql: Sql,
  collection: CollectionRow,
  request: ScrollRequest,
  facts?: FilterFacts,
): Promise<ScrollResponse> {
  const limit = request.limit ?? defaultLimit;
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= limits.pageLimit)) {
    const message = `limit is ${limit}; it must be from 1 to ${limits.pageLimit}. Use page_token for more`;
    throw new KindredError('LIMIT_OUT_OF_RANGE', 'limit', message);
  }
  const after = readScrollToken(request, collection.tenant);
  const table = request.with?.vectors ? await vectorTable(sql, collection) : undefined;
  const page = (from: ScrollPosition | undefined, most: number) =>
    readPage(sql, collection, request, { after: from, limit: most, table, facts });
  const rows = await page(after, limit + 1);
  // Items without a value come last: they begin where the values end.
  const valuesEnd = isByValue(request) && after?.value !== null && rows.length <= limit;
  if (valuesEnd) rows.push(...(await page({ value: null, itemId: '' }, limit + 1 - rows.length)));
  return answer(rows, limit, request, collection);
}

interface PageBounds {
  after: ScrollPosition | undefined;
  limit: number;
  table: string | undefined;
  /** By which an index finds what passes. */
  facts: FilterFacts | undefined;
}

async function readPage(
  sql: Sql,
  collection: CollectionRow,
  request: ScrollRequest,
  { after, limit, table, facts }: PageBounds,
): Promise<ScrollRow[]> {
  const params = new StatementParams();
  const id = params.add(collection.collectionId, 'int');
  const condition = filterToSql(request.filter as Filter | undefined, collection, params.values);
  const found = facts && `i.item_id = any(array(select i.item_id from ${itemsSql(facts, { collection: id, params })}))`;
  const order = scrollOrder(request, collection, params);
  const { where, order: orderBy } = behind(order, after, params);
  const vectors = table
    ? `left join lateral (select v.embedding from kindred.${table} v where v.tenant_id = (select kindred.tenant())
         and v.collection_id = ${id} and v.item_id = p.item_id offset 0) v on true`
    : '';
  const text = `
    select p.*, ${table ? 'v.embedding::text' : 'null::text'} as vector from (
      select ${liveItemColumns}, (${order.value ?? 'null'})::text as order_value,
        row_number() over (order by ${orderBy}) as place
        from kindred.items i
       where i.tenant_id = (select kindred.tenant()) and i.collection_id = ${id} and ${liveItemCondition}
         and ${found ?? 'true'} and ${where} and (${condition})
       order by ${orderBy} limit ${params.add(limit, 'int')}) p ${vectors}
     order by p.place`;
  return sql.query<ScrollRow>(text, params.values);
}

async function vectorTable(sql: Sql, { collectionId }: CollectionRow): Promise<string | undefined> {
  return activeModel(await readCollectionModels(sql, collectionId), 'text')?.table;
}

/** Of so many items that pass an index by id knows the order: they are met one after the other. Undefined: all are, and sorted. */
export const walkedFor = (request: ScrollRequest): number | undefined =>
  isByValue(request) ? undefined : (request.limit ?? defaultLimit);

const isByValue = ({ orderBy }: ScrollRequest) => orderBy !== '' && orderBy !== 'item_id';

function answer(rows: ScrollRow[], limit: number, request: ScrollRequest, collection: CollectionRow): ScrollResponse {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: page.map((row) => hitOf(row, request, collection)),
    nextPageToken: more
      ? scrollToken(request, collection.tenant, { value: last.order_value, itemId: last.item_id })
      : '',
  };
}

const hitOf = (row: ScrollRow, { with: wanted }: ScrollRequest, collection: CollectionRow): Hit => ({
  collection: collection.name,
  itemId: row.item_id,
  score: 0,
  item: (wanted?.payload ?? true) ? itemFromRow(row, collection) : undefined,
  scores: {},
  vector: row.vector === null ? [] : JSON.parse(row.vector),
  reason: '',
  matchedFields: [],
  highlights: [],
});
