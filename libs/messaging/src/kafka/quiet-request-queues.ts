import { createRequire } from 'node:module';

/** What of kafkajs's RequestQueue the mended method touches. */
interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** How soon a request that waits for others is looked at again, in ms, as in kafkajs. */
const checkInterval = 10;

/**
 * Mends kafkajs 2.2.4 (tulios/kafkajs issues 1556, 1704 and 1751): with nothing pending it sets a timeout below zero, and so
 * looks at its empty queue a thousand times a second per connection, 3 % of a core, and Node 24 warns of the timeout.
 */
export function quietRequestQueues(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.throttleCheckTimeoutId) return;
    const throttled = this.throttledUntil - Date.now();
    if (throttled <= 0 && this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttled > 0 ? throttled : checkInterval,
    );
  };
}
