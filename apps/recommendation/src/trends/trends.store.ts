import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { ownedEvents, ownerSql } from '../robots/robots-sql.ts';
import type { Signals } from '../settings.ts';
import { strengthSql } from '../signals.store.ts';

export interface TrendQuery {
  /** Only events of users whose attribute "region" has the value; empty: of everybody. */
  region: string;
  windowSeconds: number;
  /** Newest events that count. */
  mostEvents: number;
  mostItems: number;
}

/**
 * Items by what people lately did for them: of each person the strongest event with each item, weighted by
 * 0.5^(age / a quarter of the window). Best first. `events` were looked at, none of them of the robots that are noted.
 */
export async function readTrends(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  { region, windowSeconds, mostEvents, mostItems }: TrendQuery,
  signals: Signals,
): Promise<{ item_id: string; score: number; events: number }[]> {
  const regional = `exists (select from kindred.users u where u.tenant_id = kindred.tenant()
      and u.user_id = coalesce(e.user_id, s.user_id) and u.attributes ->> 'region' = $5)`;
  return database.query(
    { tenant, readOnly: true, settings: { jit: 'off' } },
    `with late as materialized (
       select e.item_id, e.type, e.value, ${ownerSql} as owner, e.occurred_at from ${ownedEvents}
        where e.tenant_id = kindred.tenant() and e.collection_id = $1 and e.type <> 'impression'
          and e.occurred_at > now() - make_interval(secs => $2) and e.occurred_at <= now()
          and ${ownerSql} not in (select owner from kindred.robots where tenant_id = kindred.tenant() and collection_id = $1)
          ${region === '' ? 'and $5::text is not null' : `and ${regional}`}
        order by e.occurred_at desc limit $3),
     people as (
       select e.item_id, max(${strengthSql(signals)}
           * 0.5::float8 ^ (extract(epoch from now() - e.occurred_at)::float8 / ($2::float8 / 4))) as score
         from late e where ${strengthSql(signals)} > 0
        group by e.item_id, e.owner)
     select item_id, sum(score) as score, (select count(*) from late)::int as events
       from people group by item_id order by 2 desc, 1 limit $4`,
    [collectionId, windowSeconds, mostEvents, mostItems, region],
  );
}
