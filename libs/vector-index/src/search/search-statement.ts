import type { CollectionRow } from '../collection.store.ts';
import type { LiveItemRow } from '../live-item.ts';
import { candidateCtes, type Found } from './candidates.ts';
import { closenessSql } from './closeness.ts';
import { type DenseLeg, exactSql, exampleIds, indexSql, queryVectorSql, sureRows } from './dense-leg.ts';
import { fusionSql, poolSql } from './fuse-sql.ts';
import { hitColumns, hitJoins } from './hits-sql.ts';
import { legScope } from './leg-scope.ts';
import { type LegScope, type LexicalLeg, lexicalSql, tenant } from './lexical-leg.ts';
import type { PagePosition } from './page-token.ts';
import type { CheckedFusion, CheckedRequest } from './search-request.ts';
import { StatementParams } from './statement-params.ts';

export interface Legs {
  lexical?: LexicalLeg;
  dense?: DenseLeg;
  /** The items that pass come first: for an exact dense leg, and a lexical one that does not walk. */
  found?: Found;
  /** Rows of each leg. */
  depth: number;
  collectionItems: bigint;
  /** How the scores of both legs become one. */
  fusion: CheckedFusion;
}

/** One row per hit, and one row without a hit where there is none: the plan's figures come in every row. */
export interface SearchRow extends LiveItemRow {
  lexical_rows: number;
  dense_rows: number;
  lexical_ms: number;
  dense_ms: number;
  /** The approximate index ended early, so every vector was looked at. */
  dense_fell_back: boolean;
  /** Items that the filter's index gave. */
  found: number | null;
  /** Those that pass the filter, for certain. */
  passing: number | null;
  /** Nothing is known of what was searched by, so the dense leg had no vector to search with. */
  no_vector: boolean;
  /** Scores that shares of each leg begin at; of vectors, as closeness. */
  lexical_floor: number;
  dense_floor: number;
  /** Example ids that are no items. */
  missing_ids: string[] | null;
  position: number | null;
  score: number;
  lexical_score: number | null;
  lexical_rank: number | null;
  dense_score: number | null;
  dense_rank: number | null;
  vector: string | null;
}

export interface SearchStatement {
  text: string;
  values: unknown[];
}

/**
 * Both legs, their fusion and the live rows of one page, as one statement and so in one snapshot. A page takes the best of
 * what was not shown yet: its legs are deeper than all of that. Vectors alone are paged by their score: a page goes on
 * behind the last hit.
 */
export function searchStatement(
  request: CheckedRequest,
  collection: CollectionRow,
  legs: Legs,
  before?: PagePosition,
): SearchStatement {
  const params = new StatementParams();
  const scope = legScope(request, collection, legs, params, before);
  // Our own number, in the text: a planner that knows the limit takes the index, also in a plan kept for all values.
  const depth = String(legs.lexical ? legs.depth : request.limit + 1);
  const fused = legs.lexical && legs.dense ? fusionSql(legs.fusion, legs.dense, params) : undefined;
  const ctes = [
    ...(legs.dense
      ? [`query as materialized (${queryVectorSql(legs.dense, request.by, scope.collection, params)})`]
      : []),
    ...(legs.found ? candidateCtes(legs.found, scope) : []),
    ...legCtes(legs, scope, depth),
    figuresCte(legs, request, scope, depth),
    `pool as materialized (${poolSql(legs, fused)})`,
    // A dense leg alone begins behind the last hit by itself.
    pageCte(request.limit, legs.lexical && before, params, fused !== undefined),
  ];
  return { text: `with ${ctes.join(',\n')}\n${hitsSql(legs, request, scope)}`, values: params.values };
}

/** Ranks of every leg, its best closeness, and the one that its shares begin at: (item_id, score, rank, best, floor). */
function legCtes(legs: Legs, scope: LegScope, depth: string): string[] {
  // What a full leg leaves out may score as much as its last hit; what another one leaves out scores 0.
  const ranked = (name: string, rows: string, closeness = 'score') => `${name} as materialized (
    select item_id, score, (row_number() over (order by score desc, item_id))::int as rank, max(${closeness}) over () as best,
      case when count(*) over () >= ${depth} then greatest(min(${closeness}) over (), 0) else 0 end as floor from (${rows}) leg)`;
  const within = legs.found ? { ...scope, candidates: 'candidates' } : scope;
  const ctes: string[] = [];
  if (legs.lexical) ctes.push(ranked('lexical', lexicalSql(legs.lexical, legs.lexical.walks ? scope : within, depth)));
  if (!legs.dense) return ctes;
  const closeness = closenessSql(legs.dense, 'score');
  if (legs.dense.method === 'vector_exact') {
    return [...ctes, ranked('dense', exactSql(legs.dense, within, depth), closeness)];
  }
  const exact = exactSql(legs.dense, scope, depth);
  const full = `${sureRows(scope, 'near')} >= ${depth}`;
  ctes.push(`near as materialized (${indexSql(legs.dense, scope, depth)})`);
  // Never a short page: where the index ended early, the scan of everything takes its place.
  const rows = `select * from (
      select item_id, score from near where ${full} order by score desc, item_id limit ${depth}) best
    union all select * from (${exact}) everything where not ${full}`;
  return [...ctes, ranked('dense', rows, closeness)];
}

