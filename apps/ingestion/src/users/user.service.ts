import { parseEvent, topics, type UserChange, type UserEvent, userEvent } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import type { IncomingMessage, Messaging, Outcome } from '@kindred/messaging';
import { perMessage } from '../per-message.ts';
import { eraseUsers, identifySessions, type UserRow, upsertUsers } from './user.store.ts';

interface Accepted {
  event: UserEvent;
  message: IncomingMessage;
}

/** Stores user events: attributes, erasures and the merging of sessions. */
export class UserService {
  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
    /** Hears of sessions that are not stored, since their users are erased. */
    private readonly leftOut: (events: number) => void = () => {},
  ) {}

  async store(messages: IncomingMessage[]): Promise<Outcome[]> {
    const { accepted, outcomes } = await perMessage(messages, (message) => ({
      event: parseEvent(userEvent, message.value),
      message,
    }));
    if (accepted.length === 0) return outcomes;
    const tenant = messages[0]!.tenant;
    const leftOut = await this.database.transaction({ tenant }, async (sql) => {
      let erased = 0;
      // In order: what a user was before an erasure must not come back after it.
      for (const run of runsOfKind(accepted)) erased += await storeRun(sql, run);
      return erased;
    });
    this.leftOut(leftOut);
    const changes = accepted.flatMap(({ event }) => changeOf(event) ?? []);
    await this.messaging.publish(
      topics.userChanges.name,
      changes.map((change) => ({ tenant, key: change.user_id!, value: JSON.stringify(change) })),
    );
    return outcomes;
  }
}

/** Neighbors of the same kind, with at most one event per user in a run. */
function runsOfKind(accepted: Accepted[]): Accepted[][] {
  const runs: Accepted[][] = [];
  let seen = new Set<string>();
  for (const one of accepted) {
    const run = runs.at(-1);
    const id = one.event.kind === 'identified' ? one.event.session_id : one.event.user_id;
    if (run && run[0]!.event.kind === one.event.kind && !seen.has(id)) {
      run.push(one);
    } else {
      runs.push([one]);
      seen = new Set();
    }
    seen.add(id);
  }
  return runs;
}

/** Resolves to the number of events left out. */
async function storeRun(sql: Sql, run: Accepted[]): Promise<number> {
  const kind = run[0]!.event.kind;
  if (kind === 'identified') {
    return identifySessions(sql, run.map(({ event }) => event) as { session_id: string; user_id: string }[]);
  }
  const written = await upsertUsers(sql, run.map(rowOf));
  if (kind === 'deleted' && written.size > 0) await eraseUsers(sql, [...written]);
  return 0;
}

function rowOf({ event, message }: Accepted): UserRow {
  if (event.kind === 'identified') throw new Error('an identified event has no user row');
  return {
    user_id: event.user_id,
    revision: String(event.revision ?? message.receivedAt),
    arrival: event.revision === undefined ? String(message.offset) : '0',
    deleted: event.kind === 'deleted',
    attributes: event.kind === 'deleted' ? {} : event.attributes,
  };
}

function changeOf(event: UserEvent): UserChange | undefined {
  if (event.kind === 'deleted') return { kind: 'deleted', user_id: event.user_id };
  if (event.kind === 'identified') return { kind: 'interacted', user_id: event.user_id };
  return undefined;
}
