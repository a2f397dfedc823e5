import { liveItemCondition } from '../live-item.ts';
import type { StatementParams } from './statement-params.ts';

export interface LexicalLeg {
  method: 'bm25_index' | 'bm25_exact';
  /** Distinct terms of the query, letters and digits only. */
  terms: string[];
  /** For bm25_exact: the documents can be found by a GIN index. */
  byTermIndex?: boolean;
  /** For bm25_index. */
  partition?: string;
  index?: string;
}

/** What every leg of one statement shares. */
export interface LegScope {
  /** Placeholder of the collection id. */
  collection: string;
  /** Condition over items, aliased i. */
  filter: string;
  params: StatementParams;
}

/** Beyond these a query is a document; the first ones carry its subject. */
export const mostTerms = 256;

/** Joins an item to the row aliased `alias`, so that a leg sees what is live in this very snapshot. */
export const joinLive = (alias: string) =>
  `join kindred.items i on i.tenant_id = ${alias}.tenant_id and i.collection_id = ${alias}.collection_id
    and i.item_id = ${alias}.item_id`;

/**
 * A query of (item_id, score), best first, at most `depth` rows: BM25 with k1 = 1.2, b = 0.75 and the statistics of the
 * collection (Robertson and Zaragoza 2009; idf as in Lucene). Both methods give the same scores.
 */
export function lexicalSql(leg: LexicalLeg, scope: LegScope, depth: string): string {
  return leg.method === 'bm25_index' ? indexSql(leg, scope, depth) : exactSql(leg, scope, depth);
}

// The scan continues until `depth` rows passed the filter or no document matches; rows without a match score 0.
function indexSql(
  { terms, partition, index }: LexicalLeg,
  { collection, filter, params }: LegScope,
  depth: string,
): string {
  const query = `to_bm25query(${params.add(terms.join(' '), 'text')}, 'kindred.${index}')`;
  return `
    select item_id, score from (
      select d.item_id, -(d.tokens <@> ${query}) as score
        from kindred.${partition} d ${joinLive('d')}
       where d.tenant_id = kindred.tenant() and d.collection_id = ${collection} and ${liveItemCondition} and (${filter})
       order by d.tokens <@> ${query} limit ${depth}) best
     where score > 0`;
}

// Scores as float4: the order of additions must not part equal documents, and the index computes in float4 too.
function exactSql({ terms, byTermIndex }: LexicalLeg, { collection, filter, params }: LegScope, depth: string): string {
  const lexemes = terms.map((term) => `'${term}'`);
  const any = params.add(lexemes.join(' | '), 'tsquery');
  const each = params.add(lexemes, 'tsquery[]');
  const matching = byTermIndex
    ? `kindred.matching_documents(${collection}, ${any}) d`
    : `kindred.documents d where d.tenant_id = kindred.tenant() and d.collection_id = ${collection} and d.terms @@ ${any}`;
  return `
    with matches as materialized (select d.item_id, d.rounded_length, d.terms from ${matching}),
    corpus as materialized (
      select count(*)::float8 as documents, coalesce(avg(d.length), 1)::float8 as average from kindred.documents d
       where d.tenant_id = kindred.tenant() and d.collection_id = ${collection}),
    occurrences as materialized (
      select m.item_id, m.rounded_length, t.term, kindred.term_frequency(m.terms, t.query) as frequency
        from matches m cross join unnest(${each}) with ordinality as t(query, term)),
    weights as (
      select o.term, ln(1 + (c.documents - count(*) + 0.5) / (count(*) + 0.5)) as idf
        from occurrences o cross join corpus c where o.frequency > 0 group by o.term, c.documents),
    scores as (
      select o.item_id, sum(w.idf * o.frequency * 2.2
               / (o.frequency + 1.2 * (0.25 + 0.75 * o.rounded_length / c.average)))::real::float8 as score
        from occurrences o join weights w on w.term = o.term cross join corpus c
       where o.frequency > 0 group by o.item_id)
    select s.item_id, s.score
      from scores s
      join kindred.items i on i.tenant_id = kindred.tenant() and i.collection_id = ${collection} and i.item_id = s.item_id
     where ${liveItemCondition} and (${filter})
     order by s.score desc, s.item_id limit ${depth}`;
}
