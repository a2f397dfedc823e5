import { type Hit, limits } from '@kindred/contracts';
import {
  type Arranged,
  type CollectionRow,
  highlightHits,
  itemFromRow,
  keysOf,
  type LiveItemRow,
} from '@kindred/vector-index';
import type { ComposedPlan } from './composed-plan.ts';
import type { ComposedQuery } from './composed-query.ts';
import { type ComposedPosition, composedToken } from './composed-token.ts';
import type { Gathered, Known } from './gather.ts';
import type { ReadLeaf } from './plan-stages.ts';
import { termsIn } from './read-texts.ts';

export interface Shown {
  collections: readonly CollectionRow[];
  /** All searches of the query. */
  leaves: readonly ReadLeaf[];
  items: ReadonlyMap<string, LiveItemRow>;
  vectors: ReadonlyMap<string, Float32Array>;
}

/** Each hit of the page once. */
export const hitsOf = ({ hits, groups }: Arranged<Known>): Known[] => [
  ...new Set([...hits, ...groups.flatMap((group) => group.hits)]),
];

export async function answerOf(query: ComposedQuery, page: Arranged<Known>, shown: Shown) {
  const made = new Map(hitsOf(page).map((known) => [known, wireHit(query, known, shown)]));
  if (query.highlight) await highlight(made, shown);
  const hitOf = (known: Known) => made.get(known)!;
  return {
    hits: page.hits.map(hitOf),
    groups: page.groups.map((group) => ({ value: group.value, hits: group.hits.map(hitOf) })),
  };
}

/** Each collection reads the texts its own way. */
async function highlight(made: ReadonlyMap<Known, Hit>, { collections, leaves, items }: Shown): Promise<void> {
  for (const [at, collection] of collections.entries()) {
    const here = [...made].filter(([known]) => known.collection === at && items.has(known.key));
    const hits = here.map(([, hit]) => hit);
    const rows = here.map(([{ key }]) => items.get(key)!);
    await highlightHits(hits, rows, termsIn(leaves, collection), collection);
  }
}

function wireHit(query: ComposedQuery, known: Known, { collections, items, vectors }: Shown): Hit {
  const { key, collection, itemId, score, scores } = known;
  const row = items.get(key);
  return {
    collection: collections[collection]!.name,
    itemId,
    score,
    item: query.payload && row ? itemFromRow(row, collections[collection]!) : undefined,
    scores,
    vector: query.vectors ? Array.from(vectors.get(key) ?? []) : [],
    reason: '',
    matchedFields: [],
    highlights: [],
  };
}

/** Says in the plan what was not looked at. */
export function noteLimits(
  query: ComposedQuery,
  gathered: Gathered,
  { more }: Arranged<Known>,
  plan: ComposedPlan,
): void {
  const { candidates, first, cut, unsure } = gathered;
  if (unsure) {
    const way = 'narrow the query with a filter, or boost less';
    plan.note(`Boosts ordered the best ${first} candidates; one beyond them could be lifted into this page: ${way}`, {
      complete: false,
    });
  }
  if (!cut) return;
  if (query.stage.stages.length > 0) {
    const handed = `${candidates.length} candidates are left of what the stages handed on, and more may match`;
    plan.note(`${handed}: raise the limit of a prefetch stage`, { complete: false });
    return;
  }
  if (more) return;
  const behind = `Of ${candidates.length} candidates nothing is left behind this page, and more may match`;
  plan.note(`${behind}: narrow the query with a filter`, { complete: false });
}

/** Empty on the last page. `position`: of the page. */
export function nextToken(
  query: ComposedQuery,
  position: ComposedPosition,
  page: Arranged<Known>,
  plan: ComposedPlan,
): string {
  if (!page.more) return '';
  const shown = position.shown.and(keysOf(page));
  if (shown.count + query.limit <= limits.pageDepth) return composedToken(query, { ...position, shown });
  plan.note(`Paging ends at ${limits.pageDepth} hits: narrow the query with a filter`);
  return '';
}
