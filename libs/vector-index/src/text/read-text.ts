import type { TextSuggestion } from '@kindred/contracts';
import { analyze } from '../analyze.ts';
import type { CollectionRow } from '../collection.store.ts';
import type { CheckedRequest } from '../search/search-request.ts';
import { correct } from './corrections.ts';
import { queryMorphology } from './query-morphology.ts';
import { compileSettings } from './search-settings.ts';
import { tokensOf } from './tokens.ts';
import type { Vocabularies } from './vocabularies.ts';
import { variantsOf, withoutStopWords } from './widen.ts';

/** A query by text as the collection reads it. */
export interface ReadText {
  /** With the text that is embedded, its terms, and the ways to say the same. */
  request: CheckedRequest;
  /** Why something is looked for otherwise than asked. */
  notes: string[];
  suggestions: TextSuggestion[];
  /** Words were replaced. */
  corrected: boolean;
}

/**
 * Applies what a collection declares of its texts to a query: analyzer, typing errors, stop words, synonyms.
 * `correctable`: false for a page behind one whose words were left as they are.
 */
export async function readText(
  asked: CheckedRequest,
  collection: CollectionRow,
  vocabularies: Vocabularies | undefined,
  correctable = true,
): Promise<ReadText> {
  if (asked.by.kind !== 'text') return { request: asked, notes: [], suggestions: [], corrected: false };
  const { text, options } = asked;
  const { morphology, note } = await queryMorphology(collection);
  const settings = compileSettings(collection, morphology);
  const vocabulary = correctable && options.typos ? await vocabularies?.of(collection) : undefined;
  const corrections = vocabulary && correct({ typed: asked.by.text, text, loose: asked.loose }, vocabulary, settings);
  const { kept, left } = withoutStopWords(tokensOf(text, morphology), settings);
  const extra = corrections?.replaced.flatMap(({ to }) => analyze(to, morphology)) ?? [];
  const sequence = [...kept.map(({ term }) => term), ...extra];
  const terms = [...new Set(sequence)];
  const variants = options.synonyms ? variantsOf(sequence, settings) : [];
  // What was typed stays beside its replacement: no item had it when the vocabulary was made, but one may by now.
  const by = { kind: 'text' as const, text: corrections?.text ?? text };
  return {
    request: { ...asked, by, terms, variants },
    notes: [
      ...(corrections?.replaced ?? []).map(({ from, to }) => `No item has "${from}": "${to}" is looked for too`),
      ...(left.length > 0 ? [`Stop words are left out: ${left.join(', ')}`] : []),
      ...(note === undefined || asked.mode === 'dense' ? [] : [note]),
      ...weightNotes(asked, collection),
    ],
    suggestions: corrections?.suggestions ?? [],
    corrected: (corrections?.replaced.length ?? 0) > 0,
  };
}

function weightNotes({ mode, fusion }: CheckedRequest, { search }: CollectionRow): string[] {
  const own = fusion.method === 'rrf' || fusion.denseWeight !== undefined;
  if (mode !== 'hybrid' || own || !search.denseWeightSource) return [];
  return [`The dense leg counts at most ${search.denseWeight ?? 'its default'}: ${search.denseWeightSource}`];
}
