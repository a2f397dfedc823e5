import type { CollectionRow } from '../collection.store.ts';
import { candidateCtes } from './candidates.ts';
import { exactSql, indexSql, queryVectorSql } from './dense-leg.ts';
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
  const { dense } = legs;
  const scope = legScope(request, collection, legs, params, before);
  const within = { ...scope, candidates: dense.found ? 'candidates' : undefined };
  const exact = dense.method === 'vector_exact';
  // Our own number, in the text: a planner that knows the limit takes the index, also in a plan kept for all values.
  const rows = request.limit + 1;
  // A scan that goes on behind a filter gives its rows only nearly in order.
  const taken = scope.filter === undefined && !scope.behind ? rows : 2 * rows;
  const counted = dense.found
    ? '(select count(*)::int from found) as found, (select count(*)::int from candidates) as passing'
    : 'null::int as found, null::int as passing';
  const text = `with query as materialized (${queryVectorSql(dense, request.by, scope.collection, params)}),
    ${dense.found ? `${candidateCtes(dense.found, scope).join(',\n')},` : ''}
    near as materialized (${exact ? exactSql(dense, within, String(rows)) : indexSql(dense, within, String(taken))}),
    page as (
      select item_id, score, (row_number() over (order by score desc, item_id))::int as position from near
       order by score desc, item_id limit ${rows})
    select (select count(*)::int from near) as dense_rows, ${counted}, p.position, p.score, ${hitColumns(request, dense)}
      from (select) one
      left join page p on true
      ${hitJoins(request, dense, scope)}
     order by p.position`;
  return { text, values: params.values };
}

export type DenseRow = Omit<
  SearchRow,
  'lexical_rows' | 'lexical_ms' | 'dense_ms' | 'dense_fell_back' | 'no_vector' | 'missing_ids' | ScoreColumn
>;
type ScoreColumn = 'lexical_score' | 'lexical_rank' | 'dense_score' | 'dense_rank';

/** The rows of the statement as those of the statement for both legs. */
export function denseRows(rows: DenseRow[], tookMs: number): SearchRow[] {
  return rows.map((row) => ({
    ...row,
    lexical_rows: 0,
    lexical_ms: 0,
    dense_ms: tookMs,
    dense_fell_back: false,
    no_vector: false,
    missing_ids: null,
    lexical_score: null,
    lexical_rank: null,
    dense_score: row.score,
    dense_rank: row.position,
  }));
}
