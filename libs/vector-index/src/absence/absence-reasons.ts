import { AbsenceCause, type AbsenceReason } from '@kindred/contracts';
import type { SearchBy } from '../search/search-request.ts';
import type { QueryText } from '../text/query-text.ts';
import type { ItemFacts } from './item-facts.store.ts';

/** How the query looked: which legs ran, and by which model. */
export interface Looked {
  itemId: string;
  collection: string;
  by: SearchBy['kind'];
  /** The text has letters or digits, or there is none. */
  readable: boolean;
  lexical: boolean;
  dense: boolean;
  /** Name of the model; empty where there is none yet. */
  model: string;
}

/** Where an item stands among all that match, by exact search. */
export interface Standing {
  position: number;
  score: number;
  /** Rank in each leg that found it. */
  ranks: Record<string, number>;
  /** Places of the page that was asked for, and the score of its last hit. */
  pageEnd: number;
  lastScore: number;
  /** The page was made by an approximate index. */
  approximate: boolean;
}

const reason = (cause: AbsenceCause, message: string, field = ''): AbsenceReason => ({ cause, field, message });

export const unknownItem = ({ itemId, collection }: Pick<Looked, 'itemId' | 'collection'>): AbsenceReason =>
  reason(
    AbsenceCause.ABSENCE_CAUSE_UNKNOWN_ITEM,
    `There is no item "${itemId}" in "${collection}": check the id, and the dead letters for a refused event of it`,
  );

/** What keeps the item out of every answer to this query. */
export function blockingReasons({ deleted, hidden, unmet }: ItemFacts, isExample: boolean): AbsenceReason[] {
  if (deleted) {
    const message = 'The item was deleted: to bring it back send it again with a higher revision';
    return [reason(AbsenceCause.ABSENCE_CAUSE_DELETED, message)];
  }
  return [
    ...(hidden
      ? [reason(AbsenceCause.ABSENCE_CAUSE_HIDDEN, 'The item is hidden: send it again with hidden false to show it')]
      : []),
    ...unmet.map((path) => filtered(path)),
    ...(isExample
      ? [
          reason(
            AbsenceCause.ABSENCE_CAUSE_IS_EXAMPLE,
            'The item is one of the examples of the query, which are never answers to it: leave it out of them',
          ),
        ]
      : []),
  ];
}

function filtered(path: string): AbsenceReason {
  const what = path.endsWith('.should')
    ? `The item meets none of the conditions of ${path}`
    : /\.must_not\[\d+\]$/.test(path)
      ? `The item meets ${path}, which it must not`
      : `The item does not meet ${path}`;
  return reason(AbsenceCause.ABSENCE_CAUSE_FILTERED, `${what}: change the condition, or the item's value`, path);
}

/** What the marks in the text ask of every hit, and the item does not meet. */
export function textReasons({ has }: ItemFacts, { phrases, excluded }: Pick<QueryText, 'phrases' | 'excluded'>) {
  const cause = AbsenceCause.ABSENCE_CAUSE_TEXT_CONDITION;
  const literal = 'or set text_options.literal to take the text as it is';
  return [
    ...phrases
      .filter((_, at) => !has[at])
      .map((phrase) => {
        const message = `The item does not have the words of "${phrase}" together and in this order: leave the quotation marks out, ${literal}`;
        return reason(cause, message, 'text');
      }),
    ...excluded
      .filter((_, at) => has[phrases.length + at])
      .map((text) => {
        const message = `The item has "${text}", which the text excludes: leave out what stands behind the -, ${literal}`;
        return reason(cause, message, 'text');
      }),
  ];
}

