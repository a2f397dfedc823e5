import type { Database } from '@kindred/database';
import type { Signals } from '../settings.ts';
import { judgedSql, strengthSql } from '../signals.store.ts';

export interface TrainingSource {
  tenant: string;
  collectionId: number;
  /** Of a dataset version; absent: the interactions of now. */
  datasetId?: bigint;
}

/** A person's relation to an item; owners are opaque. One event against an item beats all that speak for it. */
export interface TrainingPair {
  item_id: string;
  owner: string;
  /** Never 0. */
  strength: number;
  held_out: boolean;
}

/** One pair in so many is kept out of every training, the same ones each time: so two models are measured on what neither saw. */
export const heldOutOneIn = 20;

const owner = `coalesce('u' || coalesce(e.user_id, s.user_id), 's' || e.session_id)`;
/** $1 is the collection, $2 the dataset or null. Items that are not there (yet) are left out. */
const events = `kindred.interactions e
  left join kindred.sessions s on e.user_id is null and s.tenant_id = kindred.tenant() and s.session_id = e.session_id
  where e.tenant_id = kindred.tenant() and e.collection_id = $1 and e.type <> 'impression'
    and ($2::bigint is null or exists (select from kindred.dataset_interactions d
      where d.tenant_id = kindred.tenant() and d.dataset_id = $2 and d.event_id = e.event_id))`;

export interface Robot {
  owner: string;
  events: number;
}

/** Who has more than `perMinute` events within some minute of the clock, and how many events they have in all. */
export function readRobots(
  database: Database,
  { tenant, collectionId, datasetId }: TrainingSource,
  perMinute: number,
): Promise<Robot[]> {
  return database.query<Robot>(
    { tenant, readOnly: true },
    `select owner, sum(events)::int as events from (
       select ${owner} as owner, count(*) as events from ${events} group by 1, date_trunc('minute', e.occurred_at)) minutes
     group by owner having max(events) > $3 order by owner`,
    [collectionId, datasetId ?? null, perMinute],
  );
}

/** The pairs of the items in (after, to], by item and owner. */
export function readTrainingPairs(
  database: Database,
  { tenant, collectionId, datasetId }: TrainingSource,
  { after, to, robots }: { after: string; to: string; robots: readonly string[] },
  signals: Signals,
): Promise<TrainingPair[]> {
  return database.query<TrainingPair>(
    { tenant, readOnly: true },
    `select item_id, owner, strength, hashtextextended(owner || E'\\t' || item_id, 20) % ${heldOutOneIn} = 0 as held_out from (
       select item_id, owner, ${judgedSql} as strength from (
         select e.item_id, ${owner} as owner, ${strengthSql(signals)} as strength from ${events}
           and e.item_id > $3 and e.item_id <= $4 and exists (select from kindred.items i where i.tenant_id = kindred.tenant()
             and i.collection_id = $1 and i.item_id = e.item_id and not i.deleted)) judged
       where owner <> all($5::text[]) group by item_id, owner) pairs
     where strength <> 0 order by item_id, owner`,
    [collectionId, datasetId ?? null, after, to, robots],
  );
}