// The clock is read between the counts, and each count computes its leg: subqueries run where they are first needed.
function figuresCte(legs: Legs, { by }: CheckedRequest, scope: LegScope, depth: string): string {
  const count = (name: 'lexical' | 'dense') => (legs[name] ? `(select count(*) from ${name})::int` : '0');
  const floor = (name: 'lexical' | 'dense') =>
    legs[name] ? `(select coalesce(max(floor), 0) from ${name})::float8` : '0::float8';
  const index = legs.dense && legs.dense.method !== 'vector_exact';
  const ids = exampleIds(by);
  const missing = `(select array_agg(e.id) from unnest(${ids.length > 0 ? scope.params.add(ids, 'text[]') : ''}) as e(id)
    where not exists (select from kindred.items i where i.tenant_id = ${tenant}
      and i.collection_id = ${scope.collection} and i.item_id = e.id and not i.deleted))`;
  return `figures (t0, lexical_rows, t1, dense_rows, t2, dense_fell_back, found, passing, no_vector, lexical_floor, dense_floor, missing_ids) as materialized (
    select clock_timestamp(), ${count('lexical')}, clock_timestamp(), ${count('dense')}, clock_timestamp(),
      ${index ? `${sureRows(scope, 'near')} < ${depth}` : 'false'},
      ${legs.found ? '(select count(*)::int from found), (select count(*)::int from candidates)' : 'null::int, null::int'},
      ${legs.dense ? 'not exists (select from query q where q.vector is not null)' : 'false'},
      ${floor('lexical')}, ${floor('dense')},
      ${ids.length > 0 ? missing : 'null::text[]'})`;
}

/** `fused`: the scores depend on the depth of the pool. A deeper one has higher ones, so they are scaled under the last one shown. */
function pageCte(limit: number, before: PagePosition | undefined, params: StatementParams, fused: boolean): string {
  const order = 'order by score desc, item_id';
  const most = params.add(limit + 1, 'int');
  let left = 'select * from pool';
  if (before?.shown) {
    const { count } = before.shown;
    // No more are hashed than the page and what was shown can be, and one to spare, whose hash may be another's too.
    left = `select * from (select * from pool ${order} limit ${most} + ${params.add(count + 1, 'int')}) best
        where ${before.shown.lacksSql('item_id', params)}`;
  }
  const score = before && fused ? scaledSql(params.add(before.score, 'float8')) : 'score';
  // Naming the figures in the limit computes them first, so that their clock readings bracket the legs.
  return `page as materialized (
    select item_id, lexical_score, lexical_rank, dense_score, dense_rank, ${score} as score,
      (row_number() over (${order}))::int as position from (${left}) left_over
     order by left_over.score desc, item_id limit ${most} + (select 0 * lexical_rows from figures))`;
}

/** The best of them gets the score `most` exactly, unless it has less. */
const scaledSql = (most: string) =>
  `case when max(score) over () > ${most} then score / max(score) over () * ${most} else score end`;

function hitsSql(legs: Legs, request: CheckedRequest, scope: LegScope): string {
  return `
    select f.lexical_rows, f.dense_rows, f.dense_fell_back, f.found, f.passing, f.no_vector, f.lexical_floor, f.dense_floor, f.missing_ids,
      extract(epoch from f.t1 - f.t0)::float8 * 1000 as lexical_ms, extract(epoch from f.t2 - f.t1)::float8 * 1000 as dense_ms,
      p.position, p.score, p.lexical_score, p.lexical_rank, p.dense_score, p.dense_rank, ${hitColumns(request, legs.dense)}
    from figures f
    left join page p on true
    ${hitJoins(request, legs.dense, scope)}
    order by p.position`;
}
