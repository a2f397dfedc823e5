import type { BuiltSegment } from '../indexes/segments.ts';
import { type BuiltIndex, recentIdsSql } from '../indexes/vector-index.store.ts';
import type { ModelTable } from '../models/model.store.ts';
import { type Distance, orderSql, scoreSql } from './distance.ts';
import type { IndexMethod } from './layout.store.ts';
import { type LegScope, passing } from './lexical-leg.ts';
import type { RecentSearch } from './recent-part.ts';
import type { SearchBy } from './search-request.ts';
import type { StatementParams } from './statement-params.ts';

export interface DenseLeg {
  method: 'vector_exact' | IndexMethod;
  model: ModelTable;
  distance: Distance;
  /** The collection's own partition; absent where it shares one. */
  partition?: string;
  /** Of that partition. */
  index?: BuiltIndex;
  /** All that pass are in this segment, whose graph takes the index's place. */
  segment?: BuiltSegment;
  /** The index leaves a recent part out, which is searched beside it. */
  recent?: RecentSearch;
  /** Rows that an index of signs gives for each that is wanted, to be compared in full. */
  oversample?: number;
  /** What moves the query towards the items that pass: the index goes by that, the scores do not. Binary form. */
  toward?: unknown;
  /** Binary form of the query's vector; absent where the database makes it from stored vectors. */
  vector?: unknown;
  /** The same of further queries, like the picture's mirror image: an item's best score counts. */
  others?: readonly unknown[];
}

/** Of the column that holds the model's vectors. */
export const typeOf = ({ element, dimensions }: ModelTable) => `${element}(${dimensions})`;

// A scalar subquery is computed once; a cast of a parameter would be computed for every row.
const target = '(select q.vector from query q)';
const moved = '(select q.moved from query q)';
const otherTargets = ({ others = [] }: DenseLeg) => others.map((_, at) => `(select q.other_${at} from query q)`);

/**
 * The query's vector at length one, null where nothing is known of it, like of items without a word: given, the mean of
 * items' vectors, a user's vector, or examples (Rocchio with weights 2 and -1).
 */
export function queryVectorSql(leg: DenseLeg, by: SearchBy, collection: string, params: StatementParams): string {
  const asked = askedVectorSql(leg, by, collection, params);
  if (!leg.toward) return asked;
  return `select q.*, q.vector + ${params.add(leg.toward, 'vector')}::${typeOf(leg.model)} as moved from (${asked}) q`;
}

function askedVectorSql(leg: DenseLeg, by: SearchBy, collection: string, params: StatementParams): string {
  const { model, vector, others = [] } = leg;
  const type = typeOf(model);
  // What points nowhere is as near to everything.
  const direction = (of: string) =>
    `nullif(l2_normalize(${of})::${type}, array_fill(0::real, array[${model.dimensions}])::${type})`;
  if (by.kind === 'user') {
    return `select ${direction('u.embedding')} as vector from kindred.user_vectors u
      where u.collection_id = ${collection} and u.user_id = ${params.add(by.userId, 'text')}
        and u.session_id = '' and u.model = ${params.add(model.table, 'text')}`;
  }
  const meanOf = (ids: readonly string[]) => `(select avg(v.embedding) from kindred.${model.table} v
    where v.collection_id = ${collection} and v.item_id = any(${params.add(ids, 'text[]')}))`;
  if (by.kind === 'items') return `select ${direction(meanOf(by.itemIds))} as vector`;
  if (by.kind === 'recommend') {
    return `select ${direction('coalesce(e.liked + (e.liked - e.disliked), e.liked)')} as vector
      from (select ${meanOf(by.positive)} as liked, ${meanOf(by.negative)} as disliked) e`;
  }
  const further = others.map((other, at) => `, ${params.add(other, 'vector')}::${type} as other_${at}`);
  return `select ${params.add(vector, 'vector')}::${type} as vector${further.join('')}`;
}

/** Ids that stand for the query and so are no answers to it. */
export function exampleIds(by: SearchBy): readonly string[] {
  if (by.kind === 'items') return by.itemIds;
  return by.kind === 'recommend' ? [...by.positive, ...by.negative] : [];
}

/** Every vector of the collection that passes the filter: (item_id, score), best first. */
export function exactSql(leg: DenseLeg, scope: LegScope, depth: string): string {
  const { join, where } = passing('v', scope, 'hash');
  // Ordered by the negated distance, which no index offers: a scan of them all is what was asked for.
  const scores = [target, ...otherTargets(leg)].map((to) => scoreSql(leg.distance, 'v.embedding', to));
  const score = scores.length === 1 ? scores[0]! : `greatest(${scores.join(', ')})`;
  if (scope.candidates !== undefined) {
    // A lookup for each: of 1,000 that took 4.5 ms, one scan by an array of all their ids 6.2.
    return `
      select v.item_id, ${score} as score
        from ${scope.candidates} c cross join lateral (
          select v.item_id, v.embedding from kindred.${leg.partition ?? leg.model.table} v
           where v.collection_id = ${scope.collection} and v.item_id = c.item_id offset 0) v
       where ${target} is not null and ${behind(scope, score, 'v.item_id')}
       order by score desc, v.item_id limit ${depth}`;
  }
  return `
    select v.item_id, ${score} as score
      from kindred.${leg.partition ?? leg.model.table} v ${join}
     where v.collection_id = ${scope.collection} and ${target} is not null
       and ${where} and ${behind(scope, score, 'v.item_id')}
     order by score desc, v.item_id limit ${depth}`;
}

