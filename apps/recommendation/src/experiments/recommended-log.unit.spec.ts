import { KindredError } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import { openLog } from '@kindred/runtime';
import { describe, expect, it } from 'vitest';
import type { RecommendedRow } from './recommended.store.ts';
import { RecommendedLog } from './recommended-log.ts';

const row = (at: number): RecommendedRow => ({
  collection_id: 1,
  request_id: `r${at}`,
  call: 'recommend',
  scenario: 'home',
  first_position: 0,
  asked_at: new Date(0).toISOString(),
  experiment: 'x',
  arm: 'a',
  unit: 'u이',
  item_ids: ['1'],
});

/** Stores what statements bring, or throws what it is told to. */
class FakeDatabase {
  failures: Error[] = [];
  readonly statements: { tenant: string; rows: RecommendedRow[] }[] = [];

  async transaction<Result>({ tenant }: { tenant: string }, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const failure = this.failures.shift();
    if (failure) throw failure;
    const query: Sql['query'] = async (_text, [rows] = []) => {
      this.statements.push({ tenant, rows: JSON.parse(String(rows)) });
      return [];
    };
    return work({ query });
  }
}

function made() {
  const database = new FakeDatabase();
  const lines: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = openLog({ LOG_LEVEL: 'warn', LOG_FORMAT: 'json' }, sink);
  return { database, lines, log: new RecommendedLog(database as unknown as Database, log) };
}
const noted = (database: FakeDatabase) => database.statements.flatMap(({ rows }) => rows.map((one) => one.request_id));

describe('The log of answers', () => {
  it('writes batches, tenant by tenant', async () => {
    const { database, log } = made();
    for (let at = 0; at < 1_001; at++) log.note('a', row(at));
    log.note('b', row(0));
    await log.flush();
    expect(database.statements.map(({ tenant, rows }) => [tenant, rows.length])).toEqual([
      ['a', 500],
      ['a', 500],
      ['a', 1],
      ['b', 1],
    ]);
    await log.flush();
    expect(database.statements).toHaveLength(4);
  });

  it.each(['DATABASE_UNAVAILABLE', 'DEADLINE_EXCEEDED'] as const)(
    'keeps what a database did not take because of %s, and says so',
    async (code) => {
      const { database, log, lines } = made();
      database.failures = [new KindredError(code, '', 'away')];
      log.note('a', row(1));
      await log.flush();
      log.note('a', row(2));
      await log.flush();
      expect(noted(database)).toEqual(['r1', 'r2']);
      expect(lines).toMatchObject([{ answers: 1, msg: expect.stringContaining('trying again') }]);
    },
  );

  it('gives up what can never be stored, so that it stops nobody', async () => {
    const { database, log, lines } = made();
    database.failures = [new Error('invalid input syntax')];
    log.note('a', row(1));
    await log.flush();
    await log.flush();
    expect(noted(database)).toEqual([]);
    expect(lines).toMatchObject([{ answers: 1, msg: expect.stringContaining('are lost') }]);
  });

  it('bounds what waits, and tells how many answers were lost', async () => {
    const { database, log, lines } = made();
    for (let at = 0; at < 20_003; at++) log.note('a', row(at));
    await log.flush();
    expect(noted(database)).toHaveLength(20_000);
    expect(lines).toMatchObject([{ answers: 3, msg: expect.stringContaining('they are lost') }]);
  });

  it('writes what waits before the application ends', async () => {
    const { database, log } = made();
    log.note('a', row(1));
    await log.beforeApplicationShutdown();
    expect(noted(database)).toEqual(['r1']);
  });
});
