import type { Database, Sql } from '@kindred/database';
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

export async function readScenarioNames(sql: Sql, collectionId: number): Promise<string[]> {
  const text =
    'select name from kindred.scenarios where tenant_id = kindred.tenant() and collection_id = $1 order by name';
  return (await sql.query<{ name: string }>(text, [collectionId])).map(({ name }) => name);
}

export async function writeScenario(
  sql: Sql,
  { collectionId }: CollectionRow,
  scenario: Scenario,
): Promise<StoredScenario> {
  const [row] = await sql.query<Row>(
    `insert into kindred.scenarios (tenant_id, collection_id, name, settings)
     values (kindred.tenant(), $1, $2, $3::jsonb)
     on conflict (tenant_id, collection_id, name) do update set settings = excluded.settings, updated_at = now()
     returning settings, updated_at`,
    [collectionId, scenario.name, JSON.stringify(scenario)],
  );
  return storedOf(row!);
}

/** False where there was none. */
export async function removeScenario(sql: Sql, { collectionId }: CollectionRow, name: string): Promise<boolean> {
  const rows = await sql.query(
    `delete from kindred.scenarios where tenant_id = kindred.tenant() and collection_id = $1 and name = $2 returning 1`,
    [collectionId, name],
  );
  return rows.length > 0;
}
