import type { Database } from '@kindred/database';

export async function readTenants(database: Database): Promise<string[]> {
  const rows = await database.query<{ tenant_id: string }>(
    { maintenance: 'list-tenants', readOnly: true },
    'select distinct tenant_id from kindred.collections order by tenant_id',
  );
  return rows.map((row) => row.tenant_id);
}
