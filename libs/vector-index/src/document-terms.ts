import { analyze } from './analyze.ts';

/** A tsvector holds 1 MiB; the rest is left for alignment. */
const mostBytes = 1_000_000;
/** PostgreSQL counts at most this many occurrences of a term, and those from the last position on as one. */
const mostOccurrences = 255;
const lastPosition = 16_383;

export interface DocumentTerms {
  /** Terms in order, joined by spaces. */
  tokens: string;
  /** Occurrences as PostgreSQL counts them, which is what both BM25 methods see. */
  length: number;
  /** The length as a BM25 index stores it: exact below 40, then with four significant bits. */
  roundedLength: number;
}

/** What is stored of a text for the lexical leg. A text whose terms would not fit a tsvector is searched by its beginning. */
export function documentTerms(text: string): DocumentTerms {
  const seen = new Map<string, { count: number; last: number }>();
  const kept: string[] = [];
  let bytes = 0;
  for (const term of analyze(text)) {
    const occurrences = seen.get(term) ?? { count: 0, last: 0 };
    bytes += occurrences.count === 0 ? Buffer.byteLength(term) + 8 : 2;
    if (bytes > mostBytes) break;
    kept.push(term);
    if (occurrences.count < mostOccurrences && occurrences.last < lastPosition) {
      seen.set(term, { count: occurrences.count + 1, last: Math.min(kept.length, lastPosition) });
    }
  }
  const length = [...seen.values()].reduce((sum, { count }) => sum + count, 0);
  return { tokens: kept.join(' '), length, roundedLength: roundedLength(length) };
}

/**
 * What pg_textsearch makes of a document's length: Lucene's SmallFloat.byte4ToInt(intToByte4(length)). Scores of the
 * exact method and of the index agree because both use it.
 */
export function roundedLength(length: number): number {
  if (length < 40) return length;
  const shift = 28 - Math.clz32(length - 24);
  return 24 + (((length - 24) >> shift) << shift);
}
