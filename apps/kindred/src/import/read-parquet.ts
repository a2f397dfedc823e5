import zlib from 'node:zlib';
import {
  asyncBufferFromFile,
  type Compressors,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { CliError } from '../cli-error.ts';
import type { Source, SourceRow } from './source-row.ts';

/** Snappy and plain are built into hyparquet. */
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ZSTD: (input) => unpackZstd(input),
};

/** Node has it from 22.15 on. */
function unpackZstd(input: Uint8Array): Uint8Array {
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (input: Uint8Array) => Uint8Array };
  if (zstdDecompressSync) return zstdDecompressSync(input);
  throw new CliError(
    `The file is packed with zstd, which Node ${process.versions.node} cannot unpack; use Node 22.15 or newer, or write it with snappy or gzip`,
  );
}

const chunkRows = 5_000;

/** Lines are row numbers, from 1. Times become RFC 3339 text, 64-bit integers numbers (text above 2^53-1). */
export async function readParquet(path: string): Promise<Source> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw new CliError(`${path} is not a Parquet file: ${cause.message}`, 1, { cause });
  });
  const total = Number(metadata.num_rows);
  let read = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    for (let rowStart = 0; rowStart < total; rowStart += chunkRows) {
      const rowEnd = Math.min(total, rowStart + chunkRows);
      const objects = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd, utf8: true });
      for (const values of objects) {
        read += 1;
        yield { line: read, values: plain(values) as Record<string, unknown> };
      }
    }
  }
  const headers = parquetSchema(metadata).children.map((child) => child.element.name);
  return { headers, rows: rows(), progress: () => (total === 0 ? 1 : read / total) };
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
