import type { Database } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import type { Scenario, StoredScenario } from './scenario.ts';

interface Row {
  settings: Scenario;
  updated_at: Date;
}

const storedOf = ({ settings, updated_at }: Row): StoredScenario => ({
  ...settings,
  builtIn: false,
  updatedAt: updated_at,
});

/** What the collection declares, by name. */
export async function readScenarios(
  database: Database,
  { tenant, collectionId }: CollectionRow,
): Promise<StoredScenario[]> {
  const rows = await database.query<Row>(
    { tenant, readOnly: true },
    `select settings, updated_at from kindred.scenarios
      where tenant_id = kindred.tenant() and collection_id = $1 order by name`,
    [collectionId],
  );
  return rows.map(storedOf);
}

export async function writeScenario(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  scenario: Scenario,
): Promise<StoredScenario> {
  const [row] = await database.query<Row>(
    { tenant },
    `insert into kindred.scenarios (tenant_id, collection_id, name, settings)
     values (kindred.tenant(), $1, $2, $3::jsonb)
     on conflict (tenant_id, collection_id, name) do update set settings = excluded.settings, updated_at = now()
     returning settings, updated_at`,
    [collectionId, scenario.name, JSON.stringify(scenario)],
  );
  return storedOf(row!);
}

/** False where there was none. */
export async function removeScenario(
  database: Database,
  { tenant, collectionId }: CollectionRow,
  name: string,
): Promise<boolean> {
  const rows = await database.query(
    { tenant },
    `delete from kindred.scenarios where tenant_id = kindred.tenant() and collection_id = $1 and name = $2 returning 1`,
    [collectionId, name],
  );
  return rows.length > 0;
}