/**
 * The same by the approximate index: it may end early, then there are fewer rows than match. Beside the index's best stand
 * those of the recent part, where there is one: so up to twice as many rows, and `indexed` tells them apart.
 */
export function indexSql(leg: DenseLeg, scope: LegScope, depth: string): string {
  const indexed = everyWaySql(leg, scope, depth, indexedSql);
  if (!leg.recent) return `select item_id, score, true as indexed from (${indexed}) near`;
  const recent = everyWaySql(leg, scope, depth, leg.recent.scanned ? scannedRecentSql : indexedRecentSql);
  return `
    select item_id, score, true as indexed from (${indexed}) near
    union all
    select item_id, score, false from (${recent}) recent`;
}

/**
 * The rows of it that tell whether the index ended early: behind a filter a scan stops where it has looked at enough, and
 * what the recent part gives is no sign. Without one it goes on while there is anything.
 */
export const sureRows = (scope: LegScope, name: string) =>
  `(select count(*)::int from ${name}${scope.filter === undefined ? '' : ' where indexed'})`;

type Nearest = (leg: DenseLeg, scope: LegScope, to: string, depth: string) => string;

function everyWaySql(leg: DenseLeg, scope: LegScope, depth: string, nearest: Nearest): string {
  const others = otherTargets(leg);
  if (others.length === 0) return nearest(leg, scope, target, depth);
  const each = [target, ...others].map((to) => `(${nearest(leg, { ...scope, behind: undefined }, to, depth)})`);
  return `
    select item_id, max(score) as score from (${each.join(' union all ')}) every_way
     group by item_id having ${behind(scope, 'max(score)', 'item_id')} order by score desc, item_id limit ${depth}`;
}

/** All of what was written since the index was built. */
function scannedRecentSql(leg: DenseLeg, scope: LegScope, to: string, depth: string): string {
  const { join, where } = passing('v', scope, scope.filter === undefined ? 'hash' : 'lookup');
  const score = scoreSql(leg.distance, 'v.embedding', to);
  return `
    select v.item_id, ${score} as score
      from kindred.${leg.partition} v ${join}
     where v.collection_id = ${scope.collection} and ${to} is not null
       and ${recentIdsSql('v.')}${segmentSql(leg)} and ${where} and ${behind(scope, score, 'v.item_id')}
     order by score desc, v.item_id limit ${depth}`;
}

const indexedSql: Nearest = (leg, scope, to, depth) => nearestSql(leg, scope, to, { depth, part: indexedPart(leg) });

/** A segment's graph in words that the main index has not: or PostgreSQL may take that. */
function indexedPart({ recent, segment }: DenseLeg): string {
  if (segment) return `(case when v.recent then null else v.segments end) @> '{${segment.fact}}'::bigint[]`;
  return recent ? 'not v.recent' : 'true';
}

const indexedRecentSql: Nearest = (leg, scope, to, depth) =>
  nearestSql(leg, scope, to, { depth, part: `v.recent${segmentSql(leg)}` });

/** A constant in the text, or no planner could prove that the segment's graph has all that it asks for. */
const segmentSql = ({ segment }: DenseLeg) => (segment ? ` and v.segments @> '{${segment.fact}}'::bigint[]` : '');

/** `part`: in the words of the index's own condition, or it is not taken. */
function nearestSql(
  leg: DenseLeg,
  scope: LegScope,
  to: string,
  { depth, part }: { depth: string; part: string },
): string {
  const { join, where } = passing('v', scope, 'lookup');
  const score = scoreSql(leg.distance, 'v.embedding', to);
  const by = leg.toward && to === target ? moved : to;
  const { order, rescored } = indexOrder(leg, by);
  const passingRows = `
      from kindred.${leg.partition} v ${join}
     where v.collection_id = ${scope.collection} and ${to} is not null and ${part}
       and ${where} and ${behind(scope, score, 'v.item_id')}
     order by ${order}`;
  if (!rescored && by === to) return `select v.item_id, ${score} as score ${passingRows} limit ${depth}`;
  // The expression keeps the limit a constant to the planner. What the index gives is compared in full, here.
  const most = Math.min(
    mostRescored,
    Math.ceil(Number(depth) * (leg.oversample ?? (rescored ? leastOversample : movedOversample))),
  );
  return `
    select v.item_id, ${score} as score
      from (select v.item_id, v.embedding ${passingRows} limit ${most}) v
     order by score desc, v.item_id limit ${depth}`;
}

const leastOversample = 4;
/** The nearest by the moved query are not quite the nearest by the query. */
const movedOversample = 1.5;
const mostRescored = 100_000;

/** The order that the index has, in its own words: any others and it is not used. */
export function indexOrder(
  { index, model }: Pick<DenseLeg, 'index' | 'model'>,
  to: string,
): { order: string; rescored: boolean } {
  const spec = index?.spec ?? { element: model.element, distance: 'inner_product' as const };
  const order = (vector: string, query: string) => orderSql(spec.distance, vector, query);
  if (spec.element === 'bit') {
    const bits = `bit(${model.dimensions})`;
    const [vector, query] = [`binary_quantize(v.embedding)::${bits}`, `(select binary_quantize(${to})::${bits})`];
    return { order: order(vector, query), rescored: true };
  }
  if (!index?.cast) return { order: order('v.embedding', to), rescored: false };
  const type = `${spec.element}(${model.dimensions})`;
  return { order: order(`v.embedding::${type}`, `(select ${to}::${type})`), rescored: false };
}

const behind = (scope: LegScope, score: string, id: string) => scope.behind?.(score, id) ?? 'true';
