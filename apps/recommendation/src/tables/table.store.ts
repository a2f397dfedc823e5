import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import type { OrderedShares } from './item-lists.ts';

/** What lists are of: taste is what the same people are for, the others as in kindred.item_companions. */
export type ListKind = 'taste' | 'regressed' | 'viewed' | 'bought' | 'next';

export interface ListRow {
  item_id: string;
  ids: string[];
  scores: number[];
}

interface Packed {
  item_id: string;
  ids: string;
  scores: string;
}

// Ids hold no control characters. Split text is read five times as fast as an array.
const packed = `n.item_id, array_to_string(n.neighbor_ids, E'\\x1f') as ids, array_to_string(n.scores, ' ') as scores`;

const unpacked = (rows: Packed[]): ListRow[] =>
  rows.map(({ item_id, ids, scores }) => ({
    item_id,
    ids: ids.split('\u001f'),
    scores: scores.split(' ').map(Number),
  }));

const source = (kind: ListKind) =>
  kind === 'taste'
    ? 'kindred.item_neighbors n where n.tenant_id = kindred.tenant() and n.collection_id = $1'
    : `kindred.item_companions n where n.tenant_id = kindred.tenant() and n.collection_id = $1 and n.kind = '${kind}'`;

/** Lists of the items behind `after`, in the order of ids. */
export async function readListPage(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  kind: ListKind,
  { after, most }: { after: string; most: number },
): Promise<ListRow[]> {
  const text = `select ${packed} from ${source(kind)} and n.item_id > $2 order by n.item_id limit $3`;
  return unpacked(await database.query<Packed>({ tenant, readOnly: true }, text, [collectionId, after, most]));
}

/** Lists of these items alone. */
export async function readListsOf(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  kind: ListKind,
  itemIds: readonly string[],
): Promise<ListRow[]> {
  const text = `select ${packed} from ${source(kind)} and n.item_id = any($2::text[])`;
  return unpacked(await database.query<Packed>({ tenant, readOnly: true }, text, [collectionId, itemIds]));
}

/** The most popular items. */
export async function readPopular(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  most: number,
): Promise<OrderedShares> {
  const rows = await database.query<{ item_id: string; score: number }>(
    { tenant, readOnly: true },
    `select item_id, score from kindred.item_popularity
      where tenant_id = kindred.tenant() and collection_id = $1 order by score desc, item_id limit $2`,
    [collectionId, most],
  );
  return { ids: rows.map((row) => row.item_id), shares: rows.map((row) => row.score) };
}
