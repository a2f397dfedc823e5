import type { TextSuggestion } from '@kindred/contracts';
import { type CollectionRow, lookedFor, unmetNotes } from '@kindred/vector-index';
import type { ComposedPlan } from './composed-plan.ts';
import type { ReadLeaf } from './plan-stages.ts';

/** What else may have been meant, of the query's one text; of several texts nobody could tell which one is suggested. */
export function suggestionsOf(leaves: readonly ReadLeaf[]): TextSuggestion[] {
  const asked = leaves.filter(({ request: { by } }) => by.kind === 'text');
  if (new Set(asked.map(({ request }) => request.text)).size !== 1) return [];
  const suggestions = new Map<string, TextSuggestion>();
  for (const one of asked.flatMap(({ read }) => read.suggestions)) {
    if (!suggestions.has(one.text)) suggestions.set(one.text, one);
  }
  return [...suggestions.values()];
}

/** Terms of all texts that hits of the collection were looked for by; what pushes away is none of them. */
export function termsIn(leaves: readonly ReadLeaf[], { collectionId }: CollectionRow): Set<string> {
  const here = leaves.filter(({ collection, weight }) => collection.collectionId === collectionId && weight > 0);
  return new Set(here.flatMap(({ legs, request }) => [...lookedFor(legs, request)]));
}

/** Says what the marks in the texts ask of every hit, where nothing was found. */
export function noteUnmet(leaves: readonly ReadLeaf[], plan: ComposedPlan): void {
  for (const note of leaves.flatMap(({ request }) => unmetNotes(request.conditions))) plan.note(note);
}
