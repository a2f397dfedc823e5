import { KindredError } from '@kindred/contracts';
import type { IncomingMessage, OutgoingMessage } from './messaging.ts';

/** A message that can never succeed, as it stands in topic dead-letters.v1 (JSON). */
export interface DeadLetterEnvelope {
  /** group/topic/partition/offset: the same at every redelivery. */
  dead_letter_id: string;
  topic: string;
  key: string;
  value_base64: string;
  headers: Record<string, string>;
  /** An error code of @kindred/contracts. */
  reason_code: string;
  /** Path of the offending field, or "". */
  field: string;
  reason: string;
  /** The consumer group that refused it. */
  step: string;
  /** ISO 8601. */
  failed_at: string;
}

export function deadLetterOf(
  message: IncomingMessage,
  error: KindredError,
  group: string,
  failedAt = new Date(),
): DeadLetterEnvelope {
  return {
    dead_letter_id: `${group}/${message.topic}/${message.partition}/${message.offset}`,
    topic: message.topic,
    key: message.key,
    value_base64: message.value.toString('base64'),
    headers: message.headers,
    reason_code: error.code,
    field: error.field,
    reason: error.message,
    step: group,
    failed_at: failedAt.toISOString(),
  };
}

export function encodeDeadLetter(letter: DeadLetterEnvelope, tenant: string): OutgoingMessage {
  return { tenant, key: letter.dead_letter_id, value: JSON.stringify(letter) };
}

const textFields = [
  'dead_letter_id',
  'topic',
  'key',
  'value_base64',
  'reason_code',
  'field',
  'reason',
  'step',
  'failed_at',
] as const satisfies (keyof DeadLetterEnvelope)[];

/**
 * Reads the value of a message of dead-letters.v1. Null bytes, which PostgreSQL's text cannot hold, become U+FFFD in
 * every field but the value. Throws MALFORMED_JSON or FIELD_INVALID for what is no dead letter.
 */
export function decodeDeadLetter(value: Uint8Array): DeadLetterEnvelope {
  const parsed = parse(value);
  for (const field of textFields) {
    if (typeof parsed[field] !== 'string') throw invalid(field, 'a string');
    parsed[field] = storable(parsed[field]);
  }
  if (Number.isNaN(Date.parse(String(parsed.failed_at)))) throw invalid('failed_at', 'a time');
  const headers = Object.entries(parsed.headers ?? {});
  if (headers.some(([, text]) => typeof text !== 'string')) throw invalid('headers', 'an object of strings');
  parsed.headers = Object.fromEntries(headers.map(([name, text]) => [storable(name), storable(text as string)]));
  return parsed as unknown as DeadLetterEnvelope;
}

function parse(value: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString());
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch (error) {
    throw new KindredError('MALFORMED_JSON', '', 'This dead letter is not JSON', { cause: error });
  }
  throw new KindredError('MALFORMED_JSON', '', 'This dead letter is not a JSON object');
}

const storable = (text: string) => text.replaceAll('\0', '\uFFFD');
const invalid = (field: string, wanted: string) =>
  new KindredError('FIELD_INVALID', field, `"${field}" of a dead letter must be ${wanted}`);

/** The message as it was: topic, key, bytes and headers, ready to be published again. */
export function replayOf(letter: DeadLetterEnvelope, tenant: string): { topic: string; message: OutgoingMessage } {
  const { topic, key, headers, value_base64 } = letter;
  return { topic, message: { tenant, key, headers, value: Buffer.from(value_base64, 'base64') } };
}
