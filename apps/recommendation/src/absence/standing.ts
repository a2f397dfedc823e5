import { AbsenceCause, type AbsenceReason, type Hit, limits } from '@kindred/contracts';
import { farBehind, groupKey, type Shown } from '@kindred/vector-index';
import type { Recipe } from '../recommend/recipe.ts';
import type { Prepared } from '../recommend/recommend.service.ts';
import type { Recommender } from '../recommend/recommender.ts';
import { reason } from './absence-reasons.ts';

export interface Looked {
  itemId: string;
  /** On the pages before the one that was asked for. */
  shown: Shown;
  /** Some source speaks for the item, or it was given. */
  hasSource: boolean;
}

interface Walked {
  /** Place of the item, or of its group, from 1, with its score; absent: it has none. */
  found?: { place: number; score: number; key: string };
  /** Places that were walked through. */
  seen: number;
}

/** Where an item that is not on the page stands, in the order that pages are made of, or why it has no place there. */
export async function standingOf(recommender: Recommender, prepared: Prepared, looked: Looked): Promise<AbsenceReason> {
  const { groupBy } = prepared.asked.request;
  const walked = await walk(recommender, prepared, looked.itemId);
  if (walked.found) return placed(walked.found, looked.shown, groupBy !== undefined);
  if (isDeep(walked)) return farBehind(walked.seen);
  if (groupBy) {
    const { asked } = prepared;
    const alone = { ...prepared, asked: { ...asked, request: { ...asked.request, groupBy: undefined } } };
    const { found } = await walk(recommender, alone, looked.itemId);
    if (found) {
      const message = `Better hits fill its group: it holds place ${found.place} without groups, and group_by.size is ${groupBy.size}. Raise it, or ask without group_by`;
      return reason(AbsenceCause.ABSENCE_CAUSE_QUOTA, message, 'group_by.size');
    }
  }
  if (!looked.hasSource)
    return reason(AbsenceCause.ABSENCE_CAUSE_NO_SOURCE, sourceMessage(prepared.recipe, walked.seen));
  const message =
    'Better hits share a value with it, and a quota or diversity.max_per_value lets no more of them in: raise it';
  return reason(AbsenceCause.ABSENCE_CAUSE_QUOTA, message);
}

const isDeep = ({ seen }: Walked) => seen >= limits.pageDepth - limits.pageLimit;

async function walk(recommender: Recommender, { asked, recipe, inspected }: Prepared, itemId: string): Promise<Walked> {
  const identity = ['absence', asked.identity];
  const wide = { ...asked.request, limit: limits.pageLimit, payload: false, vectors: false };
  const isIt = (hit: Hit) => hit.itemId === itemId;
  let pageToken = '';
  let seen = 0;
  do {
    const request = { ...wide, pageToken };
    const page = await recommender.answer({ ...asked, request, identity }, recipe, inspected);
    const grouped = page.groups.map((group) => ({ key: groupKey(group), hits: group.hits }));
    const places = grouped.length > 0 ? grouped : page.hits.map((hit) => ({ key: hit.itemId, hits: [hit] }));
    const at = places.findIndex(({ hits }) => hits.some(isIt));
    const found = places[at];
    if (found) return { found: { place: seen + at + 1, score: found.hits.find(isIt)!.score, key: found.key }, seen };
    seen += places.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return { seen };
}

function placed({ place, score, key }: NonNullable<Walked['found']>, shown: Shown, grouped: boolean): AbsenceReason {
  const holds = `${grouped ? 'its group holds' : 'it holds'} place ${place}, the item with ${score.toPrecision(3)}`;
  const message = shown.has(key)
    ? `The item is on a page before this one: ${holds}. Begin without a page_token`
    : `The item is out-ranked: ${holds}. Page on, narrow the filter, or boost it`;
  return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message);
}

function sourceMessage({ from, region, scenario, windowSeconds }: Recipe, seen: number): string {
  if (windowSeconds !== undefined) {
    const who = region === '' ? 'Nobody' : `Nobody in ${region}`;
    return `${who} turned to the item within the window: make it longer${region === '' ? '' : ', or leave the region out'}`;
  }
  const more = scenario.name === '' ? 'name a scenario with more sources' : 'add a source to the scenario';
  const way = from === 'items' ? `ask by something else, or ${more}` : more;
  return `No source of this answer speaks for the item, and the ${seen} that it has fill no more: ${way}`;
}
