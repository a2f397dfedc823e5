import type { Settings } from '../settings.ts';
import { happenedSql, judgedSql, strengthSql, takenSql } from '../signals.store.ts';
import { impressionBit, kindBits, ownedBit, refusedBit } from './judged-items.ts';
import { mine, type PersonSql } from './people-sql.ts';

interface Wanted {
  columns: string;
  impressions: boolean;
}

/** Events of the users, of their sessions, and all of the session that was asked for, whoever was in it. */
export function eventsSql(collection: string, people: PersonSql, { columns, impressions }: Wanted): string {
  const { userIds, sessionIds, sessionId } = people;
  const from = `select ${columns} from kindred.interactions e
    where ${mine('e', collection)} ${impressions ? '' : `and e.type <> 'impression'`}`;
  const others = sessionId ? `or (e.session_id = ${sessionId} and e.user_id <> all(${userIds}))` : '';
  return `${from} and e.user_id = any(${userIds})
    union all ${from} and e.session_id = any(${sessionIds}) and (e.user_id is null ${others})`;
}

/** The same events, judged by item in the database: JudgedItem. `since` in seconds since 1970. */
export const judgedEventsSql = (events: string, since: string) => `
  select item_id, ${judgedSql} as strength, bit_or(kind) as kinds,
      coalesce(max(at) filter (where kind <> ${impressionBit}), 0) as met_at,
      max(at) filter (where kind & ${kindBits.purchase} > 0) as bought_at,
      case when bool_and(kind = ${impressionBit}) then (count(*) filter (where at > ${since}))::int else 0 end as impressions
    from (${events}) e group by item_id`;

const knownColumns = new WeakMap<Settings, string>();

/** What tells an event from all others: events never change. */
export const eventStamp = 'hashtextextended(e.event_id, 0)';

/** Of each row a JudgedEvent. Written once: it takes longer than the rest of a statement. */
export function judgedColumns(settings: Settings): string {
  const columns = knownColumns.get(settings) ?? writeColumns(settings);
  knownColumns.set(settings, columns);
  return columns;
}

function writeColumns({ signals }: Settings): string {
  const strength = strengthSql(signals);
  const bits = Object.entries(kindBits).map(([type, bit]) => `when '${type}' then ${bit}`);
  return `e.item_id, ${strength} as strength,
    case e.type ${bits.join(' ')} when 'impression' then ${impressionBit} else 0 end
      | case when ${takenSql(signals)} and e.type <> 'purchase' then ${ownedBit} else 0 end
      | case when ${strength} < 0 then ${refusedBit} else 0 end as kind,
    extract(epoch from ${happenedSql})::float8 as at`;
}
