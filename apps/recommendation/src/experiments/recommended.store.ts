import type { Database, Sql } from '@kindred/database';
import type { NotedCandidates } from '../recommend/randomized-page.ts';

/** An answer, as it is noted: what was shown to whom, by which arm. The spelling is that of kindred.recommended. */
export interface RecommendedRow {
  collection_id: number;
  request_id: string;
  call: 'recommend' | 'similar' | 'personalize' | 'next';
  scenario: string;
  first_position: number;
  asked_at: string;
  experiment: string;
  arm: string;
  unit: string;
  members?: readonly string[];
  item_ids: readonly string[];
  teams?: readonly (0 | 1)[];
  candidates?: NotedCandidates;
}

/** A request that was repeated is the answer that it was; of who was erased meanwhile nothing is kept. */
export async function insertRecommended(sql: Sql, rows: readonly RecommendedRow[]): Promise<void> {
  await sql.query(
    `insert into kindred.recommended (tenant_id, collection_id, request_id, call, scenario, first_position, asked_at,
       experiment, arm, unit, members, item_ids, teams, candidates)
     select kindred.tenant(), r.* from jsonb_to_recordset($1::jsonb) as r(collection_id int, request_id text, call text,
       scenario text, first_position int, asked_at timestamptz, experiment text, arm text, unit text, members text[],
       item_ids text[], teams smallint[], candidates jsonb)
      where not (r.unit ^@ 'u' or r.unit ^@ 'h') or not exists (select from kindred.users u
        where u.tenant_id = kindred.tenant() and u.user_id = any(coalesce(r.members, array[substr(r.unit, 2)])) and u.deleted)
      order by r.collection_id, r.request_id, r.call, r.scenario, r.first_position
     on conflict (tenant_id, collection_id, request_id, call, scenario, first_position, unit) do nothing`,
    [JSON.stringify(rows)],
  );
}

/** Forgets `most` answers that are older than so many days, but none of an experiment that runs or ended since. */
export async function pruneRecommended(sql: Sql, days: number, most: number): Promise<number> {
  const rows = await sql.query(
    `delete from kindred.recommended r where r.tenant_id = kindred.tenant() and r.ctid = any(array(
       select o.ctid from kindred.recommended o
        where o.tenant_id = kindred.tenant() and o.asked_at < now() - make_interval(secs => $1::float8 * 86400)
          and not exists (select from kindred.experiments e where e.tenant_id = kindred.tenant()
            and e.collection_id = o.collection_id and e.name = o.experiment
            and (e.state = 'running' or e.stopped_at > now() - make_interval(secs => $1::float8 * 86400)))
        order by o.asked_at limit $2)) returning 1`,
    [days, most],
  );
  return rows.length;
}

/** Tenants that have noted answers older than so many days. */
export async function readPrunable(database: Database, days: number): Promise<string[]> {
  const rows = await database.query<{ tenant_id: string }>(
    { maintenance: 'list-tenants', readOnly: true },
    `select t.tenant_id from (select distinct tenant_id from kindred.collections) t
      where exists (select from kindred.recommended r
        where r.tenant_id = t.tenant_id and r.asked_at < now() - make_interval(secs => $1::float8 * 86400)) order by 1`,
    [days],
  );
  return rows.map((row) => row.tenant_id);
}
