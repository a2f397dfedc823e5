import type { Sql } from '@kindred/database';

export interface WordModelRow {
  provider: string;
  artifact_hash: string;
}

/** The registered model of a name, the newest where `version` is empty. */
export async function findWordModel(sql: Sql, name: string, version: string): Promise<WordModelRow | undefined> {
  const rows = await sql.query<WordModelRow>(
    `select provider, artifact_hash from kindred.models
      where tenant_id = kindred.tenant() and name = $1 and ($2 = '' or version = $2)
      order by created_at desc, version limit 1`,
    [name, version],
  );
  return rows[0];
}
