import { readText } from './decode-text.ts';
import type { Source, SourceRow } from './source-row.ts';
import { splitLines } from './split-lines.ts';

/** One JSON object per line. A line that is not one is bad, its neighbors are not. */
export async function readJsonLines(file: string, options: { encoding: string }): Promise<Source> {
  const text = await readText(file, options.encoding);
  return { headers: [], rows: rows(text.chunks), progress: text.progress };
}

async function* rows(chunks: AsyncIterable<string>): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const text of splitLines(chunks)) {
    line += 1;
    if (text.trim() !== '') yield parseLine(text, line);
  }
}

function parseLine(text: string, line: number): SourceRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line, problem: { field: '', reason: `is not valid JSON: ${(error as Error).message}` } };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { line, problem: { field: '', reason: 'is not a JSON object; write one {...} per line' } };
  }
  return { line, values: value as Record<string, unknown> };
}
