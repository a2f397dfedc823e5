import type { Signals } from './settings.ts';

/**
 * Strength of an interaction row (alias e) for its item, float8: above zero for it, below against it, 0 nothing.
 * Only numbers of the validated settings go into the text.
 */
export function strengthSql(signals: Signals): string {
  const plain = ['purchase', 'like', 'add_to_cart', 'click', 'view', 'dislike', 'hide'] as const;
  return `(case e.type
    ${plain.map((type) => `when '${type}' then ${float(signals[type])}`).join(' ')}
    when 'watch_portion' then case when e.value >= ${Number(signals.watched_from)} then ${float(signals.watched)} else 0::float8 end
    when 'rating' then case when e.value >= ${Number(signals.liked_from)} then ${float(signals.liked_rating)}
      when e.value < ${Number(signals.disliked_below)} then ${float(signals.disliked_rating)}
      else ${float(signals.middling_rating)} end
    else 0::float8 end)`;
}

/** Of all events with an item (column `strength`): one against it beats all for it, else the strongest counts. */
export const judgedSql = 'case when min(strength) < 0 then min(strength) else max(strength) end';

/** Whether an interaction row (alias e) means that the person has the item, and needs no recommendation of it. */
export function takenSql(signals: Signals): string {
  return `(e.type in ('purchase', 'like', 'rating')
    or (e.type = 'watch_portion' and e.value >= ${Number(signals.watched_from)}))`;
}

/** When an interaction (alias e) happened: one dated ahead would stay a person's newest until then, so when it came counts. */
export const happenedSql = 'least(e.occurred_at, e.received_at)';

const float = (value: number) => `${Number(value)}::float8`;
