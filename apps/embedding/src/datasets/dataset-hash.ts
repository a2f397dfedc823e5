import { itemVersionSql } from '@kindred/vector-index';

/** Part of what is hashed: another formula gets another line. */
export const hashFormat = 'kindred dataset 1';
/** Lines are hashed in runs of so many: no run is larger than 3 MB, however large the dataset. */
export const linesPerRun = 10_000;

/** Two statements without parameters of their own that return (id, line); ids are unique and of collation "C". */
export interface DatasetLines {
  items: string;
  interactions: string;
}

/** The members as they were recorded; $1 is the dataset_id. */
export const recordedLines: DatasetLines = {
  items: itemLines('kindred.dataset_items where tenant_id = kindred.tenant() and dataset_id = $1'),
  interactions: eventLines('kindred.dataset_interactions where tenant_id = kindred.tenant() and dataset_id = $1'),
};

/** What a dataset would record now; $1 is the collection_id. */
export const liveLines: DatasetLines = {
  items: itemLines(`(select i.item_id, ${itemVersionSql} as revision from kindred.items i
    where i.tenant_id = kindred.tenant() and i.collection_id = $1 and not i.deleted) items`),
  interactions: eventLines('kindred.interactions where tenant_id = kindred.tenant() and collection_id = $1'),
};

/** An SQL expression: the hash of a dataset as 64 hexadecimal digits, by the formula of docs/datasets.md. */
export function hashOf({ items, interactions }: DatasetLines): string {
  return `encode(sha256(convert_to('${hashFormat}' || chr(10), 'UTF8') || ${runsOf(items)} || ${runsOf(interactions)}), 'hex')`;
}

function itemLines(from: string): string {
  return `select item_id as id, item_id || chr(9) || revision || chr(10) as line from ${from}`;
}

function eventLines(from: string): string {
  return `select event_id as id, event_id || chr(10) as line from ${from}`;
}

function runsOf(lines: string): string {
  return `(select sha256(coalesce(string_agg(digest, ''::bytea order by run), ''::bytea)) from (
    select run, sha256(convert_to(string_agg(line, '' order by id), 'UTF8')) as digest from (
      select id, line, (row_number() over (order by id) - 1) / ${linesPerRun} as run from (${lines}) lines
    ) numbered group by run) runs)`;
}
