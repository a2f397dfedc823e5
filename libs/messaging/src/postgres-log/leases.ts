import type { LogDatabase } from '../log-database.ts';
import type { Tuning } from '../options.ts';
import * as store from './lease.store.ts';

/** A partition that this member holds. */
export interface Held extends store.PartitionKey {
  label: string;
  /** A batch of it is with the handler. */
  busy: boolean;
  /** Another member is to have it: no further batch. */
  revoked: boolean;
  /** Not before this time (ms, performance.now), after a failure. */
  notBefore: number;
  /** When its last batch was taken, so that all partitions get their turn. */
  servedAt: number;
  /** Aborts the batch in flight. */
  controller: AbortController;
}

/** The share of one member: with the members and the partitions in one order for all, every member comes to the same answer. */
export function shareOf<Partition>(partitions: Partition[], members: string[], me: string): Partition[] {
  const rank = members.indexOf(me);
  return partitions.filter((_, index) => index % members.length === rank);
}

const labelOf = ({ tenant_id, partition }: store.PartitionKey) => `${tenant_id}/${partition}`;

/** Keeps one member's place in its group, and the leases of its fair share of the partitions. */
export class Leases {
  readonly held = new Map<string, Held>();
  private ticking: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly database: LogDatabase,
    private readonly member: store.Member,
    private readonly tuning: Pick<Tuning, 'session'>,
  ) {}

  /** Renews, takes and gives back. Calls during a tick share one more tick after it. */
  tick(): Promise<void> {
    if (this.ticking) {
      this.again = true;
      return this.ticking;
    }
    this.ticking = this.ticks().finally(() => {
      this.ticking = undefined;
    });
    return this.ticking;
  }

  /** Joins the group: the first tick, and news to the other members. */
  async join(): Promise<void> {
    await this.tick();
    await store.tell(this.database, this.member.topic);
  }

  async leave(): Promise<void> {
    await this.ticking?.catch(() => undefined);
    this.held.clear();
    await store.leave(this.database, this.member);
  }

  /** Another member works on it: whatever we do with it, nothing will be committed. */
  lose(held: Held): void {
    if (this.held.get(held.label) === held) this.held.delete(held.label);
    held.controller.abort(new Error(`Partition ${held.label} went to another member`));
  }

  /** Gives back what was revoked and is not in flight any more. */
  async giveBack(): Promise<void> {
    const done = [...this.held.values()].filter((held) => held.revoked && !held.busy);
    if (done.length === 0) return;
    for (const held of done) this.held.delete(held.label);
    await store.release(this.database, this.member, done);
  }

  private async ticks(): Promise<void> {
    do {
      this.again = false;
      await this.tickOnce();
    } while (this.again);
  }

  private async tickOnce(): Promise<void> {
    const members = await store.beat(this.database, this.member, this.tuning.session);
    const share = shareOf(await store.partitions(this.database, this.member), members, this.member.id);
    const labels = new Set(share.map(labelOf));
    for (const held of this.held.values()) held.revoked = !labels.has(held.label);
    await this.giveBack();
    const draining = [...this.held.values()].filter((held) => held.revoked);
    const claimed = await store.claim(this.database, this.member, [...share, ...draining], this.tuning.session);
    const ours = new Set(claimed.map(labelOf));
    for (const held of [...this.held.values()]) if (!ours.has(held.label)) this.lose(held);
    for (const key of claimed) this.hold(key, !labels.has(labelOf(key)));
  }

  private hold(key: store.PartitionKey, revoked: boolean): void {
    const label = labelOf(key);
    if (this.held.has(label)) return;
    const { tenant_id, partition } = key;
    const controller = new AbortController();
    this.held.set(label, { tenant_id, partition, label, busy: false, revoked, notBefore: 0, servedAt: 0, controller });
  }
}
