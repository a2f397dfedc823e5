import type { DeadLetter } from '@kindred/contracts';
import type { KindredClient } from './kindred-client.ts';
import type { CallOptions } from './transport.ts';

const pageSize = 100;

export interface DeadLetters {
  /** All of them, newest first, asked for page by page; stop reading whenever you like. */
  list(options?: CallOptions): AsyncGenerator<DeadLetter>;
  /** Publishes the original bytes again, of these or of all. Resolves to how many. */
  replay(ids?: string[], options?: CallOptions): Promise<bigint>;
}

export function deadLettersOf({ catalog }: KindredClient): DeadLetters {
  return {
    async *list(options) {
      let pageToken = '';
      do {
        const page = await catalog.listDeadLetters({ limit: pageSize, pageToken }, options);
        yield* page.deadLetters;
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
    },
    async replay(ids = [], options) {
      return (await catalog.replayDeadLetters({ ids }, options)).replayed;
    },
  };
}
