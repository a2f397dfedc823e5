import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migratedSnapshot, testDatabases } from '../../../test/support/databases.ts';
import type { Database } from './database.ts';
import { deferred } from './deferred.ts';
import { openDatabase } from './open-database.ts';
import { saveSnapshot } from './pglite-database.ts';

const scope = { tenant: 'a' };
const addUser = 'insert into users (tenant_id, user_id, revision) values (kindred.tenant(), $1, 1)';

describe('PGlite driver in a data folder', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kindred-spec-'));
  const dataFolder = path.join(folder, 'data');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps what was committed, and gives the folder back when it is closed', async () => {
    const first = await openDatabase({ dataFolder, snapshot: await migratedSnapshot() });
    await first.query(scope, addUser, ['kept']);
    await expect(openDatabase({ dataFolder })).rejects.toThrow(`in use by process ${process.pid}`);
    await first.close();
    await expect(first.query(scope, 'select 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(existsSync(path.join(dataFolder, 'kindred.lock'))).toBe(false);
    const second = await openDatabase({ dataFolder });
    expect(await second.query(scope, 'select user_id from users')).toEqual([{ user_id: 'kept' }]);
    await second.close();
  });

  it('is refused to a second process, and after a kill -9 has everything that was acknowledged', async () => {
    for (let round = 0; round < 2; round++) {
      const { child, acknowledged, some } = startWriter(dataFolder, round);
      await some;
      await expect(openDatabase({ dataFolder })).rejects.toThrow(`is in use by process ${child.pid}`);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      const database = await openDatabase({ dataFolder });
      const rows = await database.query<{ user_id: string }>(scope, 'select user_id from users');
      const there = new Set(rows.map((row) => row.user_id));
      expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
      await database.close();
    }
  });
});

describe('PGlite driver', () => {
  const [pglite] = testDatabases().filter(({ name }) => name === 'pglite');
  let database: Database;
  beforeAll(async () => {
    database = await pglite!.open();
  });

  it('lets reads pass writes that wait, but not for ever', async () => {
    const order: string[] = [];
    const gate = deferred<void>();
    const holder = database.transaction(scope, () => gate.promise);
    const write = database.transaction(scope, async () => void order.push('write'));
    const reads = Array.from({ length: 50 }, () => database.query(scope, 'select 1').then(() => order.push('read')));
    gate.resolve();
    await Promise.all([holder, write, ...reads]);
    expect(order.indexOf('write')).toBeGreaterThan(10);
    expect(order.indexOf('write')).toBeLessThan(45);
  });

  it('throws away the result of a call whose deadline passes while it runs', async () => {
    const slow = 'select count(*) from generate_series(1, 400000) a where a % 7 = 1';
    const late = database.query({ ...scope, signal: AbortSignal.timeout(5) }, slow);
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await database.query(scope, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('keeps the main thread free while a statement runs', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await database.query(scope, 'select count(*) from generate_series(1, 1000000) a where a % 7 = 1');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  it('returns large answers whole', async () => {
    const rows = await database.query<{ text: string }>(
      scope,
      "select repeat('무', 1000) as text from generate_series(1, 3000)",
    );
    expect(rows).toHaveLength(3000);
    expect(rows.every((row) => row.text === '무'.repeat(1000))).toBe(true);
  });

  it('starts from a snapshot that another one saved', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'kindred-spec-')), 'saved.tar');
    await database.query(scope, addUser, ['saved']);
    await saveSnapshot(database, file);
    const copy = await openDatabase({ snapshot: file });
    expect(await copy.query(scope, 'select user_id from users')).toEqual([{ user_id: 'saved' }]);
    await copy.close();
    rmSync(path.dirname(file), { recursive: true });
  });

  it('rejects every pending and every later call when its thread dies', async () => {
    const started: Worker[] = [];
    const note = (worker: Worker) => started.push(worker);
    process.on('worker', note);
    const doomed = await openDatabase({ snapshot: await migratedSnapshot() });
    process.off('worker', note);
    const running = doomed.query(scope, 'select count(*) from generate_series(1, 100000000)');
    const queued = doomed.query(scope, 'select 1');
    const outcomes = Promise.allSettled([running, queued]);
    await started[0]!.terminate();
    const unavailable = { code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('embedded database stopped') };
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    await expect(doomed.query(scope, 'select 1')).rejects.toMatchObject(unavailable);
    await expect(doomed.transaction(scope, async () => 1)).rejects.toMatchObject(unavailable);
    await doomed.close();
  });
});

/** A process of its own that adds users and prints each id once its insert was acknowledged. */
function startWriter(dataFolder: string, round: number) {
  const script = `
    const { openDatabase } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const database = await openDatabase({ dataFolder: ${JSON.stringify(dataFolder)} });
    for (let n = 0; ; n++) {
      await database.query({ tenant: 'a' }, ${JSON.stringify(addUser)}, ['u-${round}-' + n]);
      process.stdout.write('u-${round}-' + n + '\\n');
    }`;
  const flags = [
    '--experimental-transform-types',
    '--no-warnings',
    '--conditions=@kindred/source',
    '--input-type=module',
  ];
  const child: ChildProcess = spawn(process.execPath, [...flags, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const some = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      acknowledged.push(line);
      if (acknowledged.length === 200) resolve();
    });
    child.once('exit', () => reject(new Error('the writer ended by itself')));
  });
  return { child, acknowledged, some };
}
