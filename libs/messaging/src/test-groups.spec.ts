// Small words for the contract tests.
import { randomUUID } from 'node:crypto';
import { topics } from '@kindred/contracts';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Consumer, IncomingMessage, Messaging, Outcome, OutgoingMessage, Subscription } from './messaging.ts';
import type { TestDriver, TestLog } from './test-drivers.spec.ts';

export const newGroup = () => `group-${randomUUID()}`;
export const done = (messages: IncomingMessage[]): Outcome[] => messages.map(() => ({ kind: 'done' }));
export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function outgoing(
  key: string,
  value: string | Uint8Array,
  extra: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return { tenant: 'default', key, value, ...extra };
}

/** `count` messages over `keys` keys; the value of each is its number among its key's. */
export function numbered(count: number, keys: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => outgoing(`키-${n % keys}`, String(Math.floor(n / keys))));
}

/** Waits until the check passes; its last failure is the test's. */
export const eventually = (check: () => void | Promise<void>, timeout = 20_000) =>
  vi.waitFor(async () => check(), { timeout, interval: 20 });

export const ready = (...consumers: Consumer[]) =>
  eventually(() => expect(consumers.map((one) => one.status().reason)).toEqual(consumers.map(() => '')));

/** What a handler saw, and a subscription to it. */
export class Recorder {
  readonly seen: IncomingMessage[] = [];
  readonly group: string;

  constructor(group = newGroup()) {
    this.group = group;
  }

  /** Consumes items.v1 with `handle`, or by taking everything. */
  consume(messaging: Messaging, options: Partial<Subscription> = {}): Promise<Consumer> {
    const handle: Subscription['handle'] = async (messages) => {
      this.seen.push(...messages);
      return done(messages);
    };
    return messaging.consume({ group: this.group, topic: topics.items.name, handle, ...options });
  }

  get values(): string[] {
    return this.seen.map(({ value }) => value.toString());
  }

  /** Waits until exactly these values were seen, in any order. */
  async sees(values: string[]): Promise<void> {
    await eventually(() => expect(this.values.toSorted()).toEqual(values.toSorted()));
  }
}

/** Gives every test an empty log of the driver. */
export function freshLog(driver: TestDriver): () => TestLog {
  let log: TestLog;
  beforeEach(async () => {
    log = await driver.open();
  });
  afterEach(() => log?.close());
  return () => log;
}
