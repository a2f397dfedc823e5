import { clean, eachTerm, fold } from '../analyze.ts';
import { keystrokes } from './keystrokes.ts';

/** What of an item its words are counted by. */
export interface CountedItem {
  title: string;
  /** Everything searched that callers may see, the title too. */
  shown: readonly string[];
  /** Searched, but not shown: its words are known and never offered. */
  concealed: readonly string[];
}

/** Kept of a collection, those of most items. */
const mostWords = 100_000;
const mostPhrases = 100_000;
/** While counting; beyond it what was seen in one item is forgotten (lossy counting, Manku and Motwani 2002). */
const mostCounted = 500_000;
const longestWord = 40;
const longestPhrase = 80;
const longestTitleWords = 10;
const beginningWords = 4;
const innerWords = 3;
/** What may stand between two words of a phrase. */
const withinPhrase = /^[ \-./'&+·]$/;
const digitsOnly = /^\d+$/;

interface Word {
  text: string;
  start: number;
  end: number;
}

interface Counts {
  items: number;
  titles: number;
}

/** Counts in how many items the words and phrases of a collection stand. */
export class VocabularyCounts {
  private readonly words = new Map<string, Counts>();
  private readonly phrases = new Map<string, Counts>();

  add({ title, shown, concealed }: CountedItem): void {
    const titleText = cleaned(title);
    const titleWords = wordsOf(titleText);
    const inTitle = new Set(titleWords.map(({ text }) => text));
    for (const word of wordSet(shown)) this.count(this.words, word, 1, inTitle.has(word) ? 1 : 0);
    for (const word of wordSet(concealed)) this.count(this.words, word, 0, 0);
    for (const phrase of phrasesOf(titleText, titleWords)) this.count(this.phrases, phrase, 1, 1);
  }

  /** As they are stored: lines sorted by keystrokes. A phrase within titles needs two items, a whole title is there once. */
  lines(): { words: string; phrases: string } {
    const words = most(this.words, mostWords);
    const phrases = most(this.phrases, mostPhrases);
    return {
      words: sortedLines(words, ({ items, titles }) => `${items}\t${titles}`),
      phrases: sortedLines(phrases, ({ items }) => String(items)),
    };
  }

  private count(counts: Map<string, Counts>, text: string, items: number, titles: number): void {
    const known = counts.get(text);
    if (known) {
      known.items += items;
      known.titles += titles;
      return;
    }
    if (counts.size >= mostCounted) for (const [key, { items: seen }] of counts) if (seen <= 1) counts.delete(key);
    counts.set(text, { items, titles });
  }
}

const cleaned = (text: string) => clean(fold(text)).replace(/\s+/gu, ' ').trim();

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  eachTerm(text, (_term, _start, _end, word, start) => {
    if (words.at(-1)?.start !== start) words.push({ text: word, start, end: start + word.length });
  });
  return words;
}

function wordSet(texts: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const text of texts)
    for (const word of wordsOf(cleaned(text)))
      if (word.text.length <= longestWord && !digitsOnly.test(word.text)) words.add(word.text);
  return words;
}

/** Runs of words within the title, longer ones at its beginning, and the title itself where it is short. */
function phrasesOf(title: string, words: readonly Word[]): Set<string> {
  const phrases = new Set<string>();
  for (let from = 0; from < words.length; from++) {
    const longest = from === 0 ? beginningWords : innerWords;
    for (let to = from + 1; to < words.length && to - from < longest; to++) {
      if (!withinPhrase.test(title.slice(words[to - 1]!.end, words[to]!.start))) break;
      phrases.add(title.slice(words[from]!.start, words[to]!.end));
    }
  }
  if (words.length > 1 && words.length <= longestTitleWords) phrases.add(title);
  for (const phrase of phrases) if (phrase.length > longestPhrase) phrases.delete(phrase);
  return phrases;
}

/** Those of most items, without sorting all of them. */
function most(counts: ReadonlyMap<string, Counts>, wanted: number): [string, Counts][] {
  const byItems = new Map<number, number>();
  for (const { items } of counts.values()) byItems.set(items, (byItems.get(items) ?? 0) + 1);
  let least = Number.POSITIVE_INFINITY;
  let taken = 0;
  for (const items of [...byItems.keys()].sort((a, b) => b - a)) {
    if (taken >= wanted) break;
    least = items;
    taken += byItems.get(items)!;
  }
  return [...counts].filter(([, { items }]) => items >= least).slice(0, 2 * wanted);
}

function sortedLines(entries: readonly [string, Counts][], columns: (counts: Counts) => string): string {
  const keyed = entries.map(([text, counts]) => `${keystrokes(text)}\u0000${text}\t${columns(counts)}`);
  return keyed
    .sort()
    .map((line) => line.slice(line.indexOf('\u0000') + 1))
    .join('\n');
}
