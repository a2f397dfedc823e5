import { fillsPage } from './answer.ts';
import type { AnswerPlan } from './answer-plan.ts';
import type { ArrangedPage, Arranging } from './arranged-page.ts';
import type { Candidate } from './pool.ts';
import type { Recipe } from './recipe.ts';

interface Shown {
  hits: readonly Candidate[];
  groups: readonly { hits: readonly Candidate[] }[];
}

type Empty = Pick<Arranging, 'request' | 'recipe' | 'ordered' | 'pool'>;

/** What a page holds: nothing on the first page, hits for none of which a source speaks, or others. */
export type Held = 'nothing' | 'fills' | 'found';

export function heldBy({ hits, groups }: Shown, isEmpty: boolean): Held {
  if (isEmpty) return 'nothing';
  const all = [...hits, ...groups.flatMap((group) => group.hits)];
  const isFill = ({ source, explored }: Candidate) => explored === true || source === undefined;
  return all.length > 0 && all.every(isFill) ? 'fills' : 'found';
}

/** What an answer is made of instead of what was asked for, where that is `found`; of an empty one there is nothing to tell. */
export function insteadIs(found: string, held: Held): string {
  if (held === 'nothing') return '';
  return `: ${held === 'fills' ? 'the newest items' : found}`;
}

export function tellOfFills({ hits }: { hits: readonly Candidate[] }, recipe: Recipe, plan: AnswerPlan): void {
  const newest = hits.filter((one) => fillsPage(one, recipe)).length;
  if (newest > 0) plan.leg('newest', 'items', newest, 0, {});
}

export function tellOfLimits({ unsure, cut, more, hits, groups }: ArrangedPage, limit: number, plan: AnswerPlan): void {
  if (unsure) {
    const way = 'narrow the request with a filter, or boost less';
    plan.note(`Boosts ordered the best candidates; one beyond them could be lifted into this page: ${way}`, {
      complete: false,
    });
  }
  if (cut && !more && hits.length + groups.length < limit) {
    plan.note('More items may match than were looked at: narrow the request with a filter', { complete: false });
  }
}

/** A scenario outlives the attributes it was declared with, and goes on answering. */
export function tellOfUndeclared(
  { undeclared, collection }: Pick<Arranging, 'undeclared' | 'collection'>,
  plan: AnswerPlan,
): void {
  for (const attribute of undeclared) {
    const is = `The scenario limits the hits of each "${attribute}", which "${collection.name}" does not declare any more, so that they are not limited`;
    plan.note(`${is}: declare the attribute, or put the scenario without it`);
  }
}

/** Of an answer without hits. */
export function emptyNotes({ request: { filter }, recipe: { fill }, ordered, pool }: Empty): string[] {
  if (ordered) {
    const why = 'they do not exist, are hidden, sold out or excluded, or do not match the filter';
    return [`None of the items may be shown: ${why}`];
  }
  // Where nothing was found, and nothing is added to it, the answer has said so.
  if (fill === 'never' && pool.best(1).length === 0) return [];
  if (filter) return ['No item that may be recommended matches the filter'];
  return [`${fill === 'never' ? 'Nothing of what was found' : 'Nothing'} is left to recommend in this collection`];
}
