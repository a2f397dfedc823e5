import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { Params } from '../params.ts';
import type { Settings } from '../settings.ts';
import { eventStamp, eventsSql, judgedColumns, judgedEventsSql } from './events-sql.ts';
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
  /** Of the rows that it was made of; absent where these were too many to be told apart from others. */
  stamp?: Stamp;
}

/** Number and XOR of the hashes of rows: other rows have another one. */
export interface Stamp {
  rows: number;
  hash: bigint;
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
  stamp: bigint | null;
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
  if (events.length <= most) return { ...historyOf(rows, judgedItems(events, since)), stamp: stampOf(rows) };
  return historyOf(rows, await ask<JudgedItem>(judgedStatement(query, since)));
}

function historyOf(rows: readonly Row[], items: JudgedItem[]): History {
  const idsOf = (what: Row['what']) => rows.filter((row) => row.what === what).map((row) => row.item_id);
  const users = rows.filter(({ what }) => what === 'user').sort((a, b) => (a.item_id < b.item_id ? -1 : 1));
  const attributes = users.map((row): [unknown, unknown] => JSON.parse(row.attributes!));
  // A single one may be stored as a string, from before that was refused.
  const blocked = attributes.flatMap(([, categories]) => categories);
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

function stampOf(rows: readonly Row[]): Stamp {
  const stamp: Stamp = { rows: 0, hash: 0n };
  for (const row of rows) {
    if (row.stamp === null) continue;
    stamp.rows++;
    stamp.hash ^= row.stamp;
  }
  return stamp;
}

interface Part {
  what: Row['what'];
  id: string;
  stamp: string;
  attributes?: string;
  from: string;
}

const ofRebuild = 'r.built_from::text || r.finished_at::text';
const ofUser = `jsonb_build_array(u.attributes -> 'region', u.attributes -> 'blocked_categories')::text`;

/** All but the events. */
function partsOf(
  { withFactors, itemIds }: HistoryQuery,
  collection: string,
  params: Params,
  people?: PersonSql,
): Part[] {
  const parts: Part[] = [
    {
      what: 'version',
      id: ofRebuild,
      stamp: `hashtextextended(${ofRebuild}, 1)`,
      from: `kindred.rebuilds r where ${mine('r', collection)}`,
    },
  ];
  if (withFactors) {
    const from = `kindred.factor_models f where ${mine('f', collection)} and f.active`;
    parts.push({ what: 'factors', id: 'f.version::text', stamp: 'hashtextextended(f.version::text, 2)', from });
  }
  if (itemIds.length > 0) {
    const from = missingSql(collection, params.add(itemIds, 'text[]'));
    parts.push({ what: 'missing', id: 'g.item_id', stamp: 'null::int8', from });
  }
  if (people) {
    const from = `kindred.users u where u.tenant_id = kindred.tenant() and u.user_id = any(${people.userIds})`;
    const stamp = `hashtextextended(u.user_id || ' ' || ${ofUser}, 3)`;
    parts.push({ what: 'user', id: 'u.user_id', stamp, attributes: ofUser, from });
  }
  return parts;
}

/** What is not asked for is not in the text: starting the executor on a plan costs more than the rows of most people. */
function historyStatement(query: HistoryQuery, most: number) {
  const { person, impressionDays, settings } = query;
  const params = new Params();
  const collection = params.add(query.collection.collectionId, 'int');
  const people = isNobody(person) ? undefined : personSql(person, params);
  const parts = partsOf(query, collection, params, people).map(
    ({ what, id, stamp, attributes = 'null::text', from }) =>
      `select '${what}' as what, ${id} as item_id, null::float8 as strength, null::int as kind, null::float8 as at,
         ${stamp} as stamp, ${attributes} as attributes from ${from}`,
  );
  if (people) {
    const columns = `${judgedColumns(settings)}, ${eventStamp}`;
    const events = eventsSql(collection, people, { columns, impressions: impressionDays !== undefined });
    parts.push(`(select 'event', e.*, null from (${events}) e limit ${params.add(most + 1, 'int')})`);
  }
  return { text: withCtes(people?.ctes ?? []) + parts.join('\nunion all '), values: params.values };
}

/** Whether the history of the query still has the stamp: a boolean expression, and what it needs before its statement. */
export function unchangedSql(
  query: HistoryQuery,
  { rows, hash }: Stamp,
  params: Params,
): { ctes: string[]; unchanged: string } {
  const collection = params.add(query.collection.collectionId, 'int');
  const people = isNobody(query.person) ? undefined : personSql(query.person, params);
  const stamps = partsOf({ ...query, itemIds: [] }, collection, params, people).map(
    ({ stamp, from }) => `select ${stamp} as h from ${from}`,
  );
  if (people) {
    const wanted = { columns: `${eventStamp} as h`, impressions: query.impressionDays !== undefined };
    const most = params.add(mostEvents + 1, 'int');
    stamps.push(`(select e.h from (${eventsSql(collection, people, wanted)}) e limit ${most})`);
  }
  const unchanged = `(select count(*) = ${params.add(rows, 'int8')} and coalesce(bit_xor(h), 0) = ${params.add(hash, 'int8')}
     from (${stamps.join('\nunion all ')}) s)`;
  return { ctes: people?.ctes ?? [], unchanged };
}

function judgedStatement(
  { collection: { collectionId }, person, impressionDays, settings }: HistoryQuery,
  since: number,
) {
  const params = new Params();
  const collection = params.add(collectionId, 'int');
  const people = personSql(person, params);
  const wanted = { columns: judgedColumns(settings), impressions: impressionDays !== undefined };
  const events = eventsSql(collection, people, wanted);
  return { text: withCtes(people.ctes) + judgedEventsSql(events, params.add(since, 'float8')), values: params.values };
}

const missingSql = (collection: string, ids: string) => `unnest(${ids}) as g(item_id) where not exists (
    select from kindred.items i where ${mine('i', collection)} and i.item_id = g.item_id and not i.deleted)`;
