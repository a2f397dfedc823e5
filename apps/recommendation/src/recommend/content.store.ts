import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import {
  type CollectionRow,
  filterToSql,
  liveItemCondition,
  type ModelTable,
  recentIdsSql,
} from '@kindred/vector-index';
import { mine, type Person, personSql, withCtes } from '../history/people-sql.ts';
import { Params } from '../params.ts';

/** Sold out is excluded; a stock that is not counted is not. */
export const availableSql = `${liveItemCondition} and (i.stock is null or i.stock > 0)`;

export interface ContentQuery {
  collection: CollectionRow;
  model: ModelTable;
  /** Whose stored tastes; where there are none, or nobody is given, the mean of these items. */
  person: Person;
  itemIds: readonly string[];
  /** Scored whatever they are; all others have to be near. */
  known: readonly string[];
  excluded: readonly string[];
  filter: Filter | undefined;
  /** All that match the filter, where they are known. */
  matching: readonly string[] | undefined;
  /** How many are near; 0: only the known ones are scored. */
  near: number;
}

export interface ContentScores {
  /** There was something to compare with. */
  hasTaste: boolean;
  ids: string[];
  /** Inner products with the taste, above 0. */
  scores: number[];
}

/** Items by their vectors: those next to the taste, live and matching, and the known ones. */
export async function readContent(
  database: Database,
  query: ContentQuery,
  signal?: AbortSignal,
): Promise<ContentScores> {
  const params = new Params();
  const text = contentSql(query, params);
  const settings = {
    plan_cache_mode: 'force_generic_plan',
    ...(query.filter === undefined && query.near > 0 && byIndex(query)),
  };
  const scope = { tenant: query.collection.tenant, readOnly: true, settings, signal };
  const rows = await database.query<{ item_id: string | null; score: number; has_taste: boolean }>(
    scope,
    text,
    params.values,
  );
  const found = rows.filter((row) => row.item_id !== null && row.score > 0);
  return {
    hasTaste: rows.some((row) => row.has_taste),
    ids: found.map((row) => row.item_id!),
    scores: found.map((row) => row.score),
  };
}

/**
 * The planner takes a scan of all and a sort for cheaper than the vector index, which takes a third of its 12 ms at 20,000
 * items. Behind a filter it may be right.
 */
const byIndex = ({ near, known, excluded }: ContentQuery) => ({
  enable_sort: 'off',
  'hnsw.ef_search': String(Math.min(mostBreadth, near + known.length + excluded.length)),
});

/** pgvector's own. */
const mostBreadth = 1_000;

function contentSql({ collection: row, model, filter, ...query }: ContentQuery, params: Params): string {
  // As text, not as parameters: only so a plan that is kept knows of the partition, and takes its index for the limit.
  const [collection, near] = [String(Number(row.collectionId)), Number(query.near)];
  const people = personSql(query.person, params);
  const [items, known, excluded] = [query.itemIds, query.known, query.excluded].map((ids) => params.add(ids, 'text[]'));
  const matches = `${availableSql} and (${filterToSql(filter, row, params.values, { rowByRow: true })})`;
  const stored = `${mine('t', collection)} and t.model = ${params.add(model.table, 'text')}`;
  const taste = '(select embedding from taste)';
  const found = query.matching && `v.item_id = any(${params.add(query.matching, 'text[]')})`;
  const part = (which: string) => `(
        select v.item_id, v.embedding <#> ${taste} as distance from kindred.${model.table} v
         where ${mine('v', collection)} and ${which} and ${near} > 0 and ${taste} is not null
           and v.item_id not in (select item_id from gone)
         order by v.embedding <#> ${taste})`;
  // What the index leaves out stands apart, all of it looked at.
  const parts = found ? [part(found)] : [part('not v.recent'), part(recentIdsSql('v.'))];
  const tastes = `tastes as materialized (
      select t.embedding from kindred.user_vectors t
       where ${stored} and t.user_id = any(${people.userIds}) and t.session_id = ''
      union all
      select t.embedding from kindred.user_vectors t
       where ${stored} and t.user_id = '' and t.session_id = any(${people.sessionIds}))`;
  return `${withCtes([...people.ctes, tastes])},
    given as materialized (
      select v.embedding::vector as embedding from unnest(${items}) as g(item_id) cross join lateral (
        select v.embedding from kindred.${model.table} v where ${mine('v', collection)} and v.item_id = g.item_id offset 0) v
       where not exists (select from tastes where embedding is not null)),
    taste as materialized (
      select l2_normalize(avg(embedding))::${model.element}(${model.dimensions}) as embedding
        from (select embedding from tastes union all select embedding from given) o),
    gone as materialized (select unnest(${excluded}) as item_id union all select unnest(${known})),
    near as materialized (
      select v.item_id, -v.distance as score from (
        select * from (${parts.join(' union all ')}) p order by distance) v
        cross join lateral (
          select from kindred.items i where ${mine('i', collection)} and i.item_id = v.item_id and ${matches} offset 0) i
       order by v.distance limit ${near})
    select null::text as item_id, 0::float8 as score, ${taste} is not null as has_taste
    union all select item_id, score, false from near
    union all
    select k.item_id, -(v.embedding <#> ${taste}), false from unnest(${known}) as k(item_id) cross join lateral (
      select v.embedding from kindred.${model.table} v where ${mine('v', collection)} and v.item_id = k.item_id offset 0) v
     where ${taste} is not null`;
}
