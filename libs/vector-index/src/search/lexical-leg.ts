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
  /** For bm25_index: goes by it behind a filter, whatever found the items of the other leg. */
  walks?: boolean;
  /** Further lists of terms that say the same: a document counts by the one that fits it best. */
  variants?: readonly (readonly string[])[];
  /** Further terms, none of them in `terms`. A document's score for them counts `weight` times, 0-1, beside the asked one. */
  extra?: { terms: string[]; weight: number };
}

/** What every leg of one statement shares. */
export interface LegScope {
  /** Placeholder of the collection id. */
  collection: string;
  /** Condition over items, aliased i; absent where every listed item passes. */
  filter?: string;
  /** The same for items that are looked up one by one. */
  lookedUp?: string;
  /** The same for documents: what it says of items, and of the rows of documents. */
  byDocument: { filter?: string; conditions(alias: string): string[] };
  /** The items that pass stand in a CTE of this name, few enough to look each of them up. */
  candidates?: string;
  /** Condition on a score and an item id: behind the last hit of the page before. */
  behind?: (score: string, id: string) => string;
  /** Placeholder of the only ids that are looked at; the filter has them too. */
  among?: string;
  /** Too many items for a hash of them; tables this large have statistics. */
  large: boolean;
  params: StatementParams;
}

/**
 * The tenant of the transaction, read once per statement: as a bare call it would be read for every row. Legs leave it to
 * row-level security: named once more, PostgreSQL compares both above every table. A collection's id is of one tenant.
 */
export const tenant = '(select kindred.tenant())';

/** Beyond these a query is a document; the first ones carry its subject. */
export const mostTerms = 256;

/** How the rows of a leg meet the items: each row looked up behind an index, or all of them against a hash. */
export type Meeting = 'lookup' | 'hash';

/**
 * Joins and conditions that keep the rows (aliased `alias`) of live items that pass the filter, in this very snapshot.
 * Without a filter the few unlisted items are left out instead of joining all the others.
 */
export function passing(alias: string, scope: LegScope, meeting: Meeting): { join: string; where: string } {
  const { candidates } = scope;
  const filter = meeting === 'lookup' ? scope.lookedUp : scope.filter;
  if (candidates !== undefined) {
    return { join: '', where: `${alias}.item_id in (select c.item_id from ${candidates} c)` };
  }
  const own = `i.collection_id = ${scope.collection}`;
  if (filter === undefined) {
    const unlisted = `from kindred.items i where ${own} and (i.hidden or i.deleted)`;
    const listed = `${alias}.item_id not in (select i.item_id ${unlisted})`;
    return {
      join: '',
      where: meeting === 'hash' ? listed : `not exists (select ${unlisted} and i.item_id = ${alias}.item_id)`,
    };
  }
  // On the leg's own rows too, where it is a lookup by key.
  const near = scope.among === undefined ? '' : ` and ${alias}.item_id = any(${scope.among})`;
  const live = `${liveItemCondition} and (${filter})`;
  if (meeting === 'lookup' || scope.large) {
    return { join: `join kindred.items i on ${own} and i.item_id = ${alias}.item_id`, where: live + near };
  }
  // "is true" keeps this a hash: as a join, without statistics (PGlite never gathers any), it becomes a quadratic loop.
  return {
    join: '',
    where: `(${alias}.item_id in (select i.item_id from kindred.items i where ${own} and ${live})) is true${near}`,
  };
}

/**
 * A query of (item_id, score), best first, at most `depth` rows: BM25 with k1 = 1.2, b = 0.75 and the statistics of the
 * collection (Robertson and Zaragoza 2009; idf as in Lucene). Both methods give the same scores. With extra terms: the sum of
 * what the best `depth` rows score for the asked terms and, times its weight, for the extra ones.
 */
export function lexicalSql({ extra, variants = [], ...leg }: LexicalLeg, scope: LegScope, depth: string): string {
  const asked = bestSql([leg, ...variants.map((terms) => ({ ...leg, terms: [...terms] }))], scope, depth);
  if (!extra) return asked;
  const weight = scope.params.add(extra.weight, 'float8');
  return `
    select item_id, sum(score) as score from (
      select item_id, score from (${asked}) asked
      union all
      select item_id, ${weight} * score from (${askedSql({ ...leg, terms: extra.terms }, scope, depth)}) extra) either
     group by item_id order by sum(score) desc, item_id limit ${depth}`;
}

/** Each document by its best score: the best of all are among the best of each. */
function bestSql(legs: readonly LexicalLeg[], scope: LegScope, depth: string): string {
  if (legs.length === 1) return askedSql(legs[0]!, scope, depth);
  const either = legs.map((leg) => `select item_id, score from (${askedSql(leg, scope, depth)}) one`);
  return `select item_id, max(score) as score from (${either.join(' union all ')}) said
    group by item_id order by max(score) desc, item_id limit ${depth}`;
}

function askedSql(leg: LexicalLeg, scope: LegScope, depth: string): string {
  return leg.method === 'bm25_index' ? indexSql(leg, scope, depth) : exactSql(leg, scope, depth);
}

/**
 * Of a statement without a filter. Behind the join that leaves hidden items out the scan would score its first 1,000
 * documents, however few are wanted; a quarter more than that spares it a second run for some hidden ones.
 */
export const scanSettings = ({ method }: LexicalLeg, depth: number): Record<string, string> =>
  method === 'bm25_index' ? { 'pg_textsearch.default_limit': String(Math.ceil(1.25 * depth)) } : {};

// The scan continues until `depth` rows passed the filter or no document matches; rows without a match score 0.
function indexSql({ terms, partition, index }: LexicalLeg, scope: LegScope, depth: string): string {
  const query = `to_bm25query(${scope.params.add(terms.join(' '), 'text')}, 'kindred.${index}')`;
  const found = scope.candidates !== undefined;
  const { join, where } = passing('d', { ...scope, lookedUp: scope.byDocument.filter }, 'lookup');
  // Of items that were found, those whose documents match are told with a tenth of what scoring takes.
  const also = found ? [`d.terms @@ ${anyOf(terms, scope.params)}`] : scope.byDocument.conditions('d');
  return `
    select item_id, -distance as score from (
      select d.item_id, d.tokens <@> ${query} as distance
        from kindred.${partition} d ${join}
       where d.collection_id = ${scope.collection} and ${[where, ...also].join(' and ')}
       order by d.tokens <@> ${query} limit ${depth}) best
     where distance < 0`;
}

const lexeme = (term: string) => `'${term}'`;
const anyOf = (terms: readonly string[], params: StatementParams) =>
  params.add(terms.map(lexeme).join(' | '), 'tsquery');

// Scores as float4: the order of additions must not part equal documents, and the index computes in float4 too.
function exactSql({ terms, byTermIndex }: LexicalLeg, scope: LegScope, depth: string): string {
  const { collection, params } = scope;
  const { join, where } = passing('s', scope, 'hash');
  const any = anyOf(terms, params);
  const each = params.add(terms.map(lexeme), 'tsquery[]');
  const matching = byTermIndex
    ? `kindred.matching_documents(${collection}, ${any}) d`
    : `kindred.documents d where d.collection_id = ${collection} and d.terms @@ ${any}`;
  return `
    with matches as materialized (select d.item_id, d.rounded_length, d.terms from ${matching}),
    corpus as materialized (
      select count(*)::float8 as documents, coalesce(avg(d.length), 1)::float8 as average from kindred.documents d
       where d.collection_id = ${collection}),
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
      from scores s ${join}
     where ${where}
     order by s.score desc, s.item_id limit ${depth}`;
}
