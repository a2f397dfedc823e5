import type { Log } from './log.ts';

/** How long a crash may spend on closing things in order. Milliseconds. */
const crashMs = 2_000;

/**
 * SIGINT and SIGTERM stop the process in order, a second one at once; an error nobody caught is logged and ends it with 1.
 * Returns a function that takes the handlers away again.
 */
export function onProcessEvents(stop: () => Promise<void>, log: Log): () => void {
  let stopping = false;
  const end = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    log.info({ signal }, 'stopping; press Ctrl-C again to stop at once');
    stop().then(
      () => process.exit(0),
      (error) => crash(error),
    );
  };
  const crash = (error: unknown) => {
    log.fatal({ err: error instanceof Error ? error : new Error(String(error)) }, 'an error nobody caught; exiting');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), crashMs).unref();
    if (stopping) process.exit(1);
    stopping = true;
    stop().finally(() => process.exit(1));
  };
  process.on('SIGINT', end).on('SIGTERM', end).on('uncaughtException', crash).on('unhandledRejection', crash);
  return () => {
    process.off('SIGINT', end).off('SIGTERM', end).off('uncaughtException', crash).off('unhandledRejection', crash);
  };
}
