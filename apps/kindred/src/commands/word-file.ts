import { readFile } from 'node:fs/promises';
import { KindredClientError } from '@kindred/client';
import type { SynonymSet } from '@kindred/contracts';
import { UsageError } from '../cli-error.ts';

/** What a file of words says, and by which lines: those that are neither empty nor begin with #. */
export interface WordFile<Entry> {
  file: string;
  entries: Entry[];
  /** Numbers from 1, one per entry. */
  lines: number[];
}

/** A word per line. */
export const readStopWords = (file: string): Promise<WordFile<string>> => readWords(file, (line) => line);

/** A set per line: "a, b" or "a => b, c". */
export const readSynonyms = (file: string): Promise<WordFile<SynonymSet>> => readWords(file, synonymSetOf);

async function readWords<Entry>(file: string, read: (line: string) => Entry): Promise<WordFile<Entry>> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new UsageError(`${file} cannot be read: ${reason}`);
  });
  const words: WordFile<Entry> = { file, entries: [], lines: [] };
  for (const [at, untrimmed] of text.split(/\r?\n/u).entries()) {
    const line = untrimmed.trim();
    if (line === '' || line.startsWith('#')) continue;
    words.lines.push(at + 1);
    try {
      words.entries.push(read(line));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${file}, line ${at + 1} "${line}": ${error.message}`);
    }
  }
  return words;
}

function synonymSetOf(line: string): SynonymSet {
  const sides = line.split('=>').map((side) => wordsOf(side));
  const oneWay = sides.length > 1;
  if (sides.length > 2) throw new UsageError('has "=>" more than once; write a line for each');
  if (oneWay && sides[0]!.length !== 1) {
    throw new UsageError('must have one word or phrase before "=>", which the ones behind it widen');
  }
  if (oneWay && sides[1]!.length === 0)
    throw new UsageError('names nothing behind "=>"; write it like tv => oled, qled');
  const words = sides.flat();
  if (words.length > 1) return { words, oneWay };
  throw new UsageError('names one word; write those that count as the same beside it, like notebook, laptop');
}

const wordsOf = (side: string) =>
  side
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** What the server refused, with the line of the file that it stands on; `field` is the list in the request. */
export function withLine(error: unknown, field: string, words: WordFile<unknown> | undefined): unknown {
  if (!words || !(error instanceof KindredClientError) || !error.field.startsWith(`${field}[`)) return error;
  const line = words.lines[Number.parseInt(error.field.slice(field.length + 1), 10)];
  return line === undefined ? error : new UsageError(`${words.file}, line ${line}: ${error.message}`);
}
