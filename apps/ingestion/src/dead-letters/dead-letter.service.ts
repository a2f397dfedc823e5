import {
  type DeadLetter,
  KindredError,
  type ListDeadLettersResponse,
  limits,
  type TopicName,
  topicNames,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { decodeDeadLetter, groupBy, type IncomingMessage, type Messaging, type Outcome } from '@kindred/messaging';
import { perMessage } from '../per-message.ts';
import * as store from './dead-letter.store.ts';

const replayBatch = 200;

/** Keeps refused messages where people can read them, and sends them again when told. */
export class DeadLetterService {
  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
  ) {}

  async store(messages: IncomingMessage[]): Promise<Outcome[]> {
    const tenant = messages[0]!.tenant;
    const { accepted, outcomes } = await perMessage(messages, (message) => decodeDeadLetter(message.value));
    await this.database.transaction({ tenant }, (sql) => store.insertDeadLetters(sql, accepted));
    return outcomes;
  }

  async list(tenant: string, limit: number, pageToken: string): Promise<ListDeadLettersResponse> {
    const size = limit === 0 ? 50 : limit;
    if (size < 1 || size > limits.pageLimit) {
      throw new KindredError(
        'LIMIT_OUT_OF_RANGE',
        'limit',
        `limit is ${limit}; it must be from 1 to ${limits.pageLimit}`,
      );
    }
    const after = pageToken ? decodeToken(pageToken) : undefined;
    const rows = await this.database.transaction({ tenant }, (sql) => store.listDeadLetters(sql, after, size));
    const last = rows.length === size ? rows.at(-1) : undefined;
    return { deadLetters: rows.map(letterOf), nextPageToken: last ? encodeToken(last) : '' };
  }

  /**
   * Publishes the original bytes to the topic they came from; returns how many. A crash in between replays some again.
   * Letters that fail anew meanwhile wait for the next call.
   */
  async replay(tenant: string, ids: string[]): Promise<number> {
    const before = new Date();
    let replayed = 0;
    for (;;) {
      const rows = await this.database.transaction({ tenant }, (sql) =>
        store.readForReplay(sql, ids, before, replayBatch),
      );
      await this.publishAgain(tenant, rows);
      replayed += rows.length;
      if (rows.length < replayBatch) return replayed;
    }
  }

  private async publishAgain(tenant: string, rows: store.DeadLetterRow[]): Promise<void> {
    for (const [topic, letters] of groupBy(rows, (row) => row.topic)) {
      const messages = letters.map(({ key, value, headers }) => ({ tenant, key, value, headers }));
      await this.messaging.publish(knownTopic(topic), messages);
      const done = letters.map((letter) => letter.dead_letter_id);
      await this.database.transaction({ tenant }, (sql) => store.markReplayed(sql, done));
    }
  }
}

function knownTopic(topic: string): TopicName {
  const known = topicNames.find((name) => name === topic);
  if (known) return known;
  throw new KindredError(
    'FIELD_INVALID',
    'ids',
    `A dead letter came from topic "${topic}", which this version does not know`,
  );
}

const letterOf = (row: store.DeadLetterRow): DeadLetter => ({
  id: row.dead_letter_id,
  topic: row.topic,
  key: row.key,
  reasonCode: row.reason_code,
  field: row.field,
  reason: row.reason,
  step: row.step,
  failedAt: row.failed_at,
  value: Buffer.from(row.value),
});

const encodeToken = (row: store.DeadLetterRow) =>
  Buffer.from(JSON.stringify([row.failed_at.toISOString(), row.dead_letter_id])).toString('base64url');

function decodeToken(token: string): { failedAt: string; id: string } {
  try {
    const [failedAt, id] = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof id === 'string' && !Number.isNaN(Date.parse(failedAt))) return { failedAt, id };
  } catch {
    // Falls through to the refusal: whatever it was, it is not one of our tokens.
  }
  throw new KindredError(
    'PAGE_TOKEN_INVALID',
    'page_token',
    'page_token is not one of ours; send the last next_page_token, or none',
  );
}
