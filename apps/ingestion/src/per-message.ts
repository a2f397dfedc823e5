import { KindredError } from '@kindred/contracts';
import type { IncomingMessage, Outcome } from '@kindred/messaging';

/**
 * Runs `accept` on each message of a batch: a KindredError rejects that message alone,
 * anything else throws, so that the whole batch is retried.
 */
export async function perMessage<Accepted>(
  messages: IncomingMessage[],
  accept: (message: IncomingMessage) => Accepted | Promise<Accepted>,
): Promise<{ accepted: Accepted[]; outcomes: Outcome[] }> {
  const accepted: Accepted[] = [];
  const outcomes: Outcome[] = [];
  for (const message of messages) {
    try {
      accepted.push(await accept(message));
      outcomes.push({ kind: 'done' });
    } catch (error) {
      if (!isRejection(error)) throw error;
      outcomes.push({ kind: 'rejected', error });
    }
  }
  return { accepted, outcomes };
}

const retriable = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'INTERNAL']);

/** Whether trying again cannot help: the sender must change something. */
export const isRejection = (error: unknown): error is KindredError =>
  error instanceof KindredError && !retriable.has(error.status);
