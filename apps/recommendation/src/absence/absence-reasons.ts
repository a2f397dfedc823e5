import { AbsenceCause, type AbsenceReason } from '@kindred/contracts';
import { againAt, type Exclusion, exclusionOf } from '../history/excluded.ts';
import type { Gathered } from '../recommend/gather.ts';
import type { Recipe } from '../recommend/recipe.ts';
import type { ShopFacts } from './absence.store.ts';

export const reason = (cause: AbsenceCause, message: string, field = ''): AbsenceReason => ({ cause, field, message });

const exclusions: Record<Exclusion, [AbsenceCause, string]> = {
  disliked: [
    AbsenceCause.ABSENCE_CAUSE_DISLIKED,
    'The person disliked, hid or rated the item low, which outweighs whatever speaks for it: exclude.disliked of the scenario',
  ],
  bought: [
    AbsenceCause.ABSENCE_CAUSE_BOUGHT,
    'The person bought the item: set exclude.bought_again_after_days of the scenario for what is bought again',
  ],
  owned: [
    AbsenceCause.ABSENCE_CAUSE_OWNED,
    'The person liked, rated or watched the item, and so has it: exclude.owned of the scenario',
  ],
  seen: [AbsenceCause.ABSENCE_CAUSE_SEEN, 'The person has met the item already: exclude.seen of the scenario'],
};

function excludedReason(excluded: Exclusion, again: number): AbsenceReason {
  const [cause, message] = exclusions[excluded];
  if (excluded !== 'bought' || again === Number.POSITIVE_INFINITY) return reason(cause, message);
  const at = `${new Date(1_000 * again).toISOString().slice(0, 16)}Z`;
  return reason(cause, `The person bought the item: it may come again from ${at}, by exclude.bought_again_after_days`);
}

/** The category of Trending, which is no condition of the caller's filter; empty: none was given. */
export function categoryReasons({ categories }: ShopFacts, category: string): AbsenceReason[] {
  if (category === '' || categories.includes(category)) return [];
  const message = `The item is not in category "${category}": ask for another one, or change the item's categories`;
  return [reason(AbsenceCause.ABSENCE_CAUSE_FILTERED, message, 'category')];
}

/** What a shop knows of the item. */
export function shopReasons(
  { sold_out, categories }: ShopFacts,
  { scenario }: Recipe,
  { history }: Gathered,
): AbsenceReason[] {
  const reasons: AbsenceReason[] = [];
  if (sold_out) {
    reasons.push(
      reason(AbsenceCause.ABSENCE_CAUSE_SOLD_OUT, 'The item is sold out: it comes again when its stock is above 0'),
    );
  }
  for (const category of categories) {
    const byScenario = scenario.exclude.blockedCategories.includes(category);
    if (!byScenario && !history.blockedCategories.includes(category)) continue;
    const where = byScenario ? 'exclude.blocked_categories of the scenario' : "the user's attribute blocked_categories";
    const message = `The category "${category}" is blocked: take it out of ${where}`;
    reasons.push(reason(AbsenceCause.ABSENCE_CAUSE_BLOCKED_CATEGORY, message));
  }
  return reasons;
}

/** What the person did with it, and what the request is about. */
export function personalReasons(
  itemId: string,
  { scenario, among, itemIds, from }: Recipe,
  { history }: Gathered,
): AbsenceReason[] {
  const judged = history.items.find((item) => item.item_id === itemId);
  const excluded = judged && exclusionOf(judged, scenario.exclude, Date.now() / 1_000);
  if (excluded) return [excludedReason(excluded, againAt(judged.bought_at, scenario.exclude))];
  if (among && !among.includes(itemId)) {
    const message = 'The item is not in item_ids, and nothing is added to the list: add it';
    return [reason(AbsenceCause.ABSENCE_CAUSE_NOT_LISTED, message, 'item_ids')];
  }
  const isStart = from === 'session' && (judged !== undefined || itemIds.includes(itemId));
  if (isStart || (from === 'history' && !among && itemIds.includes(itemId))) {
    const message = 'The person has just turned to the item, or picked it: it is where the answer starts';
    return [reason(AbsenceCause.ABSENCE_CAUSE_SEEN, message)];
  }
  return [];
}
