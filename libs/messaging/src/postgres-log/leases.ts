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
  /** When its last batch ended (ms, performance.now): a position that was asked for before is out of date. */
  freeSince: number;
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
  private ticking: Promise<boolean> | undefined;
  private again = false;

  constructor(
    private readonly database: LogDatabase,
    private readonly member: store.Member,
    private readonly tuning: Pick<Tuning, 'session'>,
  ) {}

  /** Renews, takes and gives back; true when it took something. Calls during a tick share one more tick after it. */
  tick(): Promise<boolean> {
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

  private async ticks(): Promise<boolean> {
    let gained = false;
    do {
      this.again = false;
      const before = new Set(this.held.keys());
      await this.tickOnce();
      gained ||= [...this.held.keys()].some((label) => !before.has(label));
    } while (this.again);
    return gained;
  }

  private async tickOnce(): Promise<void> {
    const group = await store.beat(this.database, this.member, this.tuning.session);
    const ours = new Set(group.ours.map(labelOf));
    for (const held of [...this.held.values()]) if (!ours.has(held.label)) this.lose(held);
    const share = shareOf(group.partitions, group.members, this.member.id);
    const labels = new Set(share.map(labelOf));
    for (const key of group.ours) this.hold(key);
    for (const held of this.held.values()) held.revoked = !labels.has(held.label);
    await this.giveBack();
    const wanted = share.filter((key) => !ours.has(labelOf(key)));
    if (wanted.length === 0) return;
    await store.createOffsets(this.database, this.member, wanted);
    for (const key of await store.claim(this.database, this.member, wanted, this.tuning.session)) this.hold(key);
  }

  private hold(key: store.PartitionKey): void {
    const label = labelOf(key);
    if (this.held.has(label)) return;
    const { tenant_id, partition } = key;
    const controller = new AbortController();
    this.held.set(label, {
      tenant_id,
      partition,
      label,
      busy: false,
      revoked: false,
      notBefore: 0,
      servedAt: 0,
      freeSince: 0,
      controller,
    });
  }
}
