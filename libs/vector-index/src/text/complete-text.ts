import { SuggestionKind, type TextSuggestion } from '@kindred/contracts';
import { clean, fold } from '../analyze.ts';
import { otherLayout } from './corrections.ts';
import type { Offer, Vocabulary } from './vocabulary.ts';

/** Words before the last one that are looked at together with it. */
const mostContext = 3;

/**
 * What a text being typed may become, best first: titles and their parts that begin so; else its last words completed, the
 * ones before them kept; else the same for what the keys write in the other layout.
 */
export function completeText(text: string, vocabulary: Vocabulary, limit: number): TextSuggestion[] {
  const typed = normalized(text);
  if (typed === '') return [];
  const completions = completed(typed, vocabulary, limit);
  if (completions.length > 0) return completions.map(suggestion(SuggestionKind.SUGGESTION_KIND_COMPLETION));
  const words = text.trim().split(/\s+/u);
  const slip = otherLayout(words.at(-1)!);
  if (slip === undefined) return [];
  const meant = normalized([...words.slice(0, -1), slip].join(' '));
  const itself = vocabulary.itemsOf(slip);
  const others = completed(meant, vocabulary, limit);
  const offers = itself > 0 ? [{ text: meant, items: itself }, ...others].slice(0, limit) : others;
  return offers.map(suggestion(SuggestionKind.SUGGESTION_KIND_KEYBOARD));
}

const suggestion =
  (kind: SuggestionKind) =>
  ({ text, items }: Offer): TextSuggestion => ({ text, kind, items: BigInt(items) });

/** As vocabularies are written; a space at the end says that the word before it is whole. */
const normalized = (text: string) => clean(fold(text)).replace(/\s+/gu, ' ').trimStart();

function completed(typed: string, vocabulary: Vocabulary, limit: number): Offer[] {
  const found = new Map<string, Offer>();
  for (const { before, rest } of splits(typed)) {
    const said = new Set(before.split(' '));
    for (const { text, items } of vocabulary.complete(rest, limit)) {
      // "mouse m" is not to become "mouse mouse".
      if (text.split(' ').some((word) => said.has(word))) continue;
      const whole = before + text;
      if (!found.has(whole)) found.set(whole, { text: whole, items });
    }
    // What begins like all that was typed comes first; fewer words are only asked where it is too little.
    if (found.size >= limit) break;
  }
  return [...found.values()].slice(0, limit);
}

/** "black wireless mou": all of it, then "wireless mou" behind "black ", then "mou". */
function splits(typed: string): { before: string; rest: string }[] {
  const starts = [...typed.matchAll(/(?<=^|\s)\S/gu)].map(({ index }) => index).slice(-mostContext);
  const all = starts[0] === 0 ? starts : [0, ...starts];
  return all.map((start) => ({ before: typed.slice(0, start), rest: typed.slice(start) }));
}
