import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import type { JudgedQuery } from '@kindred/contracts';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { readJsonLines } from '../import/read-json-lines.ts';
import type { SourceRow } from '../import/source-row.ts';

/** Bad lines that are named; there may be more. */
const mostNamed = 10;

const judgedLine = z.strictObject({
  query: z.string('must be a text').trim().min(1, 'must not be empty'),
  grades: z
    .record(z.string(), z.number('must be a number, 0 for irrelevant').min(0, 'must be 0 or more'), {
      error: 'must be an object with a grade by item id',
    })
    .refine((grades) => Object.keys(grades).length > 0, 'must grade an item'),
});

/** Judged queries of a JSON Lines file: {"query": "...", "grades": {"item id": 2}}. A CliError names every bad line. */
export async function readJudgedQueries(file: string): Promise<JudgedQuery[]> {
  await access(file).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new CliError(`--judged ${file}: ${reason}`, 1, { cause });
  });
  const { rows } = await readJsonLines(file, { encoding: 'utf-8' });
  const queries: JudgedQuery[] = [];
  const problems: string[] = [];
  for await (const row of rows) {
    const { query, problem } = judgedQuery(row);
    if (query) queries.push(query);
    else problems.push(`line ${row.line}: ${problem}`);
  }
  if (problems.length > 0) throw new CliError(badLines(file, problems));
  if (queries.length === 0) throw new CliError(`${basename(file)} has no judged query`);
  return queries;
}

function judgedQuery(row: SourceRow): { query?: JudgedQuery; problem?: string } {
  if ('problem' in row) return { problem: row.problem.reason };
  const { success, data, error } = judgedLine.safeParse(row.values);
  if (success) return { query: { text: data.query, grades: data.grades } };
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys')
    return { problem: `${issue.keys.join(', ')} is not known; a line has query and grades` };
  return { problem: `${issue.path.join('.')} ${issue.message}` };
}

function badLines(file: string, problems: string[]): string {
  const named = problems.slice(0, mostNamed).map((problem) => `\n  ${problem}`);
  const more = problems.length > mostNamed ? [`\n  and ${problems.length - mostNamed} more`] : [];
  const heading = `${basename(file)} has lines that are not {"query": "...", "grades": {"item id": 2}}:`;
  return [heading, ...named, ...more].join('');
}
