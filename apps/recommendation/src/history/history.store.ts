import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { Params } from '../params.ts';
import type { Settings } from '../settings.ts';
import { judgedSql, strengthSql, takenSql } from '../signals.store.ts';
import { isNobody, mine, type Person, peopleCtes } from './people-sql.ts';

/** Bits of `kinds` by the type of event; each says that there was one. */
export const kindBits = {
  view: 1,
  click: 2,
  add_to_cart: 4,
  purchase: 8,
  like: 16,
  dislike: 32,
  hide: 64,
  rating: 128,
  watch_portion: 256,
} as const;
export const impressionBit = 512;
/** Liked, rated, or watched far enough: the person has it. */
export const ownedBit = 1_024;
/** Some event speaks against the item. */
export const refusedBit = 2_048;

/** What somebody did with an item, all events together. */
export interface JudgedItem {
  item_id: string;
  /** Of the event that speaks against it, or else of the one that speaks loudest for it. */
  strength: number;
  kinds: number;
  /** Seconds since 1970 of the newest event but impressions; 0 where there are only impressions. */
  met_at: number;
  /** Of the newest purchase. */
  bought_at: number | null;
  /** Within the window that was asked for, and only of items that were not turned to. */
  impressions: number;
}

export interface History {
  items: JudgedItem[];
  /** Of the derived lists that belong to this answer. */
  version: string;
  /** Version of the active factors; absent: there are none, or they were not asked for. */
  factors?: string;
  /** From the attributes of the users: whose trends count, and which categories never come. */
  region: string;
  blockedCategories: string[];
  /** Of the given items: those that do not exist. */
  missingIds: string[];
}

export interface HistoryQuery {
  collection: CollectionRow;
  person: Person;
  /** Items that must exist. */
  itemIds: readonly string[];
  /** Impressions of so many days count; absent: none. */
  impressionDays: number | undefined;
  withFactors: boolean;
  settings: Settings;
}

interface Row extends JudgedItem {
  about: {
    version: string | null;
    factors: string | null;
    people: [unknown, unknown][] | null;
    missing: string[] | null;
  } | null;
}

/** Everything that an answer must know of the people it is for, from one snapshot. */
export async function readHistory(database: Database, query: HistoryQuery, signal?: AbortSignal): Promise<History> {
  const { text, values } = historyStatement(query);
  // Planning takes five times what running takes, and no parameter changes the plan: it is made once per connection.
  const settings = { jit: 'off', plan_cache_mode: 'force_generic_plan' };
  const scope = { tenant: query.collection.tenant, readOnly: true, settings, signal };
  const rows = await database.query<Row>(scope, text, values);
  const { version, factors, people, missing } = rows[0]!.about!;
  const regions = (people ?? []).map(([region]) => region);
  const blocked = (people ?? []).flatMap(([, categories]) => (Array.isArray(categories) ? categories : []));
  return {
    items: rows.slice(1),
    version: version ?? '',
    ...(factors !== null && { factors }),
    region: regions.find((one): one is string => typeof one === 'string' && one !== '') ?? '',
    blockedCategories: [...new Set(blocked.filter((one) => typeof one === 'string'))],
    missingIds: missing ?? [],
  };
}

/** What is not asked for is not in the text: starting the executor on a plan costs more than the rows of most people. */
function historyStatement(query: HistoryQuery) {
  const { person, itemIds, impressionDays, settings } = query;
  const params = new Params();
  const collection = params.add(query.collection.collectionId, 'int');
  const missing = itemIds.length > 0 ? missingSql(collection, params.add(itemIds, 'text[]')) : 'null';
  const version = `(select r.built_from::text || r.finished_at::text from kindred.rebuilds r where ${mine('r', collection)})`;
  const active = `(select f.version::text from kindred.factor_models f where ${mine('f', collection)} and f.active)`;
  const factors = query.withFactors ? active : 'null';
  const about = (people: string) => `select '' as item_id, 0::float8 as strength, 0 as kinds, 0::float8 as met_at,
      null::float8 as bought_at, 0 as impressions,
      json_build_object('version', ${version}, 'factors', ${factors}, 'people', ${people}, 'missing', ${missing}) as about`;
  if (isNobody(person)) return { text: about('null'), values: params.values };
  const session = person.sessionId === '' ? undefined : peopleCtes(person, params);
  const people = session ? 'people' : `unnest(${params.add(person.userIds, 'text[]')})`;
  const events = eventsSql(collection, people, session?.session, {
    settings,
    impressions: impressionDays !== undefined,
  });
  const since = `extract(epoch from now())::float8 - ${params.add((impressionDays ?? 0) * 86_400, 'float8')}`;
  const text = `${session ? `with ${session.ctes.join(',\n')}` : ''}
    ${about(attributesSql(people))}
    union all
    select item_id, ${judgedSql}, bit_or(kind), coalesce(max(at) filter (where kind <> ${impressionBit}), 0),
      max(at) filter (where kind & ${kindBits.purchase} > 0),
      case when bool_and(kind = ${impressionBit}) then (count(*) filter (where at > ${since}))::int else 0 end, null::json
      from (${events}) e group by item_id`;
  return { text, values: params.values };
}

/** [region, blocked categories] of each of the people, in the order of their ids. */
const attributesSql = (people: string) => `(
  select json_agg(json_build_array(u.attributes -> 'region', u.attributes -> 'blocked_categories') order by u.user_id)
    from ${people} as p(user_id) cross join lateral (
      select u.user_id, u.attributes from kindred.users u
       where u.tenant_id = kindred.tenant() and u.user_id = p.user_id offset 0) u)`;

const missingSql = (collection: string, ids: string) => `(
  select json_agg(g.item_id) from unnest(${ids}) as g(item_id) where not exists (
    select from kindred.items i where ${mine('i', collection)} and i.item_id = g.item_id and not i.deleted))`;

interface Wanted {
  settings: Settings;
  impressions: boolean;
}

/** Events of the users, of their sessions, and all of the session that was asked for, whoever was in it. */
function eventsSql(
  collection: string,
  people: string,
  session: string | undefined,
  { settings: { signals }, impressions }: Wanted,
): string {
  const strength = strengthSql(signals);
  const bits = Object.entries(kindBits).map(([type, bit]) => `when '${type}' then ${bit}`);
  const kind = `case e.type ${bits.join(' ')} when 'impression' then ${impressionBit} else 0 end
    | case when ${takenSql(signals)} and e.type <> 'purchase' then ${ownedBit} else 0 end
    | case when ${strength} < 0 then ${refusedBit} else 0 end`;
  const columns = `e.item_id, ${strength} as strength, ${kind} as kind, extract(epoch from e.occurred_at)::float8 as at`;
  const counted = `${mine('e', collection)} ${impressions ? '' : `and e.type <> 'impression'`}`;
  const visits = session
    ? 'visits v'
    : `${people} as p(user_id) cross join lateral (
        select s.session_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.user_id = p.user_id offset 0) v`;
  const others = session ? `or (v.session_id = ${session} and e.user_id not in (select user_id from people))` : '';
  return `
    select e.* from ${people} as p(user_id) cross join lateral (
      select ${columns} from kindred.interactions e where ${counted} and e.user_id = p.user_id offset 0) e
    union all
    select e.* from ${visits} cross join lateral (
      select ${columns} from kindred.interactions e where ${counted} and e.session_id = v.session_id
        and (e.user_id is null ${others}) offset 0) e`;
}
