import type { Database } from '@kindred/database';

export interface DueTraining {
  tenant_id: string;
  collection: string;
  /** A run of the schedule that was left before its end; null: a new one begins. */
  resume: bigint | null;
}

/** A run that ends its process each time must not do so for good. */
const mostAttempts = 3;

/**
 * Collections that are not being trained, with a run of the schedule that was left, or with interactions that the last run that
 * came to an end did not see: where the newest began more than `everyHours` ago (0: never due by time), or where those are
 * more than the share `drift` of all (0: never due by drift; at most once an hour).
 */
export function readDueTrainings(database: Database, everyHours: number, drift: number): Promise<DueTraining[]> {
  const ofCollection = (alias: string) =>
    `${alias}.tenant_id = c.tenant_id and ${alias}.collection_id = c.collection_id`;
  const events = `from kindred.interactions i where ${ofCollection('i')}`;
  const isNew = `i.received_at > coalesce(ended.began, 'epoch')`;
  return database.query(
    { maintenance: 'list-tenants', readOnly: true },
    `select c.tenant_id, c.name as collection, case when newest.is_left then newest.run_id end as resume
       from kindred.collections c
       left join lateral (select r.run_id, r.started_at as began, r.state = 'running' and r.leased_until >= now() as is_running,
           r.scheduled and r.attempt < ${mostAttempts} and (r.interrupted or r.state = 'running') as is_left
         from kindred.training_runs r where ${ofCollection('r')} order by r.run_id desc limit 1) newest on true
       left join lateral (select max(r.started_at) as began from kindred.training_runs r
         where ${ofCollection('r')} and r.state <> 'running' and not r.interrupted) ended on true
      where newest.is_running is not true and (newest.is_left or exists (select ${events} and ${isNew}) and (
        $1::float8 > 0 and coalesce(newest.began, 'epoch') < now() - make_interval(secs => $1::float8 * 3600)
        or $2::float8 > 0 and coalesce(newest.began, 'epoch') < now() - interval '1 hour' and
          (select count(*) filter (where ${isNew}) > $2::float8 * count(*) ${events})))
      order by 1, 2`,
    [everyHours, drift],
  );
}