/** Why the dense leg compared nothing though it was asked for; `notes`: what the plan says. */
export function nothingCompared({ by, model }: Looked, notes: readonly string[]): AbsenceReason {
  const cause = AbsenceCause.ABSENCE_CAUSE_NOTHING_COMPARED;
  const name = model === '' ? 'any model' : model;
  if (by === 'user') {
    const way = 'it comes from what they do with items that have vectors; until then search by a text or by items';
    return reason(cause, `The user has no vector of ${name} yet, so the query compares nothing: ${way}`, 'user_id');
  }
  if (by === 'items' || by === 'recommend') {
    const message = `The examples have no vector of ${name} yet, or one of nothing that it knows, so the query compares nothing: wait a moment, or search by a text`;
    return reason(cause, message, by === 'items' ? 'item_ids' : 'recommend');
  }
  const why = notes.length > 0 ? ` (${notes.join('; ')})` : '';
  return reason(cause, `The query compares no vectors${why}: search again, or by words that the item has`);
}

/** What keeps the item out of a leg, or low in it. */
export function legReasons(facts: ItemFacts, looked: Looked): AbsenceReason[] {
  const reasons: AbsenceReason[] = [];
  if (!looked.readable) {
    const message = 'The text has no letters or digits, so there are no words to look for: add some of the item’s';
    reasons.push(reason(AbsenceCause.ABSENCE_CAUSE_NO_TERM_MATCHES, message, 'text'));
  }
  if (looked.lexical && !facts.hasTerm) {
    const only = looked.dense ? ': only its vector can bring it up' : '';
    const message = `None of the text's terms is in the item${only}; search by words of its title, or add these to it`;
    reasons.push(reason(AbsenceCause.ABSENCE_CAUSE_NO_TERM_MATCHES, message));
  }
  if (looked.dense) reasons.push(...vectorReasons(facts, looked));
  return reasons;
}

function vectorReasons({ vector, refusal }: ItemFacts, { model, collection }: Looked): AbsenceReason[] {
  const cause = AbsenceCause.ABSENCE_CAUSE_NOT_EMBEDDED;
  const name = model === '' ? 'any model' : model;
  if (vector === 'no input') return [reason(cause, `The item has nothing that ${name} could embed: give it a picture`)];
  if (vector === 'missing' && refusal !== '') {
    return [reason(cause, `${name} refuses to embed the item (${refusal}): change its text, or use another model`)];
  }
  if (vector === 'missing') {
    const message = `The item has no vector of ${name} yet: wait a moment, else look at the vectors of "${collection}" (GetVectorStatus)`;
    return [reason(cause, message)];
  }
  if (vector === 'fresh') return [];
  const message = `The item's vector of ${name} is of an older text: wait a moment, else look at the vectors of "${collection}" (GetVectorStatus)`;
  return [reason(AbsenceCause.ABSENCE_CAUSE_STALE_VECTOR, message)];
}

const round = (score: number) => score.toPrecision(4).replace(/\.?0+$/, '');

export function outranked(standing: Standing): AbsenceReason {
  const { position, score, ranks, pageEnd, lastScore, approximate } = standing;
  const legs = Object.entries(ranks).map(([leg, rank]) => `${rank} of the ${leg} leg`);
  const where = `place ${position} of all that match, by exact search, with ${round(score)}${legs.length > 0 ? ` (${legs.join(', ')})` : ''}`;
  if (position <= pageEnd && approximate) {
    const message = `The approximate index passed the item by, which holds ${where}: set params.exact, or a higher params.ef_search`;
    return reason(AbsenceCause.ABSENCE_CAUSE_MISSED_BY_INDEX, message);
  }
  if (position <= pageEnd) {
    const message = `The item is ${where} when each leg hands on more candidates than it did here: raise limit to see it`;
    return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message);
  }
  const last = `the last hit of the page, place ${pageEnd}, has ${round(lastScore)}`;
  const message = `The item is out-ranked: it holds ${where}; ${last}. Page on, narrow the filter, or ask in words of its title`;
  return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message);
}

export function farBehind(depth: number): AbsenceReason {
  const message = `The item is out-ranked by the first ${depth} hits, which is as far as paging goes: narrow the filter`;
  return reason(AbsenceCause.ABSENCE_CAUSE_OUTRANKED, message);
}
