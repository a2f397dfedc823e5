import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { Params } from '../params.ts';
import type { Settings } from '../settings.ts';
import { eventsSql, judgedEventsSql } from './events-sql.ts';
import { type JudgedEvent, type JudgedItem, judgedItems } from './judged-items.ts';
import { isNobody, mine, type Person, type PersonSql, personSql, withCtes } from './people-sql.ts';

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

/** An event, or what else there is to know: `what` says which. */
interface Row extends JudgedEvent {
  what: 'event' | 'version' | 'factors' | 'missing' | 'user';
  /** Of a user: region and blocked categories, as JSON. */
  attributes: string | null;
}

/**
 * Events that are judged here, one by one; who has more is read judged. Grouping in the database takes .06 ms, of every
 * answer, and a row of an event half a microsecond.
 */
export const mostEvents = 1_000;

/** Everything that an answer must know of the people it is for, from one snapshot; of who has more events, from two. */
export async function readHistory(
  database: Database,
  query: HistoryQuery,
  signal?: AbortSignal,
  most = mostEvents,
): Promise<History> {
  const since = Date.now() / 1_000 - (query.impressionDays ?? 0) * 86_400;
  // Planning takes five times what running takes, and no parameter changes the plan: it is made once per connection.
  const settings = { plan_cache_mode: 'force_generic_plan' };
  const scope = { tenant: query.collection.tenant, readOnly: true, settings, signal };
  const ask = async <Of>({ text, values }: ReturnType<typeof historyStatement>) =>
    database.query<Of>(scope, text, values);
  const rows = await ask<Row>(historyStatement(query, most));
  const events = rows.filter(({ what }) => what === 'event');
  if (events.length <= most) return historyOf(rows, judgedItems(events, since));
  return historyOf(rows, await ask<JudgedItem>(judgedStatement(query, since)));
}

function historyOf(rows: readonly Row[], items: JudgedItem[]): History {
  const idsOf = (what: Row['what']) => rows.filter((row) => row.what === what).map((row) => row.item_id);
  const users = rows.filter(({ what }) => what === 'user').sort((a, b) => (a.item_id < b.item_id ? -1 : 1));
  const attributes = users.map((row): [unknown, unknown] => JSON.parse(row.attributes!));
  const blocked = attributes.flatMap(([, categories]) => (Array.isArray(categories) ? categories : []));
  const regions = attributes.map(([region]) => region);
  const [factors] = idsOf('factors');
  return {
    items,
    version: idsOf('version')[0] ?? '',
    ...(factors !== undefined && { factors }),
    region: regions.find((one): one is string => typeof one === 'string' && one !== '') ?? '',
    blockedCategories: [...new Set(blocked.filter((one) => typeof one === 'string'))],
    missingIds: idsOf('missing'),
  };
}

const nothing = 'null::float8 as strength, null::int as kind, null::float8 as at';

/** What is not asked for is not in the text: starting the executor on a plan costs more than the rows of most people. */
function historyStatement(query: HistoryQuery, most: number) {
  const { person, itemIds, impressionDays, settings } = query;
  const params = new Params();
  const collection = params.add(query.collection.collectionId, 'int');
  const of = (what: Row['what'], id: string, from: string) =>
    `select '${what}' as what, ${id} as item_id, ${nothing}, null::text as attributes from ${from}`;
  const parts = [
    of('version', 'r.built_from::text || r.finished_at::text', `kindred.rebuilds r where ${mine('r', collection)}`),
  ];
  if (query.withFactors) {
    parts.push(of('factors', 'f.version::text', `kindred.factor_models f where ${mine('f', collection)} and f.active`));
  }
  if (itemIds.length > 0) parts.push(of('missing', 'g.item_id', missingSql(collection, params.add(itemIds, 'text[]'))));
  if (isNobody(person)) return { text: parts.join('\nunion all '), values: params.values };
  const people = personSql(person, params);
  const events = eventsSql(collection, people, { settings, impressions: impressionDays !== undefined });
  parts.push(`(select 'event', e.*, null from (${events}) e limit ${params.add(most + 1, 'int')})`, usersSql(people));
  return { text: withCtes(people.ctes) + parts.join('\nunion all '), values: params.values };
}

function judgedStatement(
  { collection: { collectionId }, person, impressionDays, settings }: HistoryQuery,
  since: number,
) {
  const params = new Params();
  const collection = params.add(collectionId, 'int');
  const people = personSql(person, params);
  const events = eventsSql(collection, people, { settings, impressions: impressionDays !== undefined });
  return { text: withCtes(people.ctes) + judgedEventsSql(events, params.add(since, 'float8')), values: params.values };
}

const usersSql = ({ userIds }: PersonSql) => `
  select 'user', u.user_id, null, null, null,
      jsonb_build_array(u.attributes -> 'region', u.attributes -> 'blocked_categories')::text
    from kindred.users u where u.tenant_id = kindred.tenant() and u.user_id = any(${userIds})`;

const missingSql = (collection: string, ids: string) => `unnest(${ids}) as g(item_id) where not exists (
    select from kindred.items i where ${mine('i', collection)} and i.item_id = g.item_id and not i.deleted)`;
