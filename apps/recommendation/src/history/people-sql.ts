import type { Params } from '../params.ts';

/** Whose answer it is; several users are a household. */
export interface Person {
  userIds: readonly string[];
  /** Empty: none. */
  sessionId: string;
}

export const nobody: Person = { userIds: [], sessionId: '' };

export const isNobody = ({ userIds, sessionId }: Person): boolean => userIds.length === 0 && sessionId === '';

/**
 * Row by row through the primary key, which "offset 0" makes the only way. Where tables were never analyzed (always in
 * PGlite, shortly after a load in PostgreSQL), joins were planned for one row and read the whole table for each: 900 ms.
 */
export const mine = (alias: string, collection: string) =>
  `${alias}.tenant_id = kindred.tenant() and ${alias}.collection_id = ${collection}`;

/** `people` (user_id): the users, and whose the session is. `visits` (session_id): the session, and all of the people. */
export function peopleCtes({ userIds, sessionId }: Person, params: Params): { ctes: string[]; session: string } {
  const session = params.add(sessionId, 'text');
  const ctes = [
    `people as materialized (
      select user_id from unnest(${params.add(userIds, 'text[]')}) as u(user_id)
      union select s.user_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.session_id = ${session})`,
    `visits as materialized (
      select s.session_id from people p cross join lateral (
        select s.session_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.user_id = p.user_id offset 0) s
      union select ${session} where ${session} <> '')`,
  ];
  return { ctes, session };
}
