import type { Database, Sql } from '@kindred/database';
import { bytesOfFloats, floatsOfBytes } from './float-bytes.ts';

export interface RunSettings {
  dimensions: number;
  epochs: number;
  unobserved: number;
  regularization: number;
  exponent: number;
  seed: number;
}

/** How settings are looked for before they are trained with. */
export interface Search {
  trials: number;
  seconds: number;
}

/** What a run begins with. What it found takes the place of all of it. */
export interface FirstSettings extends RunSettings {
  search?: Search;
}

export interface RunFacts {
  users: number;
  items: number;
  pairs: number;
  heldOut: number;
  robots: number;
  robotEvents: number;
  bytes: number;
}

/** With nobody to measure by, `people` is 0 and no figure tells anything: those of the active model are absent. */
export interface RunMetrics {
  ndcg10: number;
  recall20: number;
  activeNdcg10?: number;
  activeRecall20?: number;
  popularNdcg10: number;
  differenceLow?: number;
  differenceHigh?: number;
  people: number;
  /** R squared of new items' factors by what is known of them; of models that took over. */
  explainedByTraits?: number;
}

export interface RunRow {
  run_id: bigint;
  collection: string;
  state: 'running' | 'failed' | 'activated' | 'kept';
  reason: string;
  settings: FirstSettings;
  dataset: string;
  dataset_hash: string;
  facts: Partial<RunFacts>;
  metrics: Partial<RunMetrics>;
  epoch: number;
  loss: number | null;
  scheduled: boolean;
  started_at: Date;
  finished_at: Date | null;
  active: boolean;
}

/** One process's work on a run. */
export interface Attempt {
  run: bigint;
  attempt: number;
  scheduled: boolean;
}

const read = `select r.run_id, c.name as collection, r.state, r.reason, r.settings, r.dataset, r.dataset_hash, r.facts,
    r.metrics, r.epoch, r.loss, r.scheduled, r.started_at, r.finished_at, coalesce(m.active, false) as active
  from kindred.training_runs r
  join kindred.collections c on c.tenant_id = kindred.tenant() and c.collection_id = r.collection_id
  left join kindred.factor_models m on m.tenant_id = kindred.tenant() and m.collection_id = r.collection_id and m.version = r.run_id
  where r.tenant_id = kindred.tenant()`;

/** Newest first. */
export function listRuns(sql: Sql, collectionId?: number): Promise<RunRow[]> {
  return sql.query<RunRow>(`${read} and ($1::int is null or r.collection_id = $1) order by r.run_id desc limit 100`, [
    collectionId ?? null,
  ]);
}

export async function readRun(sql: Sql, collectionId: number, run: bigint): Promise<RunRow | undefined> {
  const [row] = await sql.query<RunRow>(`${read} and r.collection_id = $1 and r.run_id = $2`, [collectionId, run]);
  return row;
}

/** Marks runs whose process is gone: their lease ended. */
export async function failAbandoned(sql: Sql): Promise<void> {
  await sql.query(
    `update kindred.training_runs set state = 'failed', finished_at = now(), interrupted = true,
       reason = 'the process that trained it ended; ' || case when scheduled then 'the schedule resumes it' else 'resume it' end
      where tenant_id = kindred.tenant() and state = 'running' and leased_until < now()`,
  );
}

/** Begins a run; undefined where one of the collection is running. */
export async function beginRun(
  sql: Sql,
  collectionId: number,
  {
    settings,
    dataset,
    hash,
    scheduled,
  }: { settings: FirstSettings; dataset: string; hash: string; scheduled: boolean },
): Promise<bigint | undefined> {
  const [row] = await sql.query<{ run_id: bigint }>(
    `insert into kindred.training_runs (tenant_id, collection_id, settings, dataset, dataset_hash, scheduled)
     values (kindred.tenant(), $1, $2::jsonb, $3, $4, $5)
     on conflict (tenant_id, collection_id) where state = 'running' do nothing returning run_id`,
    [collectionId, JSON.stringify(settings), dataset, hash, scheduled],
  );
  return row?.run_id;
}

/** Takes a failed run up again: its next attempt. Undefined where it is not failed, or another of the collection is running. */
export async function resumeRun(sql: Sql, collectionId: number, run: bigint): Promise<Attempt | undefined> {
  const [row] = await sql.query<{ attempt: number; scheduled: boolean }>(
    `update kindred.training_runs set state = 'running', reason = '', interrupted = false, attempt = attempt + 1, finished_at = null, leased_until = now() + interval '1 minute'
      where tenant_id = kindred.tenant() and collection_id = $1 and run_id = $2 and state = 'failed'
        and not exists (select from kindred.training_runs o where o.tenant_id = kindred.tenant() and o.collection_id = $1
          and o.state = 'running') returning attempt, scheduled`,
    [collectionId, run],
  );
  return row && { run, ...row };
}

