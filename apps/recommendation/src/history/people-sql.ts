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
 * Rows are met through the primary key alone: where tables were never analyzed (always in PGlite, shortly after a load in
 * PostgreSQL), joins were planned for one row and read the whole table for each: 900 ms. Lists as arrays need no join.
 */
export const mine = (alias: string, collection: string) =>
  `${alias}.tenant_id = kindred.tenant() and ${alias}.collection_id = ${collection}`;

/** Who an answer is for, as expressions of a statement. */
export interface PersonSql {
  /** Of the statement that uses the others. */
  ctes: string[];
  /** text[]: the users, and whose the session is. */
  userIds: string;
  /** text[]: all sessions of theirs, and the one that was asked for. */
  sessionIds: string;
  /** Undefined where none was asked for. */
  sessionId: string | undefined;
}

export function personSql({ userIds, sessionId }: Person, params: Params): PersonSql {
  const given = params.add(userIds, 'text[]');
  const sessionsOf = (users: string) =>
    `select s.session_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.user_id = any(${users})`;
  if (sessionId === '') {
    return { ctes: [], userIds: given, sessionIds: `array(${sessionsOf(given)})`, sessionId: undefined };
  }
  const session = params.add(sessionId, 'text');
  const users = '(select ids from people)::text[]';
  const ctes = [
    `people as materialized (select array(
      select unnest(${given}) union
      select s.user_id from kindred.sessions s where s.tenant_id = kindred.tenant() and s.session_id = ${session}) as ids)`,
    `visits as materialized (select array(${sessionsOf(users)} union select ${session}) as ids)`,
  ];
  return { ctes, userIds: users, sessionIds: '(select ids from visits)::text[]', sessionId: session };
}

/** Before a statement. */
export const withCtes = (ctes: readonly string[]): string => (ctes.length === 0 ? '' : `with ${ctes.join(',\n')}\n`);
