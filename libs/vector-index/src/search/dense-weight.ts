import { isCharacterPair, isMorpheme } from '../analyze.ts';
import type { CheckedFusion, Fusion } from './search-request.ts';

/** Share of the dense leg for a query of many terms, of models that read a text as a whole. Measured: docs/adr/0010. */
const mostOfReaders = 0.7;
/** Of models that look words up in a table, one by one. */
const mostOfTables = 0.5;
const tables = new Set(['built-in', 'words']);
/** Enough to order hits that their words leave equal. */
const leastDenseWeight = 0.01;

/** Where a query's vector comes from: the model's provider. */
export type Provider = string;

/**
 * What the dense leg counts in a hybrid search, 0.01-1. Words that all stand in a document leave little to guess, the fewer of
 * them the less; a long question matches no document word by word: so it grows with the number n of terms, as
 * most * (n - 1) / (n + 1). The built-in model knows no word of Hangul, Han and kana: their pairs are not counted for it. Nor are
 * morphemes for any: what they stand beside is.
 */
export function denseWeightFor(terms: readonly string[], provider: Provider, most = mostFor(provider)): number {
  const known = terms.filter((term) => (provider === 'built-in' ? !isCharacterPair(term) : !isMorpheme(term)));
  return Math.max(leastDenseWeight, (most * (known.length - 1)) / (known.length + 1));
}

/** Most that the dense leg counts where nobody says otherwise, 0-1. */
export const mostFor = (provider: Provider) => (tables.has(provider) ? mostOfTables : mostOfReaders);

/** As asked, else by the terms, the model and the collection's own weight. */
export function fusionFor(
  asked: Fusion,
  { terms, provider = '', most }: { terms: readonly string[]; provider?: Provider; most?: number },
): CheckedFusion {
  if (asked.method === 'rrf') return asked;
  return { method: 'normalized', denseWeight: asked.denseWeight ?? denseWeightFor(terms, provider, most) };
}
