import { analyze, isMorpheme } from './analyze.ts';
import type { Morphology } from './text/morphology.ts';

/** A tsvector holds 1 MiB; the rest is left for alignment. */
const mostBytes = 1_000_000;
/** PostgreSQL counts at most this many occurrences of a term, and those from the last position on as one. */
const mostOccurrences = 255;
const lastPosition = 16_383;

export interface DocumentTerms {
  /** Terms in order, joined by spaces. */
  tokens: string;
  /** The terms with their positions, as PostgreSQL reads a tsvector. Between two parts a position is left free. */
  vector: string;
  /** Occurrences as PostgreSQL counts them, which is what both BM25 methods see. */
  length: number;
  /** The length as a BM25 index stores it: exact below 40, then with four significant bits. */
  roundedLength: number;
}

interface Occurrences {
  positions: number[];
  /** Which of all terms the last one was. */
  last: number;
}

/**
 * What is stored of a text for the lexical leg. A text whose terms would not fit a tsvector is searched by its beginning.
 * Given in parts, no phrase spans two of them, except where a text has more positions than a tsvector. Morphemes take no
 * position from the words and pairs that phrases are made of: they stand at some position of their own.
 */
export function documentTerms(text: string | readonly string[], morphology?: Morphology): DocumentTerms {
  const parts = (typeof text === 'string' ? [text] : text).map((part) => analyze(part, morphology));
  const places = parts.reduce((sum, { length }) => sum + length + 1, 0);
  // What PostgreSQL counts must not change with the free positions, nor where it stops counting.
  const gap = places < lastPosition ? 1 : 0;
  const seen = new Map<string, Occurrences>();
  const kept = collect(parts, gap, seen);
  const length = [...seen.values()].reduce((sum, { positions }) => sum + positions.length, 0);
  const vector = [...seen].map(([term, { positions }]) => `'${term}':${positions.join()}`).join(' ');
  return { tokens: kept.join(' '), vector, length, roundedLength: roundedLength(length) };
}

function collect(parts: readonly string[][], gap: number, seen: Map<string, Occurrences>): string[] {
  const kept: string[] = [];
  let bytes = 0;
  let morphemes = 0;
  for (const [part, terms] of parts.entries()) {
    for (const term of terms) {
      const occurrences = seen.get(term) ?? { positions: [], last: 0 };
      bytes += occurrences.positions.length === 0 ? Buffer.byteLength(term) + 8 : 2;
      if (bytes > mostBytes) return kept;
      kept.push(term);
      const beside = isMorpheme(term);
      if (beside) morphemes++;
      if (occurrences.positions.length >= mostOccurrences || occurrences.last >= lastPosition) continue;
      const last = Math.min(kept.length + part * gap, lastPosition);
      occurrences.positions.push(beside ? last : Math.min(last, kept.length - morphemes + part * gap));
      seen.set(term, { positions: occurrences.positions, last });
    }
  }
  return kept;
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
