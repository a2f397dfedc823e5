import type { Sql } from '@kindred/database';
import type { FactorMap } from '@kindred/ranking';
import { bytesOfFloats, floatsOfBytes } from '../training/float-bytes.ts';
import { type Cuts, Traits } from './traits.ts';

/** How a model's factors follow from what is known of an item. */
export interface NewcomerMap {
  traits: Traits;
  map: FactorMap;
  /** The table of the content vectors that it takes; absent: it takes none. */
  contentTable?: string | undefined;
}

interface MapRow {
  traits: string[];
  cuts: Cuts;
  by_trait: Buffer;
  content_table: string | null;
  by_content: Buffer | null;
}

export async function writeMap(sql: Sql, collectionId: number, version: bigint, stored: NewcomerMap): Promise<void> {
  const { traits, map, contentTable } = stored;
  await sql.query(
    `insert into kindred.factor_maps (tenant_id, collection_id, version, traits, cuts, by_trait, content_table, by_content)
     values (kindred.tenant(), $1, $2, $3::text[], $4::jsonb, $5, $6, $7)`,
    [
      collectionId,
      version,
      traits.names,
      JSON.stringify(traits.cuts),
      bytesOfFloats(map.byFeature),
      map.byContent ? contentTable : null,
      map.byContent ? bytesOfFloats(map.byContent) : null,
    ],
  );
}

/** Undefined where the model has none: what is known of its items says nothing of their factors. */
export async function readMap(
  sql: Sql,
  collectionId: number,
  { version, dimensions }: { version: bigint; dimensions: number },
): Promise<NewcomerMap | undefined> {
  const [row] = await sql.query<MapRow>(
    `select traits, cuts, by_trait, content_table, by_content from kindred.factor_maps
      where tenant_id = kindred.tenant() and collection_id = $1 and version = $2`,
    [collectionId, version],
  );
  if (!row) return undefined;
  const byContent = row.by_content ? floatsOfBytes(row.by_content) : undefined;
  return {
    traits: new Traits(row.traits, row.cuts),
    map: { dimensions, byFeature: floatsOfBytes(row.by_trait), byContent },
    contentTable: row.content_table ?? undefined,
  };
}
