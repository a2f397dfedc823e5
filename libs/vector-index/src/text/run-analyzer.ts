import type { AnalyzedSynonym, RunAnalyzerResponse } from '@kindred/contracts';
import { isMorpheme } from '../analyze.ts';
import type { Morphology } from './morphology.ts';
import { parseQueryText } from './query-text.ts';
import { type CompiledSettings } from './search-settings.ts';
import { type Token, tokensOf } from './tokens.ts';
import { synonymMatches, withoutStopWords } from './widen.ts';

const pairs = 'words and character pairs';

/** The terms of a text, and what a query of it must contain and must not. Throws a KindredError as a query of it would. */
export function runAnalyzer(
  text: string,
  settings: CompiledSettings,
  { morphology, note }: { morphology?: Morphology; note?: string } = {},
): RunAnalyzerResponse {
  const { text: wanted, phrases, excluded } = parseQueryText(text);
  const tokens = tokensOf(wanted, morphology);
  const { kept } = withoutStopWords(tokens, settings);
  const terms = new Set(kept);
  const synonyms = synonymsOf(kept, settings);
  return {
    terms: tokens.map((token) => ({
      term: token.term,
      start: token.start,
      end: token.end,
      stopWord: !terms.has(token),
      synonyms: synonyms.flatMap((one) => (one.first === token ? one.synonym.terms.join(' ') : [])),
      morpheme: isMorpheme(token.term),
    })),
    phrases,
    excluded,
    analyzer: morphology ? `${pairs}, ${morphology.identity}` : pairs,
    notes: note === undefined ? [] : [note],
    synonyms: synonyms.map(({ synonym }) => synonym),
  };
}

/** As a query has them: of what is left without stop words. */
function synonymsOf(kept: readonly Token[], settings: CompiledSettings): { first: Token; synonym: AnalyzedSynonym }[] {
  const sequence = kept.map(({ term }) => term);
  return synonymMatches(sequence, settings).flatMap(({ at, rule }) => {
    const part = kept.slice(at, at + rule.terms.length);
    const start = Math.min(...part.map((token) => token.start));
    const end = Math.max(...part.map((token) => token.end));
    return rule.others.map(({ word, terms }) => {
      const synonym = { start, end, word, terms: terms.filter((term) => !isMorpheme(term)) };
      return { first: part[0]!, synonym };
    });
  });
}
