import { stem } from './stem.ts';

/** The analyzer as it was before it knew places: what its terms are held against. */
const longestTerm = 64;

// The long vowel mark of kana (U+30FC) belongs to no script, yet to the run.
const runs = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}\u30fc]+|[\p{L}\p{Nd}]/gu;
// Two Thai signs are letters to JavaScript only.
const words = /(?:(?![ฯๆ])[\p{L}\p{Nd}])+/gu;
const bigramScript = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const marks = /\p{M}+/gu;
const otherDigits = /(?![0-9])\p{Nd}/gu;
const possessive = /['\u2019\u02bc\uff07]s(?![\p{L}\p{Nd}])/gu;
const asciiLetters = /^[a-z]+$/;
// PostgreSQL's parser reads "241e1sb" as the number 241e1 and the word "sb".
const numberThenWord = /^(\d+e\d+)(\p{L}.*)$/u;

export function referenceAnalyze(text: string): string[] {
  const normal = text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(possessive, '')
    .replace(marks, '')
    .replace(otherDigits, asciiDigit);
  const terms: string[] = [];
  for (const [word] of normal.matchAll(words)) {
    if (bigramScript.test(word)) addMixed(word, terms);
    else addWord(word, terms);
  }
  return terms;
}

/** Decimal digits of every script stand in runs from zero to nine. */
function asciiDigit(digit: string): string {
  let value = 0;
  for (let code = digit.codePointAt(0)!; /\p{Nd}/u.test(String.fromCodePoint(code - 1)); code--) value++;
  return String(value % 10);
}

function addWord(word: string, terms: string[]): void {
  const [, number, rest] = numberThenWord.exec(word) ?? [];
  if (number && rest) {
    terms.push(cut(number));
    addWord(rest, terms);
    return;
  }
  terms.push(cut(asciiLetters.test(word) ? stem(word) : word));
}

const cut = (term: string) => (term.length <= longestTerm ? term : [...term].slice(0, longestTerm).join(''));

/** "lg전자5g" to "lg", "전자", "5g". */
function addMixed(word: string, terms: string[]): void {
  let other = '';
  for (const [run] of word.matchAll(runs)) {
    if (!bigramScript.test(run)) {
      other += run;
      continue;
    }
    if (other) addWord(other, terms);
    other = '';
    addBigrams([...run], terms);
  }
  if (other) addWord(other, terms);
}

function addBigrams(characters: string[], terms: string[]): void {
  if (characters.length === 1) terms.push(characters[0]!);
  for (let at = 0; at + 1 < characters.length; at++) terms.push(characters[at]! + characters[at + 1]!);
}
