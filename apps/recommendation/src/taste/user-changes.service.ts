import { KindredError, parseEvent, type UserChange, userChange } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { BatchContext, IncomingMessage, Outcome } from '@kindred/messaging';
import { markAllWanted } from '../rebuild/rebuild.store.ts';
import type { TasteService } from './taste.service.ts';

/** Who did something, or was erased. */
export interface Changed {
  users: ReadonlySet<string>;
  sessions: ReadonlySet<string>;
  erased: readonly string[];
}

/** Takes in user-changes.v1: who changed, never what. */
export class UserChangesService {
  constructor(
    private readonly database: Database,
    private readonly tastes: TasteService,
    /** Called after interactions changed, outside any transaction. */
    private readonly afterChange: (tenant: string, changed: Changed) => void,
  ) {}

  /** Recomputes the tastes of everybody in the batch, once each; an erased user's go with the rows. */
  async store(messages: IncomingMessage[], context: BatchContext): Promise<Outcome[]> {
    const changes: UserChange[] = [];
    const outcomes = messages.map((message): Outcome => {
      try {
        changes.push(parseEvent(userChange, message.value));
        return { kind: 'done' };
      } catch (error) {
        if (error instanceof KindredError) return { kind: 'rejected', error };
        throw error;
      }
    });
    if (changes.length === 0) return outcomes;
    const { tenant } = messages[0]!;
    const users = new Set(changes.flatMap((change) => change.user_id ?? []));
    const sessions = new Set(changes.flatMap((change) => (change.user_id ? [] : (change.session_id ?? []))));
    await this.tastes.refresh(tenant, [...users], [...sessions], context);
    const erased = changes.flatMap((change) => (change.kind === 'deleted' ? (change.user_id ?? []) : []));
    if (erased.length > 0) await this.database.transaction({ tenant }, markAllWanted);
    this.afterChange(tenant, { users, sessions, erased });
    return outcomes;
  }
}
