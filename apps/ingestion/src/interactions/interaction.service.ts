import { type InteractionEvent, interactionEvent, parseEvent, topics, type UserChange } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { IncomingMessage, Messaging, Outcome } from '@kindred/messaging';
import type { CollectionDirectory, CollectionRow } from '@kindred/vector-index';
import { perMessage } from '../per-message.ts';
import { type InteractionRow, insertInteractions } from './interaction.store.ts';

/** Stores interaction events and tells whose taste changed. */
export class InteractionService {
  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly collections: CollectionDirectory,
    /** Hears of events that are not stored, since their users are erased. */
    private readonly leftOut: (events: number) => void = () => {},
  ) {}

  async store(messages: IncomingMessage[]): Promise<Outcome[]> {
    const { accepted, outcomes } = await perMessage(messages, (message) => this.accept(message));
    if (accepted.length === 0) return outcomes;
    const tenant = messages[0]!.tenant;
    this.leftOut(await this.database.transaction({ tenant }, (sql) => insertInteractions(sql, accepted)));
    await this.messaging.publish(topics.userChanges.name, changesOf(tenant, accepted));
    return outcomes;
  }

  private async accept(message: IncomingMessage): Promise<InteractionRow> {
    const event = parseEvent(interactionEvent, message.value);
    return rowOf(event, await this.collections.get(message.tenant, event.collection));
  }
}

const rowOf = (event: InteractionEvent, collection: CollectionRow): InteractionRow => ({
  event_id: event.event_id,
  occurred_at: event.occurred_at,
  type: event.type,
  user_id: event.user_id ?? null,
  session_id: event.session_id ?? null,
  collection_id: collection.collectionId,
  item_id: event.item_id,
  value: event.value ?? null,
  request_id: event.request_id ?? null,
  position: event.position ?? null,
});

/** One change per user or session of the batch, however many events it had. */
function changesOf(tenant: string, rows: InteractionRow[]) {
  const changes = new Map<string, UserChange>();
  for (const { user_id, session_id } of rows) {
    const change: UserChange = user_id ? { kind: 'interacted', user_id } : { kind: 'interacted', session_id };
    changes.set(JSON.stringify(change), change);
  }
  return [...changes].map(([value, change]) => ({ tenant, key: (change.user_id ?? change.session_id)!, value }));
}
