import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import { CliError, UsageError } from '../cli-error.ts';
import { readCsv } from './read-csv.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readParquet } from './read-parquet.ts';
import type { Source } from './source-row.ts';

export interface SourceOptions {
  /** "csv", "jsonl" or "parquet"; else the ending of the name says it. */
  format?: string;
  encoding: string;
  delimiter?: string;
}

const formats: Record<string, string> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
};

export async function openSource(file: string, options: SourceOptions): Promise<Source> {
  await access(file).catch((cause) => {
    throw new CliError(`cannot read ${file}: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`, 1, {
      cause,
    });
  });
  const format = options.format ?? formats[extname(file).toLowerCase()];
  const delimiter = options.delimiter === '\\t' || options.delimiter === 'tab' ? '\t' : options.delimiter;
  switch (format) {
    case 'csv':
      return readCsv(file, { encoding: options.encoding, delimiter });
    case 'jsonl':
      return readJsonLines(file, options);
    case 'parquet':
      return readParquet(file);
    default:
      throw new UsageError(
        `cannot tell the format of ${file} by its name; add --format csv, --format jsonl or --format parquet`,
      );
  }
}
