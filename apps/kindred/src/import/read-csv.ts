import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { CliError } from '../cli-error.ts';
import { readText } from './decode-text.ts';
import type { Source, SourceRow } from './source-row.ts';

const delimiters = [',', ';', '\t', '|'] as const;

interface ParsedLine {
  record: string[];
  info: { lines: number };
}

/**
 * CSV by RFC 4180: quotes, line breaks inside quotes, a byte order mark, mixed line ends, and comma, semicolon, tab or bar between fields.
 * A row with too many or too few fields is bad, its neighbors are not.
 */
export async function readCsv(file: string, options: { encoding: string; delimiter?: string }): Promise<Source> {
  const text = await readText(file, options.encoding);
  const chunks = text.chunks[Symbol.asyncIterator]();
  const first = await chunks.next();
  const head: string = first.done ? '' : first.value;
  const delimiter = options.delimiter ?? detectDelimiter(head);
  const parser = Readable.from(rejoin(head, chunks)).compose(
    parse({
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    }),
  );
  const lines = parser[Symbol.asyncIterator]() as AsyncIterator<ParsedLine>;
  const header = await next(lines, 1);
  if (header === undefined) throw new CliError(`${file} is empty; its first line must hold the column names`);
  const headers = checkHeaders(header.record, file);
  return { headers, rows: rows(lines, headers, header.info.lines), progress: text.progress };
}

/** The candidate that appears most in the first line, outside quotes. */
export function detectDelimiter(text: string): string {
  const line = /^\ufeff?((?:"(?:[^"]|"")*"|[^"\r\n])*)/.exec(text)?.[1] ?? '';
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

async function* rejoin(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  if (head !== '') yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function checkHeaders(record: string[], file: string): string[] {
  const headers = record.map((header) => header.trim());
  const empty = headers.indexOf('');
  if (empty !== -1) throw new CliError(`${file}: column ${empty + 1} has no name; name it in the first line`);
  const twice = headers.find((header, index) => headers.indexOf(header) !== index);
  if (twice !== undefined) throw new CliError(`${file}: two columns are called "${twice}"; rename one of them`);
  return headers;
}

async function* rows(
  lines: AsyncIterator<ParsedLine>,
  headers: string[],
  headerEnd: number,
): AsyncGenerator<SourceRow> {
  let end = headerEnd;
  // csv-parse 7 counts "\r\n" inside quotes as two lines.
  let doubled = 0;
  for (let line = await next(lines, end + 1); line !== undefined; line = await next(lines, end + 1)) {
    const text = line.record.join('');
    doubled += text.split('\r\n').length - 1;
    end = line.info.lines - doubled;
    yield toRow(line.record, headers, end - (text.split(/\r\n|\n|\r/).length - 1));
  }
}

function toRow(record: string[], headers: string[], line: number): SourceRow {
  if (record.length !== headers.length) {
    const reason = `has ${record.length} fields, the header has ${headers.length}; quote fields that contain the delimiter`;
    return { line, problem: { field: '', reason } };
  }
  return { line, values: Object.fromEntries(headers.map((header, index) => [header, record[index]])) };
}

async function next(lines: AsyncIterator<ParsedLine>, line: number): Promise<ParsedLine | undefined> {
  try {
    const result = await lines.next();
    return result.done ? undefined : result.value;
  } catch (cause) {
    const code = (cause as CsvError).code;
    if (code === undefined || !code.startsWith('CSV_')) throw cause;
    const advice = code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is opened and never closed' : (cause as Error).message;
    throw new CliError(`the CSV cannot be read on from line ${line}: ${advice}`, 1, { cause });
  }
}
