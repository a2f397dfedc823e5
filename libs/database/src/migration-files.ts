import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface MigrationFile {
  version: number;
  name: string;
  sql: string;
  /** SHA-256 of the text with LF line ends, hex. */
  checksum: string;
}

/** Beside src/ and dist/ alike. */
const folder = new URL('../migrations/', import.meta.url);

/** All migrations in order. Throws for a name that is not like 0001_words.sql and for a number that is used twice. */
export async function migrationFiles(): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(names.map(readMigration));
  const doubled = files.find((file, index) => index > 0 && files[index - 1]!.version === file.version);
  if (doubled) throw new Error(`Two migrations have the number ${doubled.version}`);
  return files;
}

async function readMigration(name: string): Promise<MigrationFile> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined) throw new Error(`Not a migration's name: ${name} (expected 0001_words.sql)`);
  const sql = (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n');
  return { version: Number(number), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}
