import { KindredError } from '@kindred/contracts';

/** Throws what a thread's reply means that is not the answer. */
export function unanswered(reply: object): never {
  const reason = 'failed' in reply ? String(reply.failed).split('\n')[0] : 'it answered something else';
  throw new KindredError('EMBEDDING_UNAVAILABLE', '', `The model did not run (${reason}); it is tried again`);
}
