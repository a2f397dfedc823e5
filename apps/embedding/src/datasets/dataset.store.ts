import type { Sql } from '@kindred/database';
import { itemVersionSql } from '@kindred/vector-index';
import { hashOf, liveLines, recordedLines } from './dataset-hash.ts';

export interface DatasetRecord {
  dataset_id: bigint;
  collection_id: number;
  name: string;
  collection: string;
  hash: string;
  items: bigint;
  interactions: bigint;
  description: string;
  created_at: Date;
}

const read = `select d.dataset_id, d.collection_id, d.name, c.name as collection, d.hash, d.items, d.interactions, d.description, d.created_at
  from kindred.datasets d join kindred.collections c on c.tenant_id = d.tenant_id and c.collection_id = d.collection_id
  where d.tenant_id = kindred.tenant()`;

/** Newest first. */
export function listDatasets(sql: Sql, collectionId?: number): Promise<DatasetRecord[]> {
  return sql.query<DatasetRecord>(
    `${read} and ($1::int is null or d.collection_id = $1) order by d.created_at desc, d.dataset_id desc`,
    [collectionId ?? null],
  );
}

export async function readDataset(sql: Sql, name: string): Promise<DatasetRecord | undefined> {
  const [row] = await sql.query<DatasetRecord>(`${read} and d.name = $1`, [name]);
  return row;
}

/** The oldest dataset of the collection with this content, or undefined. */
export async function findContent(sql: Sql, collectionId: number, hash: string): Promise<DatasetRecord | undefined> {
  const [row] = await sql.query<DatasetRecord>(
    `${read} and d.collection_id = $1 and d.hash = $2 order by d.dataset_id limit 1`,
    [collectionId, hash],
  );
  return row;
}

export async function findCollection(sql: Sql, name: string): Promise<number | undefined> {
  const [row] = await sql.query<{ collection_id: number }>(
    `select collection_id from kindred.collections where tenant_id = kindred.tenant() and name = $1`,
    [name],
  );
  return row?.collection_id;
}

export interface NewDataset {
  name: string;
  collectionId: number;
  description: string;
  /** Only interactions that occurred before. */
  before?: Date;
}

/** Takes the name; undefined when it is taken. Waits for whoever is about to take the same one. */
export async function reserveName(sql: Sql, dataset: NewDataset): Promise<bigint | undefined> {
  const [row] = await sql.query<{ dataset_id: bigint }>(
    `insert into kindred.datasets (tenant_id, name, collection_id, description) values (kindred.tenant(), $1, $2, $3)
     on conflict (tenant_id, name) do nothing returning dataset_id`,
    [dataset.name, dataset.collectionId, dataset.description],
  );
  return row?.dataset_id;
}

/** One statement, so items and interactions are of one moment. Hidden items are members, deleted ones are not. */
export async function insertMembers(sql: Sql, datasetId: bigint, dataset: NewDataset): Promise<void> {
  await sql.query(
    `with items as (
       insert into kindred.dataset_items (tenant_id, dataset_id, item_id, revision)
       select i.tenant_id, $1, i.item_id, ${itemVersionSql} from kindred.items i
        where i.tenant_id = kindred.tenant() and i.collection_id = $2 and not i.deleted order by i.item_id)
     insert into kindred.dataset_interactions (tenant_id, dataset_id, event_id)
     select tenant_id, $1, event_id from kindred.interactions
      where tenant_id = kindred.tenant() and collection_id = $2 and ($3::timestamptz is null or occurred_at < $3)
      order by event_id`,
    [datasetId, dataset.collectionId, dataset.before ?? null],
  );
}

/** Until commit the collection stays and nobody is erased; whoever was at it is waited for. False: it is gone. */
export async function holdSources(sql: Sql, collectionId: number): Promise<boolean> {
  const rows = await sql.query(
    `select from kindred.collections where tenant_id = kindred.tenant() and collection_id = $1 for key share`,
    [collectionId],
  );
  // The other side is eraseUsers of ingestion, which takes the same lock shared.
  await sql.query(`select pg_advisory_xact_lock(hashtext('kindred.datasets'), hashtext(kindred.tenant()))`);
  return rows.length > 0;
}

