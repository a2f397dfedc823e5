import { analyze } from '../analyze.ts';
import type { Morphology } from './morphology.ts';

/** How a collection's texts are searched, as it is stored. */
export interface SearchSettings {
  synonyms?: SynonymSet[];
  stopWords?: string[];
  /** Most that the dense leg counts in a hybrid search, 0-1. */
  denseWeight?: number;
  denseWeightSource?: string;
  /** Analyzer whose morphemes of Korean are terms beside pairs of characters. */
  koreanAnalyzer?: string;
}

export interface SynonymSet {
  /** Two or more words or phrases that count as the same. */
  words: string[];
  /** Only the first is widened by the others. */
  oneWay: boolean;
}

/** A word or phrase, as it is declared and as its terms. */
interface Synonym {
  word: string;
  terms: string[];
}

/** The terms of a word or phrase, and what counts as the same. */
export interface SynonymRule {
  terms: string[];
  others: Synonym[];
}

export interface CompiledSettings {
  /** Rules by their first term, the longest first. */
  rules: ReadonlyMap<string, readonly SynonymRule[]>;
  /** Terms of each stop word, joined by spaces. */
  stopWords: ReadonlySet<string>;
}

const none: CompiledSettings = { rules: new Map(), stopWords: new Set() };
const compiled = new Map<string, CompiledSettings>();
const mostCompiled = 200;

/** The settings in terms; compiled once for each change of the collection. */
export function compileSettings(
  collection: { collectionId: number; updatedAt: Date; search: SearchSettings },
  morphology?: Morphology,
): CompiledSettings {
  const { search, collectionId, updatedAt } = collection;
  if (!search.synonyms?.length && !search.stopWords?.length) return none;
  const key = `${collectionId}/${updatedAt.getTime()}/${morphology?.identity ?? ''}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = compile(search, morphology);
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(key, made);
  return made;
}

/** Settings in terms. A word in several sets has the words of them all. */
export function compile({ synonyms = [], stopWords = [] }: SearchSettings, morphology?: Morphology): CompiledSettings {
  const termsOf = (word: string) => analyze(word, morphology);
  const byWord = new Map<string, SynonymRule>();
  for (const { words, oneWay } of synonyms) {
    const all = words.map((word) => ({ word, terms: termsOf(word) }));
    for (const { terms } of oneWay ? all.slice(0, 1) : all) addRule(byWord, terms, all);
  }
  const rules = new Map<string, SynonymRule[]>();
  for (const rule of byWord.values()) rules.set(rule.terms[0]!, [...(rules.get(rule.terms[0]!) ?? []), rule]);
  for (const list of rules.values()) list.sort((a, b) => b.terms.length - a.terms.length);
  return { rules, stopWords: new Set(stopWords.map((word) => termsOf(word).join(' '))) };
}

function addRule(byWord: Map<string, SynonymRule>, terms: string[], all: Synonym[]): void {
  const key = terms.join(' ');
  const rule = byWord.get(key) ?? { terms, others: [] };
  const known = new Set([key, ...rule.others.map((other) => other.terms.join(' '))]);
  for (const other of all) if (!known.has(other.terms.join(' '))) rule.others.push(other);
  byWord.set(key, rule);
}
