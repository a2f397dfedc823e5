import type { RunAnalyzerResponse } from '@kindred/contracts';
import { isMorpheme } from '../analyze.ts';
import type { Morphology } from './morphology.ts';
import { parseQueryText } from './query-text.ts';
import { type CompiledSettings } from './search-settings.ts';
import { tokensOf } from './tokens.ts';
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
  const synonyms = new Map<number, string[]>();
  const sequence = tokens.map(({ term }) => term);
  for (const { at, rule } of synonymMatches(sequence, settings))
    synonyms.set(
      at,
      rule.others.map((other) => other.filter((term) => !isMorpheme(term)).join(' ')),
    );
  return {
    terms: tokens.map((token, at) => ({
      term: token.term,
      start: token.start,
      end: token.end,
      stopWord: !terms.has(token),
      synonyms: synonyms.get(at) ?? [],
      morpheme: isMorpheme(token.term),
    })),
    phrases,
    excluded,
    analyzer: morphology ? `${pairs}, ${morphology.identity}` : pairs,
    notes: note === undefined ? [] : [note],
  };
}
