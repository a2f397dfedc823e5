import type { Source, SourceRow } from './source-row.ts';

const sampleRows = 1_000;

export interface Sampled {
  /** Of the file, or of all sampled rows where each row brings its own keys. */
  headers: string[];
  /** The readable ones among the first 1,000 rows. */
  sample: Record<string, unknown>[];
  /** All rows, the sampled ones included. */
  rows: AsyncGenerator<SourceRow>;
}

/** Reads the first rows ahead, to infer from, and hands out all of them again. */
export async function sampleRowsOf(source: Source): Promise<Sampled> {
  const iterator = source.rows[Symbol.asyncIterator]();
  const first: SourceRow[] = [];
  while (first.length < sampleRows) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
  }
  const sample = first.flatMap((row) => ('values' in row ? [row.values] : []));
  const headers = source.headers.length > 0 ? source.headers : [...new Set(sample.flatMap(Object.keys))];
  return { headers, sample, rows: chain(first, iterator) };
}

async function* chain(first: SourceRow[], rest: AsyncIterator<SourceRow>): AsyncGenerator<SourceRow> {
  yield* first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
