import { type KindredError, topics } from '@kindred/contracts';
import { deadLetterOf, encodeDeadLetter } from './dead-letter.ts';
import type { BatchContext, IncomingMessage, Messaging, OutgoingMessage, Subscription } from './messaging.ts';
import type { Setup } from './options.ts';

/** What delivering a batch needs of its driver. */
export interface Delivery {
  subscription: Subscription;
  publish: Messaging['publish'];
  setup: Setup;
}

/**
 * Hands one batch to its handler and makes the dead letters of rejected messages durable. The offset may move
 * once this resolved and the signal is not aborted; a throw means that the batch comes again.
 */
export async function deliverBatch(
  delivery: Delivery,
  messages: IncomingMessage[],
  context: BatchContext,
): Promise<void> {
  const { group, topic, handle } = delivery.subscription;
  const outcomes = await unlessAborted(handle(messages, context), context.signal);
  if (outcomes.length !== messages.length) {
    throw new Error(
      `The handler of ${group} for ${topic} returned ${outcomes.length} outcomes for ${messages.length} messages`,
    );
  }
  const letters: OutgoingMessage[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'done') continue;
    if (topic === topics.deadLetters.name) reportLost(delivery, messages[index]!, outcome.error);
    else letters.push(encodeDeadLetter(deadLetterOf(messages[index]!, outcome.error, group), messages[index]!.tenant));
  }
  if (letters.length > 0) await delivery.publish(topics.deadLetters.name, letters);
}

/** Rejects at an abort: a handler that does not listen to its signal must not keep the consumer in its group, or from stopping. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

/** A dead letter that cannot be kept must not become a dead letter again, for ever. */
function reportLost(delivery: Delivery, message: IncomingMessage, error: KindredError): void {
  const { tenant, partition, offset } = message;
  const fields = { tenant, partition, offset: offset.toString(), reason: error.message };
  delivery.setup.log({ level: 'error', message: 'A dead letter was refused; it stays in its topic only', fields });
}
