import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import {
  type CollectionRow,
  filterToSql,
  type LiveItemRow,
  liveItemColumns,
  liveItemCondition,
  type ModelTable,
  recentIdsSql,
} from '@kindred/vector-index';
import type { Settings } from '../settings.ts';
import { Params } from './params.ts';
import { type Origin, seedCtes } from './seeds.store.ts';

/** Share of each source in the score of an item; 0 leaves the source out. */
export interface Weights {
  collaborative: number;
  content: number;
  popular: number;
}

export interface CandidateQuery {
  collection: CollectionRow;
  model: ModelTable | undefined;
  origin: Origin;
  weights: Weights;
  /** The content source is asked when the collaborative one has fewer candidates than this. */
  contentBelow: number;
  /** Popular and new items come after everything else: always, or only when nothing else was found. */
  fill: 'always' | 'when empty';
  filter: Filter | undefined;
  offset: number;
  limit: number;
  withVectors: boolean;
  settings: Settings;
}

/** What ran. */
export interface Figures {
  collaborative_rows: number;
  content_rows: number;
  popular_rows: number;
  newest_rows: number;
  collaborative_ms: number;
  content_ms: number;
  popular_ms: number;
  newest_ms: number;
  content_ran: boolean;
  has_taste: boolean;
  known_items: number;
  missing_ids: string[] | null;
}

/** A hit, or (position null) the figures of an answer without hits. */
export interface CandidateRow extends LiveItemRow {
  /** In the first row only: read and sent with each they cost as much as the hits. */
  figures: Figures | null;
  position: number | null;
  score: number;
  collaborative: number | null;
  content: number | null;
  popular: number | null;
  newest: boolean;
  seed_title: string | null;
  seed_type: string | null;
  vector: string | null;
}

const mine = (alias: string, collection: string) =>
  `${alias}.tenant_id = kindred.tenant() and ${alias}.collection_id = ${collection}`;
/**
 * Row by row through the primary key, which "offset 0" makes the only way. Where tables were never analyzed (always in
 * PGlite, shortly after a load in PostgreSQL), joins were planned for one row and read the whole table for each: 900 ms.
 */
const lookup = (alias: string, query: string) => `left join lateral (select ${query} offset 0) ${alias} on true`;
const shown = 'not s.deleted and not s.hidden';

/**
 * Hits from `offset` on, best first, one more than `limit` where there are more. One statement: exclusions, scores and
 * live rows come from one snapshot. Scores do not depend on offset and limit, so pages fit together.
 */
export function readCandidates(
  database: Database,
  tenant: string,
  query: CandidateQuery,
  signal?: AbortSignal,
): Promise<CandidateRow[]> {
  const { text, values } = candidateStatement(query);
  // Planning takes five times what running takes, and no parameter changes the plan: it is made once per connection.
  // Behind a filter the vector index must look on until the page is full.
  const settings = { jit: 'off', plan_cache_mode: 'force_generic_plan', 'hnsw.iterative_scan': 'relaxed_order' };
  return database.query<CandidateRow>({ tenant, readOnly: true, settings, signal }, text, values);
}

function candidateStatement(query: CandidateQuery): { text: string; values: unknown[] } {
  const params = new Params();
  const collection = params.add(query.collection.collectionId, 'int');
  const seeds = seedCtes(query.origin, { collection, params, settings: query.settings }, query.model);
  const filter = filterToSql(query.filter, query.collection, params.values);
  const parts: Parts = {
    collection,
    // Sold out is excluded; a stock that is not counted is not.
    live: `${liveItemCondition} and (i.stock is null or i.stock > 0) and (${filter})`,
    need: params.add(query.offset + query.limit + 1, 'int'),
    params,
  };
  const ctes = [
    ...seeds,
    likedCte(query, parts),
    ...contentCtes(query, parts),
    ...bestCtes(query, parts),
    ...hitsCtes(query, parts),
    figuresCte(query, parts),
    pageCte(query, parts),
    ...(query.origin.kind === 'history' ? [causesCte] : []),
  ];
  return { text: `with ${ctes.join(',\n')}\n${rowsSql(query, parts)}`, values: params.values };
}

interface Parts {
  collection: string;
  /** Condition over items (alias i) that may appear. */
  live: string;
  /** Hits up to the end of the page, and one more. */
  need: string;
  params: Params;
}

/**
 * Items the seeds speak for; `best` holds the rank of the seed that speaks loudest, in the lowest digits of a number
 * that grows with what it says: a maximum is cheaper than a sort. Unnested in the select list: a function in the from
 * list would store its rows first. Half a microsecond a neighbor is most of what an answer costs.
 */
