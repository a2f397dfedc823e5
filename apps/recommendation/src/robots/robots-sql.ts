/** Interaction rows (alias e) with the sessions that belong to users (alias s). */
export const ownedEvents = `kindred.interactions e
  left join kindred.sessions s on e.user_id is null and s.tenant_id = kindred.tenant() and s.session_id = e.session_id`;

/** Whose one of them is: "u" and a user, or "s" and a session that belongs to none. */
export const ownerSql = `coalesce('u' || coalesce(e.user_id, s.user_id), 's' || e.session_id)`;

/**
 * The rule, for everything that leaves robots out: whoever has more than `perMinute` events, impressions aside, within some minute of the
 * clock. Rows of owner and all their events. `where` is the condition on ownedEvents, `perMinute` a parameter.
 */
export const robotsSql = (where: string, perMinute: string) => `
  select owner, sum(events)::int as events from (
    select ${ownerSql} as owner, count(*) as events from ${ownedEvents} where ${where} and e.type <> 'impression'
     group by 1, date_trunc('minute', e.occurred_at)) minutes
   group by owner having max(events) > ${perMinute}`;
