import type { RunAnalyzerResponse } from '@kindred/contracts';
import { parseQueryText } from './query-text.ts';
import { type CompiledSettings } from './search-settings.ts';
import { tokensOf } from './tokens.ts';
import { synonymMatches, withoutStopWords } from './widen.ts';

/** The terms of a text, and what a query of it must contain and must not. Throws a KindredError as a query of it would. */
export function runAnalyzer(text: string, settings: CompiledSettings): RunAnalyzerResponse {
  const { text: wanted, phrases, excluded } = parseQueryText(text);
  const tokens = tokensOf(wanted);
  const { kept } = withoutStopWords(tokens, settings);
  const terms = new Set(kept);
  const synonyms = new Map<number, string[]>();
  const sequence = tokens.map(({ term }) => term);
  for (const { at, rule } of synonymMatches(sequence, settings))
    synonyms.set(
      at,
      rule.others.map((other) => other.join(' ')),
    );
  return {
    terms: tokens.map((token, at) => ({
      term: token.term,
      start: token.start,
      end: token.end,
      stopWord: !terms.has(token),
      synonyms: synonyms.get(at) ?? [],
    })),
    phrases,
    excluded,
  };
}