function likedCte({ weights }: CandidateQuery, { collection }: Parts): string {
  return `liked as materialized (
    select item_id, score, best from (
      select item_id, sum(weight * score) as score, max(floor(weight * score * 1e9) * 1024 + rank) as best
        from (
          select unnest(k.neighbor_ids[1:s.reach]) as item_id, unnest(k.scores[1:s.reach]) as score, s.weight, s.rank
            from seeds s cross join lateral (
              select k.neighbor_ids, k.scores from kindred.item_neighbors k
               where ${mine('k', collection)} and k.item_id = s.item_id and ${weights.collaborative > 0} offset 0) k) n
       group by item_id) l
     where item_id not in (select item_id from excluded))`;
}

/** `near`: items next to the taste that are not liked already. `alike`: content scores of these and of the liked. */
function contentCtes({ model, weights, contentBelow }: CandidateQuery, parts: Parts): string[] {
  const { collection, live, need, params } = parts;
  if (!model || weights.content === 0) {
    return [`alike as (select null::text as item_id, null::float8 as share, false as is_liked where false)`];
  }
  const gate = `(select count(*) < ${params.add(contentBelow, 'int')} from liked)`;
  const taste = '(select embedding from taste)';
  const part = (which: string) => `(
        select v.item_id, v.embedding <#> ${taste} as distance from kindred.${model.table} v
         where ${mine('v', collection)} and ${which} and ${gate} and ${taste} is not null
           and v.item_id not in (select item_id from excluded) and v.item_id not in (select item_id from liked)
         order by v.embedding <#> ${taste})`;
  return [
    `taste as materialized (
      select l2_normalize(avg(embedding))::${model.element}(${model.dimensions}) as embedding from vectors_of_origin)`,
    // Distances before the join: joined first, whole vectors would go through it. What the index leaves out stands
    // apart, all of it looked at.
    `near as materialized (
      select v.item_id, -v.distance as score from (
        ${part('not v.recent')} union all ${part(recentIdsSql('v.'))} order by distance) v
        cross join lateral (
          select from kindred.items i where ${mine('i', collection)} and i.item_id = v.item_id and ${live} offset 0) i
       order by v.distance limit ${need})`,
    `alike as materialized (
      select item_id, score / max(score) over () as share, is_liked from (
        select item_id, score, false as is_liked from near
        union all
        select l.item_id, -(v.embedding <#> ${taste}), true
          from (select item_id from liked where ${gate} and ${taste} is not null offset 0) l cross join lateral (
            select v.embedding from kindred.${model.table} v
             where ${mine('v', collection)} and v.item_id = l.item_id offset 0) v) a
       where score > 0)`,
  ];
}

/** The best `need` of each source, every one live and matching: (item_id, score, collaborative, content, popular, best). */
function bestCtes({ fill, weights }: CandidateQuery, { collection, live, need, params }: Parts): string[] {
  const weight = (value: number) => params.add(value, 'float8');
  const [collaborative, content] = [weight(weights.collaborative), weight(weights.content)];
  const wanted = fill === 'always' ? 'true' : 'not exists (select from best_liked) and not exists (select from alike)';
  // The few best are found without sorting the rest, which is sorted only when too few of them are live.
  const first = `(2 * ${need} + 50)`;
  const walk = (part: string) => `(
        select l.* from (
          select l.item_id, ${collaborative} * l.share + ${content} * coalesce(a.share, 0) as score,
            l.share as collaborative, a.share as content, l.best
            from (select item_id, score / (select max(score) from liked) as share, best from liked) l
            left join alike a on a.item_id = l.item_id order by 2 desc, 1 ${part}) l
          cross join lateral (
            select from kindred.items i where ${mine('i', collection)} and i.item_id = l.item_id and ${live} offset 0) i
         order by l.score desc, l.item_id)`;
  return [
    // Sorted before the join, and joined row by row: the walk ends when enough live ones are found.
    `best_liked as materialized (
      select * from (${walk(`limit ${first}`)} union all ${walk(`offset ${first}`)}) l limit ${need})`,
    `best_popular as materialized (
      select p.item_id, ${weight(weights.popular || 0.1)} * p.score as score, p.score::float8 as popular
        from kindred.item_popularity p
        cross join lateral (
          select from kindred.items i where ${mine('i', collection)} and i.item_id = p.item_id and ${live} offset 0) i
       where ${mine('p', collection)} and ${wanted} and p.item_id not in (select item_id from excluded)
       order by p.score desc, p.item_id limit ${need})`,
    // Within a source shares add up, between them the better one counts: so the best of each hold the best of all.
    `best as materialized (
      select item_id, max(score) as score, max(collaborative) as collaborative, max(content) as content,
        max(popular) as popular, max(best) as best
      from (
        select item_id, score, collaborative, content, null::float8 as popular, best from best_liked
        union all select item_id, ${content} * share, null, share, null, null from alike where not is_liked
        union all select item_id, score, null, null, popular, null from best_popular) found
      group by item_id)`,
  ];
}

