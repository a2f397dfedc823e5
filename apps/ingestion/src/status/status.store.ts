import type { Sql } from '@kindred/database';

export interface Totals {
  users: bigint;
  interactions: bigint;
  dead_letters: bigint;
  robots: bigint;
  robot_events: bigint;
}

export async function readTotals(sql: Sql): Promise<Totals> {
  const [totals] = await sql.query<Totals>(
    `select (select count(*) from kindred.users where tenant_id = kindred.tenant() and not deleted) as users,
       (select count(*) from kindred.interactions where tenant_id = kindred.tenant()) as interactions,
       (select count(*) from kindred.dead_letters where tenant_id = kindred.tenant() and replayed_at is null) as dead_letters,
       (select count(*) from kindred.robots where tenant_id = kindred.tenant()) as robots,
       (select coalesce(sum(events), 0) from kindred.robots where tenant_id = kindred.tenant()) as robot_events`,
  );
  return totals!;
}
