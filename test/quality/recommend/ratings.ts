import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** Parallel arrays, oldest first; equal times by user, then item. Users and items are dense numbers, in the order of their ids. */
export interface Ratings {
  users: Uint32Array;
  items: Uint32Array;
  values: Float32Array;
  /** Unix seconds. */
  times: Float64Array;
  userIds: string[];
  itemIds: string[];
}

const demo = new URL('../../../apps/kindred/demo/', import.meta.url);
const unpacked = (file: string) => brotliDecompressSync(readFileSync(new URL(file, demo))).toString('utf8');
const linesOf = (file: string) => unpacked(file).split('\n').filter(Boolean);

/** MovieLens ml-latest-small, 100,836 ratings, from the copy that the demo loads: user,movie,rating,seconds. */
export function movieRatings(): Ratings {
  const rows = linesOf('ratings.csv.br').map((line) => line.split(',').map(Number) as [number, number, number, number]);
  rows.sort((left, right) => left[3] - right[3] || left[0] - right[0] || left[1] - right[1]);
  const numbered = (column: 0 | 1) => {
    const ids = [...new Set(rows.map((row) => row[column]))].sort((left, right) => left - right);
    return { ids: ids.map(String), numberOf: new Map(ids.map((id, at) => [id, at])) };
  };
  const user = numbered(0);
  const item = numbered(1);
  return {
    users: Uint32Array.from(rows, (row) => user.numberOf.get(row[0])!),
    items: Uint32Array.from(rows, (row) => item.numberOf.get(row[1])!),
    values: Float32Array.from(rows, (row) => row[2]),
    times: Float64Array.from(rows, (row) => row[3]),
    userIds: user.ids,
    itemIds: item.ids,
  };
}

export interface Movie {
  title: string;
  genres: string[];
  year: number | undefined;
}

interface MovieLine {
  item_id: string;
  title: string;
  categories?: string[];
  attributes?: { year?: number; genres?: string[] };
}

/** By id, from the demo's copy. */
export function movies(): Map<string, Movie> {
  const rows = linesOf('movies.jsonl.br').map((line) => JSON.parse(line) as MovieLine);
  return new Map(
    rows.map(({ item_id, title, categories, attributes }) => [
      item_id,
      { title, genres: attributes?.genres ?? categories ?? [], year: attributes?.year },
    ]),
  );
}
