import { stem } from './stem.ts';
import type { Morphology } from './text/morphology.ts';

/** Longer terms are cut: nobody types them, and PostgreSQL drops words above 2,046 bytes. */
const longestTerm = 64;

// The long vowel mark of kana (U+30FC) belongs to no script, yet to the run.
const runs = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\u30fc]+|[\p{L}\p{Nd}]/gu;
// Two Thai signs are letters to JavaScript only.
const words = /(?:(?![ฯๆ])[\p{L}\p{Nd}])+/gu;
const bigramScript = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}]/u;
// A possessive 's, combining marks, and digits that are not ASCII.
const noise = /['\u2019\u02bc\uff07]s(?![\p{L}\p{Nd}])|\p{M}+|(?![0-9])\p{Nd}/gu;
const digit = /\p{Nd}/u;
const asciiLetters = /^[a-z]+$/;
// PostgreSQL's parser reads "241e1sb" as the number 241e1 and the word "sb".
const numberThenWord = /^(\d+e\d+)(\p{L}.*)$/u;

/** Whether the term is of a run of Hangul, Han or kana, which are searched by pairs of characters. */
export const isCharacterPair = (term: string) => bigramScript.test(term);

const hangul = /\p{sc=Hangul}/u;
/** Before a morpheme, which so is never a pair, nor anything typed: letters beside Hangul are terms of their own. */
const morphemeMark = 'm';

export const isMorpheme = (term: string) => term.startsWith(morphemeMark) && hangul.test(term.charAt(1));

/** A term and where it stands in the cleaned text, in code units; `word` is the run of letters and digits it is made of. */
export type TermSink = (term: string, start: number, end: number, word: string, wordStart: number) => void;

/** A place of the folded text where `removed` code units became `added`. */
export interface Edit {
  at: number;
  removed: number;
  added: number;
}

/**
 * The search terms of a text, in order, repetitions kept: lower-cased NFKC words with light English stemming and ASCII digits;
 * overlapping character pairs for runs of Hangul, Han and kana (a run of one character is kept as it is).
 * A term holds letters and digits only, so PostgreSQL's parser and 'simple' dictionary keep it whole. A morphology adds its
 * morphemes of Hangul, marked, each before the pair that begins with it; the pairs are the same without it.
 */
export function analyze(text: string, morphology?: Morphology): string[] {
  const terms: string[] = [];
  eachTerm(clean(fold(text)), (term) => terms.push(term), morphology);
  return terms;
}

/** Lower-cased NFKC. */
export const fold = (text: string) => text.toWellFormed().normalize('NFKC').toLowerCase().normalize('NFKC');

/** Folded text without marks and possessives, digits in ASCII; `edits` takes what was changed where. */
export function clean(folded: string, edits?: Edit[]): string {
  return folded.replace(noise, (found, at: number) => {
    const kept = digit.test(found) ? asciiDigit(found) : '';
    edits?.push({ at, removed: found.length, added: kept.length });
    return kept;
  });
}

/** Hands over the terms of a cleaned text in order. */
export function eachTerm(cleaned: string, sink: TermSink, morphology?: Morphology): void {
  for (const { 0: word, index } of cleaned.matchAll(words)) {
    const emit: Emit = (term, at, end) => sink(term, index + at, index + end, word, index);
    if (bigramScript.test(word)) addMixed(word, emit, morphology);
    else addWord(word, 0, emit);
  }
}

type Emit = (term: string, start: number, end: number) => void;

/** Decimal digits of every script stand in runs from zero to nine. */
function asciiDigit(found: string): string {
  let value = 0;
  for (let code = found.codePointAt(0)!; digit.test(String.fromCodePoint(code - 1)); code--) value++;
  return String(value % 10);
}

function addWord(word: string, at: number, emit: Emit): void {
  const [, number, rest] = numberThenWord.exec(word) ?? [];
  if (number && rest) {
    emit(cut(number), at, at + number.length);
    addWord(rest, at + number.length, emit);
    return;
  }
  emit(cut(asciiLetters.test(word) ? stem(word) : word), at, at + word.length);
}

const cut = (term: string) => (term.length <= longestTerm ? term : [...term].slice(0, longestTerm).join(''));

/** "lg전자5g" to "lg", "전자", "5g". */
function addMixed(word: string, emit: Emit, morphology?: Morphology): void {
  let other = '';
  for (const { 0: run, index } of word.matchAll(runs)) {
    if (!bigramScript.test(run)) {
      other += run;
      continue;
    }
    if (other) addWord(other, index - other.length, emit);
    other = '';
    addRun(run, index, emit, morphology);
  }
  if (other) addWord(other, word.length - other.length, emit);
}

function addRun(run: string, index: number, emit: Emit, morphology?: Morphology): void {
  const morphemes = morphology && hangul.test(run) ? morphology.morphemesOf(run) : [];
  let next = 0;
  const emitMorphemes = (upTo: number) => {
    for (; next < morphemes.length && morphemes[next]!.start <= upTo; next++) {
      const { text, start, end } = morphemes[next]!;
      emit(cut(morphemeMark + text), index + start, index + end);
    }
  };
  addBigrams([...run], index, (term, start, end) => {
    emitMorphemes(start - index);
    emit(term, start, end);
  });
  emitMorphemes(run.length);
}

function addBigrams(characters: string[], start: number, emit: Emit): void {
  if (characters.length === 1) emit(characters[0]!, start, start + characters[0]!.length);
  let from = start;
  for (let at = 0; at + 1 < characters.length; at++) {
    const pair = characters[at]! + characters[at + 1]!;
    emit(pair, from, from + pair.length);
    from += characters[at]!.length;
  }
}
