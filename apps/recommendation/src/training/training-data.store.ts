import type { Database } from '@kindred/database';
import { ownedEvents, ownerSql } from '../robots/robots-sql.ts';
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

/** $1 is the collection, $2 the dataset or null. Items that are not there (yet) are left out. */
const events = `${ownedEvents}
  where e.tenant_id = kindred.tenant() and e.collection_id = $1 and e.type <> 'impression'
    and ($2::bigint is null or exists (select from kindred.dataset_interactions d
      where d.tenant_id = kindred.tenant() and d.dataset_id = $2 and d.event_id = e.event_id))`;

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
         select e.item_id, ${ownerSql} as owner, ${strengthSql(signals)} as strength from ${events}
           and e.item_id > $3 and e.item_id <= $4 and exists (select from kindred.items i where i.tenant_id = kindred.tenant()
             and i.collection_id = $1 and i.item_id = e.item_id and not i.deleted)) judged
       where owner <> all($5::text[]) group by item_id, owner) pairs
     where strength <> 0 order by item_id, owner`,
    [collectionId, datasetId ?? null, after, to, robots],
  );
}
