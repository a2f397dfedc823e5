/** Interaction rows (alias e) with the sessions that belong to users (alias s). */
export const ownedEvents = `kindred.interactions e
  left join kindred.sessions s on e.user_id is null and s.tenant_id = kindred.tenant() and s.session_id = e.session_id`;

/** Whose one of them is: "u" and a user, or "s" and a session that belongs to none. */
export const ownerSql = `coalesce('u' || coalesce(e.user_id, s.user_id), 's' || e.session_id)`;

/** Joins the session that the unit of an answer may be, as alias s. `answer`: the alias of its row. */
export const unitSession = (answer: string) =>
  `left join kindred.sessions s on ${answer}.unit ^@ 's' and s.tenant_id = kindred.tenant() and s.session_id = substr(${answer}.unit, 2)`;

/** Whose answer it is, as text[] of owners, several of a household; with unitSession. */
export const ownersSql = (answer: string) =>
  `case when cardinality(${answer}.members) > 0 then array(select 'u' || m from unnest(${answer}.members) m)
        when s.user_id is not null then array['u' || s.user_id] else array[${answer}.unit] end`;

/**
 * The rule, for everything that leaves robots out: whoever has more than `perMinute` events, impressions aside, within some minute of the
 * clock. Rows of owner and all their events. `where` is the condition on ownedEvents, `perMinute` a parameter.
 */
export const robotsSql = (where: string, perMinute: string) => `
  select owner, sum(events)::int as events from (
    select ${ownerSql} as owner, count(*) as events from ${ownedEvents} where ${where} and e.type <> 'impression'
     group by 1, date_trunc('minute', e.occurred_at)) minutes
   group by owner having max(events) > ${perMinute}`;
