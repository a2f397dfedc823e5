import type { Sql } from '@kindred/database';

export interface ModelRecord {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  dtype: string;
  artifact_hash: string;
  state: 'registered' | 'candidate' | 'active' | 'retired';
}

export function listModels(sql: Sql): Promise<ModelRecord[]> {
  return sql.query<ModelRecord>(
    `select name, version, provider, dimensions, dtype, artifact_hash, state from kindred.models
      where tenant_id = kindred.tenant() order by name, version`,
  );
}