/** Holds the run for another minute; false when it was lost: its lease had ended, or its collection is gone. */
export async function keepRun(
  database: Database,
  { tenant, run, attempt }: Pick<Attempt, 'run' | 'attempt'> & { tenant: string },
): Promise<boolean> {
  const rows = await database.query(
    { tenant },
    `update kindred.training_runs set leased_until = now() + interval '1 minute'
      where tenant_id = kindred.tenant() and run_id = $1 and attempt = $2 and state = 'running' returning 1`,
    [run, attempt],
  );
  return rows.length > 0;
}

export async function noteFacts(sql: Sql, run: bigint, facts: RunFacts, settings: RunSettings): Promise<void> {
  await sql.query(
    `update kindred.training_runs set facts = $2::jsonb, settings = $3::jsonb
      where tenant_id = kindred.tenant() and run_id = $1`,
    [run, JSON.stringify(facts), JSON.stringify(settings)],
  );
}

export interface Checkpoint {
  epoch: number;
  itemIds: readonly string[];
  factors: Float32Array;
}

/** After an epoch: what it learned, in one transaction with how far the run has come. */
export async function writeCheckpoint(
  sql: Sql,
  { collectionId, run, loss }: { collectionId: number; run: bigint; loss: number },
  { epoch, itemIds, factors }: Checkpoint,
): Promise<void> {
  await sql.query(
    `insert into kindred.training_checkpoints (tenant_id, collection_id, run_id, epoch, item_ids, factors)
     values (kindred.tenant(), $1, $2, $3, $4::text[], $5)
     on conflict (tenant_id, collection_id, run_id) do update set epoch = excluded.epoch, factors = excluded.factors`,
    [collectionId, run, epoch, itemIds, bytesOfFloats(factors)],
  );
  await sql.query(
    `update kindred.training_runs set epoch = $2, loss = $3, leased_until = now() + interval '1 minute'
      where tenant_id = kindred.tenant() and run_id = $1 and state = 'running'`,
    [run, epoch, loss],
  );
}

export async function readCheckpoint(
  database: Database,
  tenant: string,
  collectionId: number,
  run: bigint,
): Promise<Checkpoint | undefined> {
  const [row] = await database.query<{ epoch: number; item_ids: string[]; factors: Buffer }>(
    { tenant },
    `select epoch, item_ids, factors from kindred.training_checkpoints
      where tenant_id = kindred.tenant() and collection_id = $1 and run_id = $2`,
    [collectionId, run],
  );
  if (!row) return undefined;
  return { epoch: row.epoch, itemIds: row.item_ids, factors: floatsOfBytes(row.factors) };
}

/** Ends the run. A finished run needs no checkpoint any more; a failed one keeps its own. False: it was not running. */
export async function endRun(
  sql: Sql,
  { run, attempt }: Pick<Attempt, 'run' | 'attempt'>,
  end: { state: 'failed' | 'activated' | 'kept'; reason: string; metrics?: RunMetrics; interrupted?: boolean },
): Promise<boolean> {
  const rows = await sql.query(
    `update kindred.training_runs set state = $2, reason = $3, metrics = coalesce($4::jsonb, metrics), finished_at = now(),
       interrupted = $6
      where tenant_id = kindred.tenant() and run_id = $1 and attempt = $5 and state = 'running' returning 1`,
    [run, end.state, end.reason, end.metrics ? JSON.stringify(end.metrics) : null, attempt, end.interrupted ?? false],
  );
  if (end.state !== 'failed') {
    await sql.query(`delete from kindred.training_checkpoints where tenant_id = kindred.tenant() and run_id = $1`, [
      run,
    ]);
  }
  return rows.length > 0;
}

export async function findDataset(
  sql: Sql,
  collectionId: number,
  name: string,
): Promise<{ dataset_id: bigint; hash: string } | undefined> {
  const [row] = await sql.query<{ dataset_id: bigint; hash: string }>(
    `select dataset_id, hash from kindred.datasets where tenant_id = kindred.tenant() and collection_id = $1 and name = $2`,
    [collectionId, name],
  );
  return row;
}