/** Events that were erased while the members were written: the erasure could not see these rows. */
export async function dropErased(sql: Sql, datasetId: bigint): Promise<void> {
  await sql.query(
    `delete from kindred.dataset_interactions d where d.tenant_id = kindred.tenant() and d.dataset_id = $1
      and not exists (select from kindred.interactions i where i.tenant_id = d.tenant_id and i.event_id = d.event_id)`,
    [datasetId],
  );
}

/** Writes the hash and the counts; from here on the dataset is complete, and unchanging. */
export async function sealDataset(sql: Sql, datasetId: bigint): Promise<void> {
  await sql.query(
    `update kindred.datasets d set hash = ${hashOf(recordedLines)}, items = m.items, interactions = m.interactions
     from (${countsSql}) m where d.tenant_id = kindred.tenant() and d.dataset_id = $1`,
    [datasetId],
  );
}

const countsSql = `select
  (select count(*) from kindred.dataset_items where tenant_id = kindred.tenant() and dataset_id = $1) as items,
  (select count(*) from kindred.dataset_interactions where tenant_id = kindred.tenant() and dataset_id = $1) as interactions`;

/** One recording at a time: two of the same content must not both find that there is none yet. */
export async function lockRecording(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('kindred.recordDataset'), $1)`, [collectionId]);
}

/** The hash that a dataset of all items and interactions of the collection would have now. */
export async function liveHash(sql: Sql, collectionId: number): Promise<string> {
  const [row] = await sql.query<{ hash: string }>(`select ${hashOf(liveLines)} as hash`, [collectionId]);
  return row!.hash;
}

export interface Verification {
  hash: string;
  changed_items: bigint;
  gone_items: bigint;
  /** Interactions that are still recorded, and how many of those are no longer there. */
  members: bigint;
  gone_interactions: bigint;
}

/** The recorded members against their hash and against the rows of now, in one snapshot. */
export async function verifyMembers(sql: Sql, dataset: DatasetRecord): Promise<Verification> {
  const [row] = await sql.query<Verification>(
    `select ${hashOf(recordedLines)} as hash, items.*, events.* from
       (select count(*) filter (where i.revision <> m.revision) as changed_items,
          count(*) filter (where i.item_id is null) as gone_items
        from (${side('item_id, revision', 'items', '$1')}) m left join (select i.item_id, ${itemVersionSql} as revision from kindred.items i
          where i.tenant_id = kindred.tenant() and i.collection_id = $2 and not i.deleted) i on i.item_id = m.item_id) items,
       (select count(*) as members, count(*) filter (where i.event_id is null) as gone_interactions
        from (${side('event_id', 'interactions', '$1')}) m left join (select event_id from kindred.interactions
          where tenant_id = kindred.tenant()) i on i.event_id = m.event_id) events`,
    [dataset.dataset_id, dataset.collection_id],
  );
  return row!;
}

export interface Difference {
  added_items: bigint;
  removed_items: bigint;
  changed_items: bigint;
  added_interactions: bigint;
  removed_interactions: bigint;
  examples: string[];
}

/** From left to right; `examples` has the first ids of each kind, at most `mostExamples` of each. */
export async function diffMembers(sql: Sql, left: bigint, right: bigint, mostExamples: number): Promise<Difference> {
  const examples = ['+', '-', '~'].map(
    (kind) => `array(select kind || id from items where kind = '${kind}' order by id limit $3)`,
  );
  const [row] = await sql.query<Difference>(
    `with items as materialized (
       select id, case when l.revision is null then '+' when r.revision is null then '-' else '~' end as kind
       from (${side('item_id as id, revision', 'items', '$1')}) l full join (${side('item_id as id, revision', 'items', '$2')}) r using (id)
       where l.revision is distinct from r.revision)
     select count(*) filter (where kind = '+') as added_items, count(*) filter (where kind = '-') as removed_items,
       count(*) filter (where kind = '~') as changed_items, events.added as added_interactions,
       events.removed as removed_interactions, ${examples.join(' || ')} as examples
     from items right join (
       select count(*) filter (where l.here is null) as added, count(*) filter (where r.here is null) as removed
       from (${side('event_id as id, true as here', 'interactions', '$1')}) l
       full join (${side('event_id as id, true as here', 'interactions', '$2')}) r using (id)) events on true
     group by events.added, events.removed`,
    [left, right, mostExamples],
  );
  return row!;
}

function side(columns: string, members: string, datasetId: string): string {
  return `select ${columns} from kindred.dataset_${members} where tenant_id = kindred.tenant() and dataset_id = ${datasetId}`;
}
