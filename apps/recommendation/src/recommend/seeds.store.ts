import type { ModelTable } from '@kindred/vector-index';
import type { Settings } from '../settings.ts';
import { strengthSql, takenSql } from '../signals.store.ts';
import type { Params } from './params.ts';

/** What an answer starts from: what people did, or items. */
export type Origin =
  | { kind: 'history'; userIds: readonly string[]; sessionId: string }
  | { kind: 'items'; itemIds: readonly string[] };

export interface SeedScope {
  collection: string;
  params: Params;
  settings: Settings;
}

/** How many of the newest items speak for others; `best` in candidates.store.ts has room for 1,023. */
const mostSeeds = 300;
/**
 * The newest seeds speak for all their neighbors, older ones for the nearest: half the work of a median history with 10
 * instead of 50 for .003 of nDCG@10 where a profile is completed, and none where the next items are foretold.
 */
const newSeeds = 10;
const reach = 50;
const oldReach = 20;
/** What an old seed keeps of its weight: nDCG@10 .128 against .123 without decay and .127 without the rest. */
const lastingShare = 0.25;

/**
 * Common table expressions that every origin fills: `judged` (item_id, type) is what is known, `excluded` (item_id) what
 * must not appear, `seeds` (item_id, weight, rank
 * from 1, reach) what speaks for how many neighbors, `vectors_of_origin` (embedding) its taste.
 */
export function seedCtes(origin: Origin, scope: SeedScope, model: ModelTable | undefined): string[] {
  return origin.kind === 'history' ? historyCtes(origin, scope, model) : itemCtes(origin.itemIds, scope, model);
}

function itemCtes(itemIds: readonly string[], scope: SeedScope, model: ModelTable | undefined): string[] {
  const { collection, params } = scope;
  return [
    `judged as materialized (select distinct item_id, 'seed' as type from unnest(${params.add(itemIds, 'text[]')}) as given(item_id))`,
    `excluded as (select item_id from judged)`,
    `seeds as materialized (
      select item_id, 1::float8 as weight, ${reach} as reach, row_number() over (order by item_id) as rank from judged)`,
    `vectors_of_origin as (${
      model
        ? `select v.embedding::vector as embedding from judged j cross join lateral (
             select v.embedding from kindred.${model.table} v
              where v.tenant_id = kindred.tenant() and v.collection_id = ${collection} and v.item_id = j.item_id offset 0) v`
        : 'select null::vector as embedding'
    })`,
  ];
}

type History = Extract<Origin, { kind: 'history' }>;

function historyCtes(origin: History, scope: SeedScope, model: ModelTable | undefined): string[] {
  const { collection, params, settings } = scope;
  const session = params.add(origin.sessionId, 'text');
  return [
    `people as materialized (
      select user_id from unnest(${params.add(origin.userIds, 'text[]')}) as u(user_id)
      union select s.user_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.session_id = ${session})`,
    `visits as materialized (
      select s.session_id from people p cross join lateral (
        select s.session_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.user_id = p.user_id offset 0) s
      union select ${session} where ${session} <> '')`,
    `events as materialized (${eventsSql(collection, session, settings)})`,
    // One event against an item outweighs all that speak for it, whenever it came.
    `judged as materialized (
      select item_id, max(strength) as strength, min(strength) < 0 as refused, bool_or(taken) as taken,
        max(occurred_at) as met_at from events group by item_id)`,
    `excluded as materialized (select item_id from judged where refused or taken)`,
    `seeds as materialized (
      select item_id, rank, case when rank <= ${newSeeds} then ${reach} else ${oldReach} end as reach,
        strength * (${lastingShare} + ${1 - lastingShare} * 0.5::float8 ^ ((rank - 1) / ${Number(settings.halfLifeEvents)}::float8)) as weight
      from (select *, row_number() over (order by met_at desc, item_id) as rank from judged where not refused and strength > 0) j
      where rank <= ${mostSeeds})`,
    `vectors_of_origin as (${model ? tasteSql(scope, model) : 'select null::vector as embedding'})`,
  ];
}

/** Events of the users, of their sessions, and all of the session that was asked for, whoever was in it. */
function eventsSql(collection: string, session: string, { signals }: Settings): string {
  const columns = `e.item_id, e.type, e.occurred_at, ${strengthSql(signals)} as strength, ${takenSql(signals)} as taken`;
  const mine = `e.tenant_id = kindred.tenant() and e.collection_id = ${collection} and e.type <> 'impression'`;
  return `
    select e.* from people p cross join lateral (
      select ${columns} from kindred.interactions e where ${mine} and e.user_id = p.user_id offset 0) e
    union all
    select e.* from visits v cross join lateral (
      select ${columns} from kindred.interactions e where ${mine} and e.session_id = v.session_id
        and (e.user_id is null or (v.session_id = ${session} and e.user_id not in (select user_id from people))) offset 0) e`;
}

/** The stored tastes of the people, and of the session while it belongs to nobody. */
function tasteSql({ collection, params }: SeedScope, model: ModelTable): string {
  const mine = `t.tenant_id = kindred.tenant() and t.collection_id = ${collection} and t.model = ${params.add(model.table, 'text')}`;
  return `
    select t.embedding from people p cross join lateral (
      select t.embedding from kindred.user_vectors t where ${mine} and t.user_id = p.user_id and t.session_id = '' offset 0) t
    union all
    select t.embedding from visits v cross join lateral (
      select t.embedding from kindred.user_vectors t where ${mine} and t.user_id = '' and t.session_id = v.session_id offset 0) t`;
}
