import { KindredError, type TopicName, topics } from '@kindred/contracts';
import type { OutgoingMessage } from './messaging.ts';

/** Events are at most 2 MiB of JSON (limits.eventBytes); the rest is for keys, headers and other producers' batches. */
const eventMessageBytes = 4 * 1_048_576;
/** A dead letter holds the largest message in base64. */
const deadLetterBytes = 4 * eventMessageBytes;
/** What Kafka adds to a message, at most, apart from headers. */
const overhead = 64;

/** The largest message of a topic in bytes: key, value, headers and framing. */
export const maxMessageBytes = (topic: TopicName): number =>
  topic === topics.deadLetters.name ? deadLetterBytes : eventMessageBytes;

export function messageBytes({ key, value, headers = {} }: OutgoingMessage): number {
  let size =
    overhead + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength);
  for (const [name, text] of Object.entries(headers)) size += Buffer.byteLength(name) + Buffer.byteLength(text) + 10;
  return size;
}

/** Sizes of the messages in bytes. Throws FIELD_TOO_LARGE for one that its topic does not take. */
export function checkSizes(topic: TopicName, messages: OutgoingMessage[]): number[] {
  const most = maxMessageBytes(topic);
  return messages.map((message) => {
    const size = messageBytes(message);
    if (size <= most) return size;
    const text = `The message with key "${message.key.slice(0, 100)}" has ${size} bytes; topic ${topic} takes ${most} at most`;
    throw new KindredError('FIELD_TOO_LARGE', '', text);
  });
}
