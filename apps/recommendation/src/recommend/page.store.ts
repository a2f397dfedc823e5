import type { Filter } from '@kindred/contracts';
import type { Sql } from '@kindred/database';
import {
  type CollectionRow,
  filterToSql,
  type LiveItemRow,
  liveItemColumns,
  type Matching,
  type ModelTable,
} from '@kindred/vector-index';
import { type HistoryQuery, type Stamp, unchangedSql } from '../history/history.store.ts';
import { mine, withCtes } from '../history/people-sql.ts';
import { Params } from '../params.ts';
import { availableSql } from './content.store.ts';

/** Items that may appear in an answer: live, not sold out, matching. */
export interface Range {
  collection: CollectionRow;
  filter: Filter | undefined;
  /** What is known of the filter. Of items that were found, no others are looked at. */
  matching?: Matching | undefined;
}

/** A hit to be: the item, and the one that its reason names. */
export interface Pick {
  itemId: string;
  seed?: string;
}

export interface PageRow extends LiveItemRow {
  /** In the list that was given, from 1. */
  position: number;
  seed_title: string | null;
  /** When the item was first stored, in seconds since 1970. */
  stored_at: number;
  vector: string | null;
}

interface Walk {
  params: Params;
  collection: string;
  matches: string;
}

function walkOf({ collection, filter }: Range): Walk {
  const params = new Params();
  const id = params.add(collection.collectionId, 'int');
  return {
    params,
    collection: id,
    matches: `${availableSql} and (${filterToSql(filter, collection, params.values, { rowByRow: true })})`,
  };
}

/** The items one after the other, by their primary key, until there are enough. */
const live = ({ collection, matches }: Walk, columns: string) => `cross join lateral (
  select ${columns} from kindred.items i where ${mine('i', collection)} and i.item_id = c.item_id and ${matches} offset 0) i`;

export interface PageQuery extends Range {
  picks: readonly Pick[];
  limit: number;
  payload: boolean;
  /** Absent: no vectors. */
  model: ModelTable | undefined;
  /** What the picks were made of, to be checked in the same snapshot. */
  expected?: { query: HistoryQuery; history: { stamp: Stamp } } | undefined;
}

const storedAt = 'extract(epoch from i.created_at)::float8 as stored_at';
/** As many columns as a page has, with a payload and without, of which a seed needs the title. */
const seedColumns = 'null, s.item_id, null, s.title, null, null, null, null, null, null, null';
const bareSeedColumns = 'null, s.item_id, s.title';
/** Places of rows that are no hits. */
const seedPlace = 0;
const unchangedPlace = -1;

/**
 * Rows of the first `limit` picks that may appear, in their order. One statement.
 * Undefined where what was expected is not so any more.
 */
export async function readPage(sql: Sql, query: PageQuery): Promise<PageRow[] | undefined> {
  const { picks, expected } = query;
  const { text, values } = pageStatement(query);
  const rows = await sql.query<PageRow>(text, values);
  if (expected && !rows.some(({ position }) => position === unchangedPlace)) return undefined;
  const titleOf = new Map(rows.filter(({ position }) => position === seedPlace).map((row) => [row.item_id, row.title]));
  const hits = rows.filter(({ position }) => position > seedPlace);
  for (const row of hits) row.seed_title = titleOf.get(picks[row.position - 1]!.seed ?? '') ?? null;
  return hits;
}

