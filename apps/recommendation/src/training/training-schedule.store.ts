import type { Database } from '@kindred/database';

/**
 * Collections with interactions whose newest run began more than `everyHours` ago (0: never due by time), or of whose
 * interactions more than the share `drift` came after the active model was made (0: never due by drift; at most once an hour).
 */
export function readDueTrainings(
  database: Database,
  everyHours: number,
  drift: number,
): Promise<{ tenant_id: string; collection: string }[]> {
  const events = `from kindred.interactions i where i.tenant_id = c.tenant_id and i.collection_id = c.collection_id`;
  return database.query(
    { maintenance: 'list-tenants', readOnly: true },
    `select c.tenant_id, c.name as collection from kindred.collections c
       left join lateral (select max(r.started_at) as began from kindred.training_runs r
         where r.tenant_id = c.tenant_id and r.collection_id = c.collection_id) r on true
       left join kindred.factor_models m on m.tenant_id = c.tenant_id and m.collection_id = c.collection_id and m.active
      where exists (select ${events}) and (
        $1::float8 > 0 and coalesce(r.began, 'epoch') < now() - make_interval(secs => $1::float8 * 3600)
        or $2::float8 > 0 and coalesce(r.began, 'epoch') < now() - interval '1 hour' and
          (select count(*) filter (where i.received_at > coalesce(m.created_at, 'epoch')) > $2::float8 * count(*) ${events}))
      order by 1, 2`,
    [everyHours, drift],
  );
}
