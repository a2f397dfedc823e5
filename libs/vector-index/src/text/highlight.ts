import { setImmediate as breathe } from 'node:timers/promises';
import type { Highlight, Hit, Span } from '@kindred/contracts';
import type { CollectionRow } from '../collection.store.ts';
import { contentFields } from '../content.ts';
import type { LiveItemRow } from '../live-item.ts';
import type { Morphology } from './morphology.ts';
import { queryMorphology } from './query-morphology.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Characters of a field that are looked at. */
const longestField = 20_000;
/** Code points of a part, and parts of a field. */
const partLength = 200;
const mostParts = 3;
/** Shown before the first place of a part. */
const leadLength = 40;
const breatheEveryMs = 10;

/** Finds the terms in the live rows of the hits, and writes matched_fields and highlights into them. */
export async function highlightHits(
  hits: readonly Hit[],
  rows: readonly LiveItemRow[],
  terms: ReadonlySet<string>,
  collection: CollectionRow,
): Promise<void> {
  const { morphology } = await queryMorphology(collection);
  let rested = performance.now();
  for (const [at, hit] of hits.entries()) {
    Object.assign(hit, highlightsOf(rows[at]!, terms, collection, morphology));
    if (performance.now() - rested < breatheEveryMs) continue;
    await breathe();
    rested = performance.now();
  }
}

/** Where the terms stand in the searched fields that callers may see. */
export function highlightsOf(
  row: LiveItemRow,
  terms: ReadonlySet<string>,
  { attributes }: Pick<CollectionRow, 'attributes'>,
  morphology?: Morphology,
): { matchedFields: string[]; highlights: Highlight[] } {
  const shown = attributes.filter((attribute) => attribute.shown);
  const matchedFields: string[] = [];
  const highlights: Highlight[] = [];
  for (const { name, values } of contentFields(row, shown)) {
    const found = values.flatMap((value) => {
      const text = value.slice(0, longestField);
      const tokens = tokensOf(text, morphology).filter(({ term }) => terms.has(term));
      // Whatever begins first, also where a stem is placed behind the pair it begins with.
      return partsOf(
        name,
        text,
        tokens.sort((a, b) => a.start - b.start),
      );
    });
    if (found.length === 0) continue;
    matchedFields.push(name);
    highlights.push(...found.slice(0, mostParts));
  }
  return { matchedFields, highlights };
}

/** The parts of a text around the places of what was found, those with the most different terms first. */
function partsOf(field: string, text: string, tokens: readonly Token[]): Highlight[] {
  if (tokens.length === 0) return [];
  const characters = [...text];
  if (characters.length <= partLength) return [partOf(field, characters, 0, characters.length, tokens)];
  const windows = windowsOf(tokens).map((inside) => ({
    inside,
    distinct: new Set(inside.map(({ term }) => term)).size,
  }));
  const best = windows.sort((a, b) => b.distinct - a.distinct).slice(0, mostParts);
  return best.map(({ inside }) => {
    const start = wordStart(characters, Math.max(0, inside[0]!.start - leadLength), inside[0]!.start);
    const end = wordEnd(characters, Math.max(inside.at(-1)!.end, Math.min(start + partLength, characters.length)));
    return partOf(field, characters, start, end, inside);
  });
}

/** Tokens that fit into one part, from the left. */
function windowsOf(tokens: readonly Token[]): Token[][] {
  const windows: Token[][] = [];
  for (const token of tokens) {
    const last = windows.at(-1);
    if (last && token.end - last[0]!.start <= partLength - leadLength) last.push(token);
    else windows.push([token]);
  }
  return windows;
}

const blank = /\s/u;

function wordStart(characters: readonly string[], from: number, to: number): number {
  if (from === 0) return 0;
  const space = characters.slice(from, to).findIndex((character) => blank.test(character));
  return space < 0 ? from : from + space + 1;
}

function wordEnd(characters: readonly string[], end: number): number {
  if (end >= characters.length) return characters.length;
  for (let at = end; at > end - leadLength && at > 0; at--) if (blank.test(characters[at]!)) return at;
  return end;
}

function partOf(
  field: string,
  characters: readonly string[],
  start: number,
  end: number,
  tokens: readonly Token[],
): Highlight {
  const last = Math.max(end, tokens.at(-1)!.end);
  const spans = spansOf(tokens).map((span) => ({ start: span.start - start, end: span.end - start }));
  return { field, text: characters.slice(start, last).join(''), offset: start, spans };
}

/** Places that overlap or touch, as pairs of Hangul do, become one. */
function spansOf(tokens: readonly Token[]): Span[] {
  const spans: Span[] = [];
  for (const { start, end } of tokens) {
    const last = spans.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  return spans;
}