/** The best, and where they are too few what is new: a full page whenever enough items match. */
function hitsCtes({ fill }: CandidateQuery, { collection, live, need }: Parts): string[] {
  const wanted = fill === 'always' ? 'true' : 'not exists (select from best_liked) and not exists (select from alike)';
  return [
    `newest as materialized (
      select i.item_id, i.created_at from kindred.items i
       where ${mine('i', collection)} and ${wanted} and ${live} and (select count(*) from best) < ${need}
         and i.item_id not in (select item_id from excluded) and i.item_id not in (select item_id from best)
       order by i.created_at desc, i.item_id limit ${need})`,
    `hits as (
      select item_id, score, collaborative, content, popular, best, null::timestamptz as created_at from best
      union all select item_id, 0, null, null, null, null, created_at from newest)`,
  ];
}

// The clock is read between the counts, and each count computes its source: subqueries run where they are first needed.
function figuresCte({ model, weights, origin, contentBelow }: CandidateQuery, { collection, params }: Parts): string {
  const content = model && weights.content > 0;
  const missing = `(select array_agg(j.item_id) from judged j where not exists (
    select from kindred.items i where ${mine('i', collection)} and i.item_id = j.item_id and not i.deleted))`;
  return `figures as materialized (
    select clock_timestamp() as t0, (select count(*) from liked)::int as collaborative_rows,
      clock_timestamp() as t1, (select count(*) from alike)::int as content_rows,
      (select count(*) from best_liked) as best_rows, clock_timestamp() as t2,
      (select count(*) from best_popular)::int as popular_rows, clock_timestamp() as t3, (select count(*) from newest)::int as newest_rows, clock_timestamp() as t4,
      ${content ? `(select count(*) from liked) < ${params.add(contentBelow, 'int')}` : 'false'} as content_ran,
      ${content ? `exists (select from vectors_of_origin where embedding is not null)` : 'false'} as has_taste,
      (select count(*) from judged)::int as known_items,
      ${origin.kind === 'items' ? missing : 'null::text[]'} as missing_ids)`;
}

function pageCte({ offset, limit }: CandidateQuery, { params }: Parts): string {
  // Naming the figures in the limit computes them first, so that their clock readings bracket the sources.
  return `page as materialized (
    select *, (row_number() over (order by score desc, created_at desc nulls first, item_id))::int as position from hits
     order by score desc, created_at desc nulls first, item_id
     offset ${params.add(offset, 'int')} limit ${params.add(limit + 1, 'int')} + (select 0 * best_rows from figures))`;
}

/** The event that a hit's reason names: the strongest with its seed, in one pass over the history. */
const causesCte = `causes as materialized (
    select distinct on (e.item_id) e.item_id, e.type from events e
     where e.item_id in (select b.item_id from page p join seeds b on b.rank = p.best::bigint % 1024)
     order by e.item_id, e.strength desc, e.occurred_at desc, e.type)`;

function rowsSql({ model, withVectors, origin, offset }: CandidateQuery, { collection, params }: Parts): string {
  const vectors =
    withVectors && model
      ? lookup(
          'v',
          `v.embedding from kindred.${model.table} v where ${mine('v', collection)} and v.item_id = p.item_id`,
        )
      : 'left join (select null::text as embedding) v on false';
  const isSeed = origin.kind === 'items';
  return `
    select case when p.position is null or p.position = ${params.add(offset + 1, 'int')} then to_json(f) end as figures,
      p.position, p.score, p.collaborative, p.content, p.popular, p.created_at is not null as newest,
      s.title as seed_title, ${isSeed ? `'seed'` : 'c.type'} as seed_type, v.embedding::text as vector, ${liveItemColumns}
    from (${figuresSql}) f
    left join page p on true
    ${lookup('i', `i.* from kindred.items i where ${mine('i', collection)} and i.item_id = p.item_id`)}
    left join seeds b on b.rank = p.best::bigint % 1024
    ${isSeed ? '' : 'left join causes c on c.item_id = b.item_id'}
    ${lookup('s', `s.title from kindred.items s where ${mine('s', collection)} and s.item_id = b.item_id and ${shown}`)}
    ${vectors}
    order by p.position`;
}

const ms = (from: number) => `extract(epoch from t${from + 1} - t${from})::float8 * 1000`;
/** The readings of the clock as times of the sources. */
const figuresSql = `select collaborative_rows, content_rows, popular_rows, newest_rows, content_ran, has_taste,
  known_items, missing_ids, ${ms(0)} as collaborative_ms, ${ms(1)} as content_ms, ${ms(2)} as popular_ms,
  ${ms(3)} as newest_ms from figures`;