function pageStatement({ picks, limit, payload, model, expected, ...range }: PageQuery) {
  const walk = walkOf(range);
  const { params, collection } = walk;
  const ids = params.add(
    picks.map(({ itemId }) => itemId),
    'text[]',
  );
  const columns = `${storedAt}, ${payload ? liveItemColumns : 'i.item_id, i.title'}`;
  const vector = model
    ? `(select v.embedding::text from kindred.${model.table} v where ${mine('v', collection)} and v.item_id = c.item_id)`
    : 'null::text';
  const checked = expected && unchangedSql(expected.query, expected.history.stamp, params);
  const gate = checked ? 'where (select unchanged from checked)' : '';
  const page = `select c.position::int as position, ${vector} as vector, i.*
    from (select * from unnest(${ids}) with ordinality as u(item_id, position) ${gate} order by u.position offset 0) c
    ${live(walk, columns)}
    order by c.position limit ${params.add(limit, 'int')}`;
  const parts = [`(${page})`];
  const seeds = [...new Set(picks.flatMap(({ seed }) => seed ?? []))];
  if (seeds.length > 0) parts.push(titlesSql(walk, seeds, payload));
  if (!checked) return { text: parts.join(' union all '), values: params.values };
  const nothing = (payload ? seedColumns : bareSeedColumns).replaceAll(/s\.\w+/g, 'null');
  parts.push(`select ${unchangedPlace}, null, ${nothing} from checked where unchanged`);
  const ctes = [...checked.ctes, `checked as materialized (select ${checked.unchanged} as unchanged)`];
  return { text: withCtes(ctes) + parts.join(' union all '), values: params.values };
}

/** Of all seeds in one scan: looked up hit by hit they took as long as the page itself. */
const titlesSql = ({ params, collection }: Walk, seeds: readonly string[], payload: boolean) => `
  select ${seedPlace}, null, ${payload ? seedColumns : bareSeedColumns} from kindred.items s
   where ${mine('s', collection)} and s.item_id = any(${params.add(seeds, 'text[]')}) and not s.deleted and not s.hidden`;

/** Those of the items that may appear, in their order. */
export async function readLiveIds(sql: Sql, range: Range, itemIds: readonly string[], most: number): Promise<string[]> {
  if (itemIds.length === 0 || most <= 0) return [];
  const walk = walkOf(range);
  const ids = walk.params.add(itemIds, 'text[]');
  const rows = await sql.query<{ item_id: string }>(
    `select c.item_id from (
       select * from unnest(${ids}) with ordinality as u(item_id, position) order by u.position offset 0) c
     ${live(walk, '')} order by c.position limit ${walk.params.add(most, 'int')}`,
    walk.params.values,
  );
  return rows.map((row) => row.item_id);
}

const foundOf = ({ matching }: Range, alias: string, params: Params) =>
  matching?.ids ? `and ${alias}.item_id = any(${params.add(matching.ids, 'text[]')})` : '';

/** Popular items that may appear, without those that are gone or known already. */
export function readMorePopular(
  sql: Sql,
  range: Range,
  without: readonly string[],
  most: number,
): Promise<{ item_id: string; share: number }[]> {
  const walk = walkOf(range);
  const { params, collection } = walk;
  return sql.query(
    `select c.item_id, c.score::float8 as share from kindred.item_popularity c ${live(walk, '')}
      where ${mine('c', collection)} ${foundOf(range, 'c', params)}
        and c.item_id not in (select unnest(${params.add(without, 'text[]')}))
      order by c.score desc, c.item_id limit ${params.add(most, 'int')}`,
    params.values,
  );
}

export interface Newest {
  without: readonly string[];
  most: number;
  /** Only items first stored within so many days. */
  maxAgeDays?: number;
  /** Only items that nobody turned to yet. */
  untouched?: boolean;
}

/** The same of new items, the newest first. */
export async function readNewest(sql: Sql, range: Range, { without, most, ...newest }: Newest): Promise<string[]> {
  const { params, collection, matches } = walkOf(range);
  const age =
    newest.maxAgeDays === undefined
      ? ''
      : `and i.created_at > now() - make_interval(secs => ${params.add(newest.maxAgeDays * 86_400, 'float8')})`;
  const touched = newest.untouched
    ? `and not exists (select from kindred.item_popularity p where ${mine('p', collection)} and p.item_id = i.item_id)`
    : '';
  const rows = await sql.query<{ item_id: string }>(
    `select i.item_id from kindred.items i
      where ${mine('i', collection)} ${foundOf(range, 'i', params)} and ${matches} ${age} ${touched}
        and i.item_id not in (select unnest(${params.add(without, 'text[]')}))
      order by i.created_at desc, i.item_id limit ${params.add(most, 'int')}`,
    params.values,
  );
  return rows.map((row) => row.item_id);
}
