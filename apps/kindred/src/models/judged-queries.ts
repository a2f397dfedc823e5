import type { JudgedQuery } from '@kindred/contracts';
import { z } from 'zod';
import { readLineFile } from '../import/read-line-file.ts';
import type { SourceRow } from '../import/source-row.ts';

const judgedLine = z.strictObject({
  query: z.string('must be a text').trim().min(1, 'must not be empty'),
  grades: z
    .record(z.string(), z.number('must be a number, 0 for irrelevant').min(0, 'must be 0 or more'), {
      error: 'must be an object with a grade by item id',
    })
    .refine((grades) => Object.keys(grades).length > 0, 'must grade an item'),
});

/** Judged queries of a JSON Lines file: {"query": "...", "grades": {"item id": 2}}. A CliError names every bad line. */
export function readJudgedQueries(file: string): Promise<JudgedQuery[]> {
  return readLineFile(file, { option: '--judged', shape: '{"query": "...", "grades": {"item id": 2}}' }, judgedQuery);
}

function judgedQuery(row: SourceRow): JudgedQuery | string {
  if ('problem' in row) return row.problem.reason;
  const { success, data, error } = judgedLine.safeParse(row.values);
  if (success) return { text: data.query, grades: data.grades };
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is not known; a line has query and grades`;
  return `${issue.path.join('.')} ${issue.message}`;
}
