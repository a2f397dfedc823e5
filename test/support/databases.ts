import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Database, migrate, openDatabase, saveSnapshot } from '@kindred/database';
import pg from 'pg';
import { afterAll } from 'vitest';

export interface TestDatabases {
  /** "postgres" or "pglite". */
  name: Database['driver'];
  /**
   * A fresh migrated database, closed and dropped after the tests of the file (or of the `describe` that
   * testDatabases was called in). PGlite takes 1 to 2 s to open: share one per file and tell tests apart by tenant.
   */
  open(): Promise<Database>;
}

/**
 * One entry per driver that can run here. Call it while tests are collected: `describe.each(testDatabases())`.
 * PostgreSQL is skipped, with a message, where DATABASE_URL is unset, unless REQUIRE_BACKENDS=1.
 */
export function testDatabases(): TestDatabases[] {
  const cleanUps: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  const all: TestDatabases[] = [{ name: 'pglite', open: () => openTestPglite(cleanUps) }];
  if (hasPostgres()) all.unshift({ name: 'postgres', open: () => openTestPostgres(cleanUps) });
  return all;
}

/** False, with a message, where there is no PostgreSQL to test on; throws when REQUIRE_BACKENDS=1. */
export function hasPostgres(): boolean {
  if (process.env.DATABASE_URL) return true;
  if (process.env.REQUIRE_BACKENDS === '1') throw new Error('REQUIRE_BACKENDS=1, but DATABASE_URL is not set');
  console.info('skipped on PostgreSQL: DATABASE_URL is not set');
  return false;
}

async function openTestPglite(cleanUps: (() => Promise<void>)[]): Promise<Database> {
  const database = await openDatabase({ snapshot: await migratedSnapshot() });
  cleanUps.push(() => database.close());
  return database;
}

async function openTestPostgres(cleanUps: (() => Promise<void>)[]): Promise<Database> {
  const { url, drop } = await createTestDatabase();
  cleanUps.push(drop);
  const database = await openDatabase({ url, poolSize: 6, applicationName: 'kindred test' });
  cleanUps.push(() => database.close());
  return database;
}

/**
 * A migrated (or, with `empty`, a bare) database of its own on the server of DATABASE_URL: for tests that start
 * processes, or open it more than once. The caller drops it.
 */
export async function createTestDatabase(
  options: { empty?: boolean } = {},
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `kindred_test_${randomBytes(6).toString('hex')}`;
  const template = options.empty ? 'template0' : await migratedTemplate();
  await onServer((client) => client.query(`create database ${name} template ${template}`));
  return {
    url: urlOf(name),
    drop: () => onServer(async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}

const templateLock = 7302269;
let template: Promise<string> | undefined;

/** Made once per server and state of the migrations, and kept: making one takes a second. */
function migratedTemplate(): Promise<string> {
  template ??= onServer(async (client) => {
    const name = `kindred_template_${stateOfMigrations()}`;
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rows } = await client.query('select from pg_database where datname = $1 and datistemplate', [name]);
    if (rows.length > 0) return name;
    await dropOldTemplates(client);
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0`);
    await migrate({ url: urlOf(name) });
    await client.query(`comment on database ${name} is '${new Date().toISOString()}'`);
    await client.query(`alter database ${name} with is_template true allow_connections false`);
    return name;
  });
  return template;
}

/** Those of migrations as they were a day ago. */
async function dropOldTemplates(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`select datname from pg_database where datname like 'kindred\\_template\\_%'
    and coalesce(shobj_description(oid, 'pg_database')::timestamptz < now() - interval '1 day', true)`);
  for (const { datname } of rows) {
    await client.query(`alter database ${datname} with is_template false`);
    await client.query(`drop database if exists ${datname} with (force)`);
  }
}

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(process.env.DATABASE_URL!);
  url.pathname = `/${database}`;
  return url.href;
}

/** A migrated PGlite as a file in the machine's temporary folder: initdb takes 5 to 8 s, starting from it 1. */
export async function migratedSnapshot(): Promise<string> {
  const folder = path.join(os.tmpdir(), 'kindred-test');
  const file = path.join(folder, `pglite-${stateOfMigrations()}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) removeOld(path.join(folder, name));
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const database = await openDatabase({});
  try {
    await migrate(database);
    await saveSnapshot(database, draft);
    renameSync(draft, file);
  } finally {
    await database.close();
    rmSync(draft, { force: true });
  }
  return file;
}

/** Snapshots are 40 MB each: those of migrations as they were a day ago go. */
function removeOld(file: string): void {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - made > 86_400_000) rmSync(file, { force: true });
}

/** Names a template: any change to a migration or to PGlite makes another one. */
function stateOfMigrations(): string {
  const folder = new URL('../../libs/database/migrations/', import.meta.url);
  const lock = JSON.parse(readFileSync(new URL('../../libs/database/package.json', import.meta.url), 'utf8'));
  const hash = createHash('sha256').update(JSON.stringify(lock.dependencies));
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(new URL(name, folder)));
  return hash.digest('hex').slice(0, 12);
}
