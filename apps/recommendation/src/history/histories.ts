import type { Database } from '@kindred/database';
import { shareOfLate } from '../share-of-late.ts';
import { type History, type HistoryQuery, readHistory, type Stamp } from './history.store.ts';
import { nobody } from './people-sql.ts';

/** A history that can be told from others. */
export type Known = History & { stamp: Stamp };

interface Entry {
  query: HistoryQuery;
  known: Known;
  bytes: number;
  usedAt: number;
}

/** Who is not asked for so long is forgotten: nothing of an erased person stays longer, in whichever process. */
const keptMs = 600_000;
const sweepMs = 60_000;
/** About what an item of a history takes, with its id. */
const bytesPerItem = 200;
const bytesPerEntry = 1_000;
/** What was found by factors for it is kept beside it: recommend/remembered-found.ts. */
const bytesByFactors = 4_200;

/**
 * What people did, as it was when they were last asked for. Whoever answers by it must have its stamp checked in the
 * snapshot of the answer. Who was used least recently goes first when the memory granted is used up.
 */
export class Histories {
  private readonly entries = new Map<string, Entry>();
  /** Keys of entries by each user and session that they are of. */
  private readonly keysBy = new Map<string, Set<string>>();
  private bytes = 0;
  private sweeping: NodeJS.Timeout | undefined;
  /** Of the people that memory did not hold, so many had done nothing; of those it held, nothing since. */
  private newShare = 0;
  private heldShare = 1;

  constructor(
    private readonly database: Database,
    private readonly mostBytes: number,
  ) {}

  /** What the people did, most likely; undefined where that cannot be told. Of whom nothing is held, most may be new. */
  expected(query: HistoryQuery): Known | undefined {
    const key = keyOf(query);
    const entry = this.entries.get(key);
    if (entry) return this.heldShare > 0.5 ? this.used(key, entry).known : undefined;
    const everybody = keyOf({ ...query, person: nobody });
    const none = this.newShare > 0.5 ? this.entries.get(everybody) : undefined;
    return none && this.used(everybody, none).known;
  }

  /** What the people did, from one snapshot. */
  async read(query: HistoryQuery, signal?: AbortSignal): Promise<History> {
    const history = await readHistory(this.database, query, signal);
    const entry = this.entries.get(keyOf(query));
    this.learn(entry !== undefined, entry ? isSame(entry.known.stamp, history.stamp) : history.items.length === 0);
    return history;
  }

  /** What was expected was so. */
  confirm(query: HistoryQuery): void {
    this.learn(this.entries.has(keyOf(query)), true);
  }

  /** Keeps what was read, in place of what was held: it is expected the next time. Absent: nothing is. */
  keep(query: HistoryQuery, history: History | undefined, usedAt = performance.now()): void {
    const key = keyOf(query);
    this.drop(key);
    if (!history || !isKnown(history)) return;
    const bytes = bytesPerEntry + bytesPerItem * history.items.length + (query.withFactors ? bytesByFactors : 0);
    // Impressions count by when they were, so that they change without an event.
    if (query.impressionDays !== undefined || bytes > this.mostBytes) return;
    this.entries.set(key, { query, known: history, bytes, usedAt });
    this.bytes += bytes;
    for (const name of namesOf(query)) this.keysBy.set(name, (this.keysBy.get(name) ?? new Set()).add(key));
    this.sweeping ??= setInterval(() => this.sweep(), sweepMs).unref();
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.mostBytes) break;
      this.drop(oldest);
    }
  }

  /** Reads anew what is held of people who did something, so that their next answer need not. What cannot be read goes. */
  async refresh(tenant: string, userIds: ReadonlySet<string>, sessionIds: ReadonlySet<string>): Promise<void> {
    const names = [
      ...[...userIds].map((id) => nameOf(tenant, 'user', id)),
      ...[...sessionIds].map((id) => nameOf(tenant, 'session', id)),
    ];
    for (const key of new Set(names.flatMap((name) => [...(this.keysBy.get(name) ?? [])]))) {
      const entry = this.entries.get(key);
      if (!entry) continue;
      const history = await readHistory(this.database, entry.query).catch(() => undefined);
      if (this.entries.get(key) === entry) this.keep(entry.query, history, entry.usedAt);
    }
  }

  /** What is held of the users goes, and of all sessions, since these may have been theirs. */
  forget(tenant: string, userIds: readonly string[]): void {
    const gone = new Set(userIds);
    for (const [key, { query }] of this.entries) {
      const { userIds: ids, sessionId } = query.person;
      if (query.collection.tenant === tenant && (sessionId !== '' || ids.some((id) => gone.has(id)))) this.drop(key);
    }
  }

  private learn(held: boolean, right: boolean): void {
    if (held) this.heldShare = shareOfLate(this.heldShare, Number(right));
    else this.newShare = shareOfLate(this.newShare, Number(right));
  }

  private used(key: string, entry: Entry): Entry {
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.usedAt = performance.now();
    return entry;
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.bytes -= entry.bytes;
    this.entries.delete(key);
    for (const name of namesOf(entry.query)) {
      const keys = this.keysBy.get(name)!;
      keys.delete(key);
      if (keys.size === 0) this.keysBy.delete(name);
    }
  }

  private sweep(): void {
    const before = performance.now() - keptMs;
    for (const [key, { usedAt }] of this.entries) if (usedAt <= before) this.drop(key);
    if (this.entries.size > 0) return;
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }
}

const isKnown = (history: History): history is Known => history.stamp !== undefined;

const isSame = (stamp: Stamp, other: Stamp | undefined) => stamp.rows === other?.rows && stamp.hash === other.hash;

const nameOf = (tenant: string, what: 'user' | 'session', id: string) => JSON.stringify([tenant, what, id]);

const namesOf = ({ collection: { tenant }, person: { userIds, sessionId } }: HistoryQuery): string[] => [
  ...userIds.map((id) => nameOf(tenant, 'user', id)),
  ...(sessionId === '' ? [] : [nameOf(tenant, 'session', sessionId)]),
];

const keyOf = ({ collection: { tenant, collectionId }, person, impressionDays, withFactors }: HistoryQuery): string =>
  JSON.stringify([tenant, collectionId, person.userIds, person.sessionId, impressionDays, withFactors]);
