import { seeded } from '../support/random.ts';
import type { Query } from './datasets.ts';

const latin = 'abcdefghijklmnopqrstuvwxyz';
const longEnough = { latin: 5, hangul: 3 };
const firstSyllable = 0xac00;

/** The queries with one wrong key each, in their longest word; those without a word of some length are left out. */
export function withTypingErrors(queries: readonly Query[], seed: number): Query[] {
  const random = seeded(seed);
  const pick = (below: number) => Math.floor(random() * below);
  return queries.flatMap((query) => {
    const words = query.text.split(/\s+/).filter((word) => /^[a-z]+$/i.test(word) || /^[\uac00-\ud7a3]+$/.test(word));
    const word = words.sort((a, b) => b.length - a.length)[0] ?? '';
    const isHangul = /[\uac00-\ud7a3]/.test(word);
    if (word.length < (isHangul ? longEnough.hangul : longEnough.latin)) return [];
    const wrong = isHangul ? wrongJamo(word, pick) : wrongLetter(word, pick);
    return wrong === word ? [] : [{ ...query, text: query.text.replace(word, wrong) }];
  });
}

/** A letter swapped with the next, left out, doubled or replaced; not the first one. */
function wrongLetter(word: string, pick: (below: number) => number): string {
  const at = 1 + pick(word.length - 2);
  const [before, letter, next, after] = [word.slice(0, at), word[at]!, word[at + 1]!, word.slice(at + 2)];
  const ways = [next + letter, next, letter + letter + next, latin[pick(latin.length)]! + next];
  return before + ways[pick(ways.length)]! + after;
}

/** Another vowel in one syllable. */
function wrongJamo(word: string, pick: (below: number) => number): string {
  const at = pick(word.length);
  const index = word.charCodeAt(at) - firstSyllable;
  const vowel = Math.floor((index % 588) / 28);
  const syllable = String.fromCharCode(firstSyllable + index - vowel * 28 + pick(21) * 28);
  return word.slice(0, at) + syllable + word.slice(at + 1);
}
