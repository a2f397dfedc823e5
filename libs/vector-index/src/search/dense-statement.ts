import type { CollectionRow } from '../collection.store.ts';
import { candidateCtes } from './candidates.ts';
import { exactSql, indexSql, queryVectorSql, sureRows } from './dense-leg.ts';
import { hitColumns, hitJoins } from './hits-sql.ts';
import { legScope } from './leg-scope.ts';
import type { PagePosition } from './page-token.ts';
import type { CheckedRequest } from './search-request.ts';
import type { Legs, SearchRow, SearchStatement } from './search-statement.ts';
import { StatementParams } from './statement-params.ts';

/**
 * One page of a dense leg alone, whose vector is given: as little around the scan as there can be. Where an index ends
 * early there are fewer rows than match; `dense_rows` tells. A page goes on behind the last hit of the page before.
 */
export function denseStatement(
  request: CheckedRequest,
  collection: CollectionRow,
  legs: Legs & Required<Pick<Legs, 'dense'>>,
  before?: PagePosition,
): SearchStatement {
  const params = new StatementParams();
  const { dense, found } = legs;
  const scope = legScope(request, collection, legs, params, before);
  const within = { ...scope, candidates: found ? 'candidates' : undefined };
  const exact = dense.method === 'vector_exact';
  // Our own number, in the text: a planner that knows the limit takes the index, also in a plan kept for all values.
  const rows = request.limit + 1;
  // A scan that goes on behind a filter gives its rows only nearly in order: half as many again, which one batch has.
  const taken = scope.filter === undefined && !scope.behind ? rows : Math.ceil(1.5 * rows);
  const counted = found
    ? ', (select count(*)::int from found) as found, (select count(*)::int from candidates) as passing'
    : '';
  const text = `with query as materialized (${queryVectorSql(dense, request.by, scope.collection, params)}),
    ${found ? `${candidateCtes(found, scope).join(',\n')},` : ''}
    near as materialized (${exact ? exactSql(dense, within, String(rows)) : indexSql(dense, within, String(taken))}),
    page as (
      select item_id, score, (row_number() over (order by score desc, item_id))::int as position from near
       order by score desc, item_id limit ${rows})
    select ${exact ? '(select count(*)::int from near)' : sureRows(scope, 'near')} as dense_rows${counted}, p.position, p.score, ${hitColumns(request, dense)}
      from (select) one
      left join page p on true
      ${hitJoins(request, dense, scope)}
     order by p.position`;
  return { text, values: params.values };
}

/** `found` and `passing` where items were found first. */
export type DenseRow = Pick<SearchRow, 'dense_rows' | 'position' | 'score' | 'vector'> & Partial<SearchRow>;

/** The rows of the statement, made to those of the statement for both legs. */
export function denseRows(rows: DenseRow[], tookMs: number): SearchRow[] {
  for (const row of rows) {
    row.found ??= null;
    row.passing ??= null;
    row.lexical_rows = 0;
    row.lexical_ms = 0;
    row.dense_ms = tookMs;
    row.dense_fell_back = false;
    row.no_vector = false;
    row.missing_ids = null;
    row.lexical_score = null;
    row.lexical_rank = null;
    row.dense_score = row.score;
    row.dense_rank = row.position;
  }
  return rows as SearchRow[];
}
