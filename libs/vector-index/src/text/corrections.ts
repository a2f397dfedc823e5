import { SuggestionKind, type TextSuggestion } from '@kindred/contracts';
import { hasHangul, keystrokes, toHangulKeys, toLatinKeys } from './keystrokes.ts';
import type { CompiledSettings } from './search-settings.ts';
import { byWord, tokensOf } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Longer texts are read, not typed. */
const mostWords = 24;
/** A word this rare beside one so much more frequent may be a typing error that some item has too. */
const rareItems = 2;
const timesMoreFrequent = 100;
const shortestWord = 3;
const digits = /\d/;
const syllables = /^[\uac00-\ud7a3]{2,}$/;
const latin = /^[a-z]{3,}$/;

export interface Corrections {
  /** The text with unknown words replaced, where any is; what is looked for beside what was typed. */
  text: string;
  /** "'로지택' as '로지텍'", one per replaced word. */
  replaced: { from: string; to: string }[];
  /** Best first. */
  suggestions: TextSuggestion[];
}

interface Word {
  text: string;
  typed: string;
  start: number;
  end: number;
}

interface Replacement {
  word: Word;
  to: string;
  items: number;
}

/** The same text in three readings, with the same places: as typed, what to look for, and that without phrases. */
export interface Readings {
  typed: string;
  text: string;
  loose: string;
}

/** What may have been meant by a text some of whose words no item has. Phrases and excluded words stay. */
export function correct(readings: Readings, vocabulary: Vocabulary, settings: CompiledSettings): Corrections {
  const words = wordsOf(readings.loose).slice(0, mostWords);
  const unknown = words.filter(
    ({ text: word }) => isWord(word) && !settings.stopWords.has(word) && !vocabulary.knows(word),
  );
  const slips = unknown.flatMap((word) => keyboardSlip(word, vocabulary) ?? []);
  const slipped = new Set(slips.map(({ word }) => word));
  const typos = unknown.filter((word) => !slipped.has(word)).flatMap((word) => nearest(word, vocabulary) ?? []);
  const rare = words
    .filter((word) => isRare(word, vocabulary))
    .flatMap((word) => nearest(word, vocabulary, true) ?? []);
  const suggestions = [
    suggestion(readings.typed, slips, SuggestionKind.SUGGESTION_KIND_KEYBOARD),
    suggestion(readings.typed, [...typos, ...rare], SuggestionKind.SUGGESTION_KIND_TYPO),
  ];
  return {
    text: replace(readings.text, typos),
    replaced: typos.map(({ word, to }) => ({ from: word.text, to })),
    suggestions: suggestions.filter((one) => one !== undefined),
  };
}

function wordsOf(text: string): Word[] {
  const characters = [...text];
  return byWord(tokensOf(text)).map((tokens) => {
    const [start, end] = [tokens[0]!.start, tokens.at(-1)!.end];
    return { text: tokens[0]!.word, typed: characters.slice(start, end).join(''), start, end };
  });
}

/** Long enough, and no model number: those differ by a digit and are not the same. */
const isWord = (word: string) => !digits.test(word) && (word.length >= shortestWord || hasHangul(word));

const isRare = ({ text }: Word, vocabulary: Vocabulary) =>
  latin.test(text) && vocabulary.itemsOf(text) > 0 && vocabulary.itemsOf(text) <= rareItems;

function nearest(word: Word, vocabulary: Vocabulary, frequentOnly = false): Replacement | undefined {
  const found = vocabulary.nearest(word.text);
  if (!found || (frequentOnly && found.items < timesMoreFrequent * vocabulary.itemsOf(word.text))) return undefined;
  return { word, to: found.text, items: found.items };
}

/** A word typed with the other layout, where items have what it would be. */
function keyboardSlip(word: Word, vocabulary: Vocabulary): Replacement | undefined {
  const to = otherLayout(word.typed);
  return to !== undefined && vocabulary.knows(to) ? { word, to, items: vocabulary.itemsOf(to) } : undefined;
}

/** What the keys write in the other layout, where that is a word to look at. */
export function otherLayout(typed: string): string | undefined {
  const to = hasHangul(typed) ? toLatinKeys(typed) : toHangulKeys(typed);
  return (hasHangul(typed) ? latin : syllables).test(to) && keystrokes(to) !== keystrokes(typed) ? to : undefined;
}

function suggestion(text: string, all: Replacement[], kind: SuggestionKind): TextSuggestion | undefined {
  if (all.length === 0) return undefined;
  return { text: replace(text, all), kind, items: BigInt(Math.min(...all.map(({ items }) => items))) };
}

function replace(text: string, all: readonly Replacement[]): string {
  const characters = [...text];
  for (const { word, to } of [...all].sort((a, b) => b.word.start - a.word.start))
    characters.splice(word.start, word.end - word.start, to);
  return characters.join('');
}
