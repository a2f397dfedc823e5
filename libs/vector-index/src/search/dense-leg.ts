import type { ModelTable } from '../models/model.store.ts';
import { type LegScope, passing, tenant } from './lexical-leg.ts';
import type { SearchBy } from './search-request.ts';
import type { StatementParams } from './statement-params.ts';

export interface DenseLeg {
  method: 'vector_exact' | 'vector_hnsw' | 'vector_ivfflat';
  model: ModelTable;
  /** The collection's own partition, for the index methods. */
  partition?: string;
  /** Binary form of the query's vector; absent where the database makes it from stored vectors. */
  vector?: unknown;
  /** The same of a second query, like the picture's mirror image: an item's better score counts. */
  second?: unknown;
}

// A scalar subquery is computed once; a cast of a parameter would be computed for every row.
const target = '(select q.vector from query q)';
const secondTarget = '(select q.second from query q)';

/**
 * The query's vector at length one, null where nothing is known of it: given, the mean of items' vectors, a user's
 * vector, or examples (Rocchio with weights 2 and -1).
 */
export function queryVectorSql(leg: DenseLeg, by: SearchBy, collection: string, params: StatementParams): string {
  const { model, vector, second } = leg;
  const type = model.element === 'halfvec' ? `halfvec(${model.dimensions})` : `vector(${model.dimensions})`;
  if (by.kind === 'user') {
    return `select l2_normalize(u.embedding)::${type} as vector from kindred.user_vectors u
      where u.tenant_id = ${tenant} and u.collection_id = ${collection} and u.user_id = ${params.add(by.userId, 'text')}
        and u.session_id = '' and u.model = ${params.add(model.table, 'text')}`;
  }
  const meanOf = (ids: readonly string[]) => `(select avg(v.embedding) from kindred.${model.table} v
    where v.tenant_id = ${tenant} and v.collection_id = ${collection} and v.item_id = any(${params.add(ids, 'text[]')}))`;
  if (by.kind === 'items') return `select l2_normalize(${meanOf(by.itemIds)})::${type} as vector`;
  if (by.kind === 'recommend') {
    return `select l2_normalize(coalesce(e.liked + (e.liked - e.disliked), e.liked))::${type} as vector
      from (select ${meanOf(by.positive)} as liked, ${meanOf(by.negative)} as disliked) e`;
  }
  const other = second === undefined ? '' : `, ${params.add(second, 'vector')}::${type} as second`;
  return `select ${params.add(vector, 'vector')}::${type} as vector${other}`;
}

/** Ids that stand for the query and so are no answers to it. */
export function exampleIds(by: SearchBy): readonly string[] {
  if (by.kind === 'items') return by.itemIds;
  return by.kind === 'recommend' ? [...by.positive, ...by.negative] : [];
}

/** Every vector of the collection that passes the filter, by inner product: (item_id, score), best first. */
export function exactSql(leg: DenseLeg, scope: LegScope, depth: string): string {
  const { join, where } = passing('v', scope, 'hash');
  // Ordered by the negated distance, which no index offers: a scan of them all is what was asked for.
  const first = `-(v.embedding <#> ${target})`;
  const score = leg.second === undefined ? first : `greatest(${first}, -(v.embedding <#> ${secondTarget}))`;
  return `
    select v.item_id, ${score} as score
      from kindred.${leg.model.table} v ${join}
     where v.tenant_id = ${tenant} and v.collection_id = ${scope.collection} and ${target} is not null
       and ${where}
     order by score desc, v.item_id limit ${depth}`;
}

/** The same by the approximate index: it may end early, then there are fewer rows than match. */
export function indexSql(leg: DenseLeg, scope: LegScope, depth: string): string {
  const { join, where } = passing('v', scope, 'lookup');
  const nearest = (to: string) => `
    select v.item_id, -(v.embedding <#> ${to}) as score
      from kindred.${leg.partition} v ${join}
     where v.tenant_id = ${tenant} and v.collection_id = ${scope.collection} and ${to} is not null
       and ${where}
     order by v.embedding <#> ${to} limit ${depth}`;
  if (leg.second === undefined) return nearest(target);
  return `
    select item_id, max(score) as score from ((${nearest(target)}) union all (${nearest(secondTarget)})) both_ways
     group by item_id order by score desc, item_id limit ${depth}`;
}
