import type { CompiledSettings, SynonymRule } from './search-settings.ts';
import { byWord, type Token } from './tokens.ts';

/** Ways to say the same that are looked for, the asked one among them. */
const mostVariants = 16;

/** The tokens without stop words, and which words those were. A query of nothing else keeps them. */
export function withoutStopWords(
  tokens: readonly Token[],
  { stopWords }: CompiledSettings,
): { kept: readonly Token[]; left: string[] } {
  if (stopWords.size === 0) return { kept: tokens, left: [] };
  const stopped = new Map<number, string>();
  for (const word of byWord(tokens)) {
    if (stopWords.has(word.map(({ term }) => term).join(' '))) stopped.set(word[0]!.wordAt, word[0]!.word);
  }
  const kept = tokens.filter(({ wordAt }) => !stopped.has(wordAt));
  if (kept.length === 0 || stopped.size === 0) return { kept: tokens, left: [] };
  return { kept, left: [...new Set(stopped.values())] };
}

interface Match {
  at: number;
  rule: SynonymRule;
}

/** Where the terms of a word or phrase with synonyms stand, from the left, the longest first; none within another. */
export function synonymMatches(terms: readonly string[], { rules }: CompiledSettings): Match[] {
  if (rules.size === 0) return [];
  const matches: Match[] = [];
  for (let at = 0; at < terms.length; ) {
    const rule = rules.get(terms[at]!)?.find((one) => one.terms.every((term, index) => terms[at + index] === term));
    if (rule) matches.push({ at, rule });
    at += rule?.terms.length ?? 1;
  }
  return matches;
}

/**
 * The query said in other words: lists of distinct terms, without the asked one, those with fewer words replaced first.
 * An item counts by the list that fits it best, so never by a word and its synonym together.
 */
export function variantsOf(terms: readonly string[], settings: CompiledSettings): string[][] {
  let variants: (readonly string[])[] = [terms];
  // From the right, so that replacing one match leaves the places of the others.
  for (const { at, rule } of synonymMatches(terms, settings).reverse()) {
    const replaced = rule.others.flatMap((other) =>
      variants.map((variant) => [...variant.slice(0, at), ...other.terms, ...variant.slice(at + rule.terms.length)]),
    );
    variants = [...variants, ...replaced].slice(0, mostVariants);
  }
  return variants.slice(1).map((variant) => [...new Set(variant)]);
}
