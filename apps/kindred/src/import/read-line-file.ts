import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError } from '../cli-error.ts';
import { readJsonLines } from './read-json-lines.ts';
import type { SourceRow } from './source-row.ts';

/** Bad lines that are named; there may be more. */
const mostNamed = 10;

/**
 * What `read` makes of the lines of a JSON Lines file. Where `read` gives a text, that is what is wrong with the line: a CliError
 * names every bad one. `option` is what the file was given by, `shape` what a line ought to be.
 */
export async function readLineFile<Line extends object>(
  file: string,
  { option, shape }: { option: string; shape: string },
  read: (row: SourceRow) => Line | string,
): Promise<Line[]> {
  await access(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new CliError(`${option} ${file}: ${reason}`, 1, { cause });
  });
  const { rows } = await readJsonLines(file, { encoding: 'utf-8' });
  const lines: Line[] = [];
  const problems: string[] = [];
  for await (const row of rows) {
    const line = read(row);
    if (typeof line === 'string') problems.push(`line ${row.line}: ${line}`);
    else lines.push(line);
  }
  if (problems.length > 0) throw new CliError(badLines(file, shape, problems));
  if (lines.length === 0) throw new CliError(`${basename(file)} has no query`);
  return lines;
}

function badLines(file: string, shape: string, problems: string[]): string {
  const named = problems.slice(0, mostNamed).map((problem) => `\n  ${problem}`);
  const more = problems.length > mostNamed ? [`\n  and ${problems.length - mostNamed} more`] : [];
  return [`${basename(file)} has lines that are not ${shape}:`, ...named, ...more].join('');
}
