import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { TopicName } from '@kindred/contracts';
import { type Delivery, deliverBatch } from '../deliver-batch.ts';
import type { LogDatabase } from '../log-database.ts';
import type { BatchContext, Consumer, IncomingMessage } from '../messaging.ts';
import { Retries, reasonOf } from '../retries.ts';
import { Bell } from './bell.ts';
import { type LogRow, read } from './event-log.store.ts';
import * as store from './lease.store.ts';
import { type Held, Leases } from './leases.ts';

const defaultMaxBatch = 500;
/** A batch ends early once its values hold this many bytes. */
const batchBytes = 16 * 1_048_576;

/** One member of a consumer group over the log in PostgreSQL. */
export class LogConsumer implements Consumer {
  private readonly member: store.Member;
  private readonly leases: Leases;
  private readonly retries: Retries;
  private readonly bell = new Bell();
  private readonly serving = new Set<Promise<void>>();
  private looping: Promise<void> | undefined;
  private beating: NodeJS.Timeout | undefined;
  private stopped: Promise<void> | undefined;
  private away = 'joining its group';

  constructor(
    private readonly database: LogDatabase,
    private readonly delivery: Delivery,
  ) {
    const { subscription, setup } = delivery;
    this.member = { group: subscription.group, topic: subscription.topic, id: `${setup.clientId}-${randomUUID()}` };
    this.leases = new Leases(database, this.member, setup.tuning);
    this.retries = new Retries(setup.tuning);
  }

  /** Joins the group. Throws when the log cannot be reached or does not exist. */
  async start(): Promise<void> {
    await this.leases.join();
    this.away = '';
    this.beating = setInterval(() => void this.beat(), this.delivery.setup.tuning.heartbeat);
    this.looping = this.loop();
  }

  status(): { ready: boolean; reason: string } {
    const { group, topic } = this.member;
    const reason = this.away || this.retries.reason;
    return { ready: reason === '', reason: reason && `${group} of ${topic}: ${reason}` };
  }

  stop(): Promise<void> {
    this.stopped ??= this.drain();
    return this.stopped;
  }

  get topic(): TopicName {
    return this.member.topic;
  }

  /** There may be something to read. */
  wake(): void {
    this.bell.ring();
  }

  /** Says that we live, and looks whether members or partitions came or went. */
  async beat(): Promise<void> {
    if (this.stopped) return;
    try {
      const gained = await this.leases.tick();
      this.retries.keepOnly(this.leases.held.keys());
      if (gained || this.away) this.bell.ring();
      this.back();
    } catch (error) {
      this.gone(error);
    }
  }

  private async drain(): Promise<void> {
    this.away = 'stopped';
    clearInterval(this.beating);
    this.bell.ring();
    const abort = setTimeout(() => this.abortAll(), this.delivery.setup.tuning.drain);
    await this.looping;
    await Promise.all(this.serving);
    clearTimeout(abort);
    await this.leases.leave().catch((error) => {
      const fields = { group: this.member.group, reason: reasonOf(error) };
      this.delivery.setup.log({
        level: 'warn',
        message: 'A consumer could not leave its group; its leases will run out',
        fields,
      });
    });
  }

  private abortAll(): void {
    for (const held of this.leases.held.values()) held.controller.abort(new Error('The consumer stops'));
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.dispatch();
        this.back();
      } catch (error) {
        this.gone(error);
      }
      await this.bell.wait(this.untilNext());
    }
  }

  /** Starts a batch in each partition that has messages, is not busy and may be tried, as many as go at once. */
  private async dispatch(): Promise<void> {
    const free = this.delivery.setup.tuning.partitionsAtOnce - this.serving.size;
    if (free <= 0 || this.leases.held.size === 0) return;
    const asked = performance.now();
    const positions = await store.pending(this.database, this.member);
    const now = performance.now();
    const ready = positions.flatMap((at) => {
      const held = this.leases.held.get(`${at.tenant_id}/${at.partition}`);
      return held && mayServe(held, asked, now) ? [{ at, held }] : [];
    });
    ready.sort((a, b) => a.held.servedAt - b.held.servedAt);
    for (const { at, held } of ready.slice(0, free)) this.serve(at, held);
  }

  private serve(at: store.Position, held: Held): void {
    held.busy = true;
    held.servedAt = performance.now();
    const work = this.oneBatch(at, held)
      .catch((error) => this.failed(held, this.delivery.subscription.maxBatch ?? defaultMaxBatch, error))
      .then(() => this.served(held))
      .finally(() => {
        this.serving.delete(work);
        this.bell.ring();
      });
    this.serving.add(work);
  }

  private async served(held: Held): Promise<void> {
    held.busy = false;
    held.freeSince = performance.now();
    await this.leases.giveBack().catch((error) => this.gone(error));
  }

  private async oneBatch(at: store.Position, held: Held): Promise<void> {
    const { maxBatch = defaultMaxBatch } = this.delivery.subscription;
    const from = { tenant: at.tenant_id, topic: this.member.topic, partition: at.partition, offset: at.next_offset };
    const rows = await read(this.database, from, this.retries.sizeOf(held.label) ?? maxBatch, batchBytes);
    if (rows.length === 0) return store.skipPruned(this.database, this.member, at);
    const { signal } = held.controller;
    const context: BatchContext = { signal, heartbeat: () => breathe(signal) };
    try {
      await deliverBatch(
        this.delivery,
        rows.map((row) => this.incoming(row, at)),
        context,
      );
    } catch (error) {
      this.failed(held, rows.length, error);
      return;
    }
    if (signal.aborted) return;
    const next = rows.at(-1)!.log_offset + 1n;
    if (!(await store.commit(this.database, this.member, at, next))) return this.leases.lose(held);
    this.retries.succeeded(held.label);
  }

  private failed(held: Held, size: number, error: unknown): void {
    if (held.controller.signal.aborted) return;
    held.notBefore = performance.now() + this.retries.failed(held.label, size, error);
  }

  private incoming(row: LogRow, at: store.Position): IncomingMessage {
    const { log_offset: offset, key, value, headers, received_at: receivedAt } = row;
    return {
      tenant: at.tenant_id,
      topic: this.member.topic,
      partition: at.partition,
      offset,
      key,
      value,
      headers,
      receivedAt,
    };
  }

  /** Time in ms until the next retry; otherwise somebody rings. After an error, heartbeats do. */
  private untilNext(): number {
    const now = performance.now();
    const retries = [...this.leases.held.values()]
      .filter((held) => held.notBefore > now)
      .map((held) => held.notBefore - now);
    return Math.ceil(Math.min(this.delivery.setup.tuning.session, ...retries));
  }

  private gone(error: unknown): void {
    if (!this.stopped) this.away = `the event log is away: ${reasonOf(error)}`;
  }

  private back(): void {
    if (!this.stopped) this.away = '';
  }
}

const mayServe = (held: Held, asked: number, now: number): boolean =>
  !held.busy && !held.revoked && held.notBefore <= now && held.freeSince < asked;

/** The lease is renewed by a timer: it only needs the event loop for a moment. */
async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
