import { readFileSync } from 'node:fs';
import type pg from 'pg';

/** Milliseconds on a processor that the processes have had; undefined where the system does not tell (not Linux). */
export function cpuOf(pids: readonly number[]): number | undefined {
  try {
    return pids.reduce((sum, pid) => sum + threadsOf(pid), 0);
  } catch {
    return undefined;
  }
}

// utime and stime count in hundredths of a second: enough for a round of seconds.
function threadsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The sessions of the server that work on the database, of the application or of all. */
export async function sessionsOf(sql: pg.Pool | pg.Client, application?: string): Promise<number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and application_name = coalesce($1, application_name)`,
    [application],
  );
  return rows.map(({ pid }) => pid);
}
