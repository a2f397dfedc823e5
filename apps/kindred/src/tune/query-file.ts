import { z } from 'zod';
import { readLineFile } from '../import/read-line-file.ts';
import type { SourceRow } from '../import/source-row.ts';

/** A query of a file, with the number of its line. */
export type QueryLine = { line: number } & ({ text: string } | { vector: number[] } | { itemId: string });

const shape = z.strictObject({
  text: z.string('must be a text').trim().min(1, 'must not be empty').optional(),
  vector: z.array(z.number('must hold finite numbers'), 'must be a list of numbers').optional(),
  item_id: z.string('must be a text').min(1, 'must not be empty').optional(),
});

/** Queries of a JSON Lines file: {"text": "..."}, {"vector": [...]} or {"item_id": "..."}. A CliError names every bad line. */
export function readQueryFile(file: string, dimensions: number): Promise<QueryLine[]> {
  const shape = '{"text": "..."}, {"vector": [...]} or {"item_id": "..."}';
  return readLineFile(file, { option: '--queries', shape }, (row) => queryLine(row, dimensions));
}

/** The query, or what is wrong with it. */
function queryLine(row: SourceRow, dimensions: number): QueryLine | string {
  if ('problem' in row) return row.problem.reason;
  const { success, data, error } = shape.safeParse(row.values);
  if (!success) {
    const issue = error.issues[0]!;
    return issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')} is not known; a line has text, vector or item_id`
      : `${issue.path.join('.')} ${issue.message}`;
  }
  const { text, vector, item_id: itemId } = data;
  if ([text, vector, itemId].filter((one) => one !== undefined).length !== 1)
    return 'must have one of text, vector and item_id';
  const { line } = row;
  if (text !== undefined) return { line, text };
  if (itemId !== undefined) return { line, itemId };
  if (vector!.length !== dimensions)
    return `vector has ${vector!.length} numbers, the collection's vectors have ${dimensions}`;
  if (vector!.every((value) => value === 0)) return 'vector is all zeros, which points nowhere';
  return { line, vector: vector! };
}
