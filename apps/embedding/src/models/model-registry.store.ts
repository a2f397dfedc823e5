import type { Sql } from '@kindred/database';

/** Names of the collections searched by each model, by the JSON of its name and version. */
export async function readUses(sql: Sql): Promise<Map<string, string[]>> {
  const rows = await sql.query<{ name: string; version: string; collections: string[] }>(
    `select m.name, m.version, array_agg(distinct c.name)::text[] as collections
       from kindred.collection_models m
       join kindred.collections c on c.tenant_id = m.tenant_id and c.collection_id = m.collection_id
      where m.tenant_id = kindred.tenant() and m.role = 'active' group by m.name, m.version`,
  );
  return new Map(rows.map(({ name, version, collections }) => [JSON.stringify([name, version]), collections]));
}
