import { closenessSql, type Measured } from './closeness.ts';
import type { CheckedFusion } from './search-request.ts';
import type { StatementParams } from './statement-params.ts';

/**
 * Joins the legs `lexical` and `dense` to (item_id, lexical_score, lexical_rank, dense_score, dense_rank, score). One leg
 * alone keeps its own scores: BM25, or the cosine.
 */
export function poolSql(legs: { lexical?: unknown; dense?: unknown }, fused: string | undefined): string {
  if (fused) {
    return `select item_id, l.score as lexical_score, l.rank as lexical_rank, d.score as dense_score, d.rank as dense_rank,
      ${fused} as score from lexical l full join dense d using (item_id)`;
  }
  const none = 'null::float8, null::int';
  const alone = 'score, rank';
  const [lexical, dense, leg] = legs.lexical ? [alone, none, 'lexical'] : [none, alone, 'dense'];
  return `select item_id, lexical_score, lexical_rank, dense_score, dense_rank, score
    from (select item_id, ${lexical}, ${dense}, score from ${leg})
      one (item_id, lexical_score, lexical_rank, dense_score, dense_rank, score)`;
}

/** The fused score of the legs aliased l and d: the same numbers as shareFuse and rrfFuse of libs/ranking. */
export function fusionSql(fusion: CheckedFusion, dense: Measured, params: StatementParams): string {
  if (fusion.method === 'rrf') {
    const constant = params.add(fusion.k, 'float8');
    const reciprocal = (leg: string) => `coalesce(1 / (${constant} + ${leg}.rank), 0)`;
    return `${reciprocal('l')} + ${reciprocal('d')}`;
  }
  // A hit that a leg lacks gets 0 from it, and so does one below 0.
  const share = (leg: string, closeness: string) =>
    `coalesce((greatest(${closeness}, 0) - ${leg}.floor) / nullif(greatest(${leg}.best, 0), 0), 0)`;
  const weight = params.add(fusion.denseWeight, 'float8');
  return `(1 - ${weight}) * ${share('l', 'l.score')} + ${weight} * ${share('d', closenessSql(dense, 'd.score'))}`;
}
