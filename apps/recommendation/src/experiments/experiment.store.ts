import type { Database, Sql } from '@kindred/database';
import type { CollectionRow } from '@kindred/vector-index';
import { type Experiment, type ExperimentSettings, scenariosOf } from './experiment.ts';

interface Row {
  settings: ExperimentSettings;
  salt: string;
  state: Experiment['state'];
  reason: string;
  halted: Record<string, string>;
  started_at: Date;
  stopped_at: Date | null;
}

const columns = 'e.settings, e.salt, e.state, e.reason, e.halted, e.started_at, e.stopped_at';
const ofCollection = 'e.tenant_id = kindred.tenant() and e.collection_id = $1';
const runningSql = `select ${columns} from kindred.experiments e where ${ofCollection} and e.state = 'running' order by e.name`;

const experimentOfRow = ({ settings, salt, state, reason, halted, started_at, stopped_at }: Row): Experiment => ({
  ...settings,
  salt,
  state,
  reason,
  halted,
  startedAt: started_at,
  ...(stopped_at && { stoppedAt: stopped_at }),
});

/** What runs, for answering requests. */
export async function readRunning(
  database: Database,
  { tenant, collectionId }: Pick<CollectionRow, 'tenant' | 'collectionId'>,
): Promise<Experiment[]> {
  const rows = await database.query<Row>({ tenant, readOnly: true }, runningSql, [collectionId]);
  return rows.map(experimentOfRow);
}

/** Newest first. */
export async function listExperiments(
  database: Database,
  tenant: string,
  collectionId: number | undefined,
): Promise<{ experiment: Experiment; collection: string }[]> {
  const rows = await database.query<Row & { collection: string }>(
    { tenant, readOnly: true },
    `select ${columns}, c.name as collection from kindred.experiments e
       join kindred.collections c on c.tenant_id = e.tenant_id and c.collection_id = e.collection_id
      where e.tenant_id = kindred.tenant() and ($1::int is null or e.collection_id = $1)
      order by e.started_at desc, e.name`,
    [collectionId ?? null],
  );
  return rows.map(({ collection, ...row }) => ({ experiment: experimentOfRow(row), collection }));
}

export async function readExperiment(sql: Sql, collectionId: number, name: string): Promise<Experiment | undefined> {
  const text = `select ${columns} from kindred.experiments e where ${ofCollection} and e.name = $2`;
  const [row] = await sql.query<Row>(text, [collectionId, name]);
  return row && experimentOfRow(row);
}

/** Until the end of the transaction nobody else begins an experiment, or changes a scenario, of the collection. */
export async function holdScenarios(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('kindred.experiments'), $1)`, [collectionId]);
}

/** The running experiment that needs the scenario as it is. */
export async function readUserOf(sql: Sql, collectionId: number, scenario: string): Promise<string | undefined> {
  const running = (await sql.query<Row>(runningSql, [collectionId])).map(experimentOfRow);
  return running.find((one) => scenariosOf(one).includes(scenario))?.name;
}

/** The one that runs on the scenario. */
export async function readExperimentOn(sql: Sql, collectionId: number, scenario: string): Promise<string | undefined> {
  const [row] = await sql.query<{ name: string }>(
    `select e.name from kindred.experiments e where ${ofCollection} and e.scenario = $2 and e.state = 'running'`,
    [collectionId, scenario],
  );
  return row?.name;
}

export async function insertExperiment(
  sql: Sql,
  collectionId: number,
  settings: ExperimentSettings,
  salt: string,
): Promise<Experiment> {
  const [row] = await sql.query<Row>(
    `insert into kindred.experiments as e (tenant_id, collection_id, name, scenario, settings, salt)
     values (kindred.tenant(), $1, $2, $3, $4::jsonb, $5) returning ${columns}`,
    [collectionId, settings.name, settings.scenario, JSON.stringify(settings), salt],
  );
  return experimentOfRow(row!);
}

/** Undefined where there is none of the name; one that is stopped already stays as it is. */
export async function stopExperiment(
  sql: Sql,
  collectionId: number,
  name: string,
  reason: string,
): Promise<Experiment | undefined> {
  await sql.query(
    `update kindred.experiments e set state = 'stopped', stopped_at = now(), reason = $3
      where ${ofCollection} and e.name = $2 and e.state = 'running'`,
    [collectionId, name, reason],
  );
  return readExperiment(sql, collectionId, name);
}

/** Notes why arms have no people any more, and that nobody need look again for so long. */
export async function noteChecked(
  sql: Sql,
  collectionId: number,
  name: string,
  { halted, restSeconds }: { halted: Record<string, string>; restSeconds: number },
): Promise<void> {
  await sql.query(
    `update kindred.experiments e set halted = e.halted || $3::jsonb, checked_at = now() + make_interval(secs => $4)
      where ${ofCollection} and e.name = $2 and e.state = 'running'`,
    [collectionId, name, JSON.stringify(halted), restSeconds],
  );
}

/** Running experiments of all tenants whose guardrails nobody looked at for so long. */
export function readUnchecked(
  database: Database,
  seconds: number,
): Promise<{ tenant: string; collectionId: number; name: string }[]> {
  return database.query(
    { maintenance: 'list-tenants', readOnly: true },
    `select e.tenant_id as tenant, e.collection_id as "collectionId", e.name from kindred.experiments e
      where e.state = 'running' and e.checked_at < now() - make_interval(secs => $1)
        and jsonb_array_length(e.settings -> 'guardrails') > 0 order by e.checked_at`,
    [seconds],
  );
}

/** Of several processes one gets the experiment. */
export async function claimUnchecked(
  sql: Sql,
  collectionId: number,
  name: string,
  seconds: number,
): Promise<Experiment | undefined> {
  const [row] = await sql.query<Row>(
    `update kindred.experiments e set checked_at = now() where ${ofCollection} and e.name = $2 and e.state = 'running'
        and e.checked_at < now() - make_interval(secs => $3) returning ${columns}`,
    [collectionId, name, seconds],
  );
  return row && experimentOfRow(row);
}
