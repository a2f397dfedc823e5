import { KindredError } from '@kindred/contracts';
import type { BatchContext, BatchHandler, IncomingMessage, Outcome } from './messaging.ts';

/**
 * Wraps a handler that stores a whole batch or nothing. Where it throws an error that `isDataError` says is the
 * data's fault, the batch is halved until only the poison messages are left: they are rejected, their neighbors stored,
 * in order. n poison messages among m cost about n · 2 · log2(m) further calls. Other errors go through: try again later.
 */
export function isolatePoison(handler: BatchHandler, isDataError: (error: unknown) => boolean): BatchHandler {
  const attempt = async (messages: IncomingMessage[], context: BatchContext): Promise<Outcome[]> => {
    try {
      return await handler(messages, context);
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (messages.length === 1) return [{ kind: 'rejected', error: refusal(error) }];
    }
    context.signal.throwIfAborted();
    await context.heartbeat();
    const middle = messages.length >> 1;
    const first = await attempt(messages.slice(0, middle), context);
    return first.concat(await attempt(messages.slice(middle), context));
  };
  return attempt;
}

function refusal(error: unknown): KindredError {
  if (error instanceof KindredError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new KindredError('FIELD_INVALID', '', `The database refuses this message: ${message}`, { cause: error });
}
