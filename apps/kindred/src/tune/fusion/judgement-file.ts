import { z } from 'zod';
import { readLineFile } from '../../import/read-line-file.ts';
import type { SourceRow } from '../../import/source-row.ts';

/** A text and the grades of items for it: 0 for irrelevant, 1 where only relevance is said. */
export interface Judgement {
  text: string;
  grades: ReadonlyMap<string, number>;
}

const itemIds = z
  .array(z.string('must be an item id as a text').min(1, 'must not be empty'), 'must be a list of item ids')
  .min(1, 'names no item');
const gradeById = z.record(
  z.string(),
  z.number('must be a number, 0 for irrelevant').min(0, 'must be 0 or more'),
  'must be an object with a grade by item id',
);
const shape = z.strictObject({
  query: z.string('must be a text').trim().min(1, 'must not be empty'),
  relevant: itemIds.optional(),
  grades: gradeById.optional(),
});

/**
 * Judgements of a JSON Lines file: {"query": "...", "relevant": ["item id"]} or {"query": "...", "grades": {"item id": 2}}. A
 * CliError names every bad line.
 */
export function readJudgementFile(file: string): Promise<Judgement[]> {
  const lineOf = new Map<string, number>();
  const lines = '{"query": "...", "relevant": ["item id"]} or {"query": "...", "grades": {"item id": 2}}';
  return readLineFile(file, { option: '--queries', shape: lines }, (row) => {
    const judged = judgementOf(row);
    if (typeof judged === 'string') return judged;
    const before = lineOf.get(judged.text);
    lineOf.set(judged.text, before ?? row.line);
    return before ? `the query is judged in line ${before} already; join the two` : judged;
  });
}

/** The judgement, or what is wrong with it. */
function judgementOf(row: SourceRow): Judgement | string {
  if ('problem' in row) return row.problem.reason;
  const { success, data, error } = shape.safeParse(row.values);
  if (!success) {
    const issue = error.issues[0]!;
    if (issue.code === 'unrecognized_keys')
      return `${issue.keys.join(', ')} is not known; a line has query, and relevant or grades`;
    return `${issue.path.join('.')} ${issue.message}`;
  }
  const { query, relevant, grades } = data;
  if ((relevant === undefined) === (grades === undefined)) return 'must have one of relevant and grades';
  const all = new Map(grades ? Object.entries(grades) : relevant!.map((id) => [id, 1] as const));
  if ([...all.values()].every((grade) => grade === 0)) return 'grades has no grade above 0';
  return { text: query, grades: all };
}
