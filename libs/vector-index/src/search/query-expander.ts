import { KindredError } from '@kindred/contracts';
import { analyze } from '../analyze.ts';
import type { CollectionRow } from '../collection.store.ts';
import type { Morphology } from '../text/morphology.ts';
import { queryMorphology } from '../text/query-morphology.ts';
import type { LexicalLeg } from './lexical-leg.ts';
import type { CheckedRequest } from './search-request.ts';
import type { Ran } from './token-frame.ts';

/** Words that a query does not name. */
export interface QueryExpansion {
  words: string[];
  /** What they count beside the query's own words, 0-1. */
  weight: number;
}

/** Query to further words, by the tenant's word model of that name. Throws when there are none to be had. */
export interface QueryExpander {
  expand(tenant: string, model: string, text: string, signal?: AbortSignal): Promise<QueryExpansion>;
}

/** Beyond these a query is no longer what was asked. */
export const mostExtraTerms = 32;

/**
 * The leg with the terms of the words that the collection's word model adds. Whatever keeps them away costs a note, not the
 * answer; a canceled call stays canceled. A page behind one without extra words has none either.
 */
export async function expandedLeg(
  leg: LexicalLeg,
  { by, tenant, signal }: CheckedRequest,
  collection: CollectionRow,
  expander: QueryExpander | undefined,
  before?: Ran,
): Promise<{ leg: LexicalLeg; notes: string[] }> {
  const { expansionModel } = collection;
  if (expansionModel === '' || by.kind !== 'text' || before?.expanded === false) return { leg, notes: [] };
  if (!expander) return { leg, notes: ['Nothing here can widen a query: only its own words are looked for'] };
  try {
    const { words, weight } = await expander.expand(tenant, expansionModel, by.text, signal);
    const { morphology } = await queryMorphology(collection);
    const extra = extraTerms(words, leg.terms, morphology);
    return { leg: extra.length > 0 && weight > 0 ? { ...leg, extra: { terms: extra, weight } } : leg, notes: [] };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof KindredError)) throw error;
    return { leg, notes: [`The query is not widened by "${expansionModel}" (${error.message})`] };
  }
}

function extraTerms(words: readonly string[], asked: readonly string[], morphology?: Morphology): string[] {
  const known = new Set(asked);
  const terms = new Set(words.flatMap((word) => analyze(word, morphology)).filter((term) => !known.has(term)));
  return [...terms].slice(0, mostExtraTerms);
}
