import { clean, type Edit, eachTerm, fold, type TermSink } from '../analyze.ts';
import type { Morphology } from './morphology.ts';

/** A term and the code points of the original text that it was made of; the end is not included. */
export interface Token {
  term: string;
  start: number;
  end: number;
  /** The run of letters and digits it comes from, normalized: terms of one word share `wordAt`. */
  word: string;
  wordAt: number;
}

/**
 * The terms of `analyze`, with where they stand. Normalization changes lengths, so places are found through chunks of the
 * text that normalize each for itself; a term's place is that of the chunks it touches.
 */
export function tokensOf(text: string, morphology?: Morphology): Token[] {
  const folded = fold(text);
  const edits: Edit[] = [];
  const cleaned = clean(folded, edits);
  const places = placesOf(text, folded);
  const beforeCleaning = unedited(edits);
  const tokens: Token[] = [];
  const take: TermSink = (term, from, to, word, wordAt) => {
    const start = places.start(beforeCleaning(from));
    tokens.push({ term, start, end: places.end(beforeCleaning(to - 1)), word, wordAt });
  };
  eachTerm(cleaned, take, morphology);
  return tokens;
}

/** Tokens of the same word, in order. */
export function byWord(tokens: readonly Token[]): Token[][] {
  const words: Token[][] = [];
  for (const token of tokens) {
    const last = words.at(-1);
    if (last && last[0]!.wordAt === token.wordAt) last.push(token);
    else words.push([token]);
  }
  return words;
}

interface Places {
  start(at: number): number;
  end(at: number): number;
}

// What may melt with the character before it: marks, with the voice marks of halfwidth kana; behind Hangul alone vowels and
// final consonants too, and jamo that may be either. A conjoining initial consonant begins a syllable of its own.
const marks = '\\p{M}\\uff9e\\uff9f';
const hangul = '\\u1100-\\u11ff\\u3131-\\u318e\\ua960-\\ua97f\\uac00-\\ud7ff\\uffa0-\\uffdc';
const noInitials = '\\u1160-\\u11ff\\u3131-\\u318e\\ud7b0-\\ud7ff\\uffa0-\\uffdc';
const characters = new RegExp(`[${hangul}][${marks}${noInitials}]*|[\\s\\S][${marks}]*`, 'gu');
const segmentations = [characters, /\s+|\S+/gu, /[\s\S]+/gu];

/** Original places of the code units of the folded text. */
function placesOf(text: string, folded: string): Places {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is looked for.
  if (/^[\x00-\x7f]*$/.test(text)) return { start: (at) => at, end: (at) => at + 1 };
  const wellFormed = text.toWellFormed();
  for (const segmentation of segmentations) {
    const places = chunkPlaces(wellFormed, segmentation, folded.length);
    if (places) return places;
  }
  return { start: () => 0, end: () => [...wellFormed].length };
}

/** Undefined where the chunks do not normalize each for itself. */
function chunkPlaces(text: string, segmentation: RegExp, length: number): Places | undefined {
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let at = 0;
  let codePoint = 0;
  for (const [chunk] of text.matchAll(segmentation)) {
    const next = at + (isSimple(chunk) ? 1 : fold(chunk).length);
    const end = codePoint + (chunk.length === 1 ? 1 : [...chunk].length);
    if (next > length) return undefined;
    starts.fill(codePoint, at, next);
    ends.fill(end, at, next);
    at = next;
    codePoint = end;
  }
  return at === length ? { start: (place) => starts[place]!, end: (place) => ends[place]! } : undefined;
}

/** One code unit that stays one: ASCII, Hangul syllables, common Han. */
function isSimple(chunk: string): boolean {
  if (chunk.length !== 1) return false;
  const code = chunk.charCodeAt(0);
  return code < 0x80 || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x4e00 && code <= 0x9fff);
}

/** Place in the cleaned text to place in the folded one. */
function unedited(edits: readonly Edit[]): (at: number) => number {
  if (edits.length === 0) return (at) => at;
  // Where each edit ends in the cleaned text, and what is to be added from there on.
  const ends = new Float64Array(edits.length);
  const shifts = new Float64Array(edits.length);
  let shift = 0;
  edits.forEach(({ at, removed, added }, index) => {
    ends[index] = at - shift + added;
    shift += removed - added;
    shifts[index] = shift;
  });
  return (at) => {
    let [low, high] = [0, edits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return at + (low === 0 ? 0 : shifts[low - 1]!);
  };
}
