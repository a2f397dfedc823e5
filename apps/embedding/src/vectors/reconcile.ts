import type { Database, Sql } from '@kindred/database';
import { promoteWhenLarge } from '@kindred/vector-index';
import { countBehind, readBehind } from './changed-items.store.ts';
import { markBehind } from './collection-models.store.ts';
import { ModelFailure } from './embed-items.ts';
import { Pace } from './pace.ts';
import { advance, claim, deleteOrphans, endRun, type Progress, type Run } from './reconcile.store.ts';
import type { Target } from './target.ts';
import type { VectorWriter } from './vector-writer.ts';

export interface ReconcileOptions {
  database: Database;
  writer: VectorWriter;
  /** Names this process in leases. */
  worker: string;
  signal: AbortSignal;
}

export type Reconciled =
  /** Every live item has the right vector, or was refused. */
  | 'complete'
  /** The model fails; tried again later by itself. */
  | 'failing'
  /** Somebody else works at it, or has taken it over, or its role has changed. */
  | 'elsewhere';

/**
 * Gives every live item of the collection the vector it lacks, removes vectors of what is gone, and builds the index.
 * Goes on where a killed run ended; safe beside live events.
 */
export async function reconcile(target: Target, options: ReconcileOptions): Promise<Reconciled> {
  const { database, worker } = options;
  const scope = { tenant: target.collection.tenant };
  const run = await database.transaction(scope, (sql) => claim(sql, target, worker));
  if (!run) return 'elsewhere';
  let complete = false;
  try {
    const filled = await fill(target, run, options);
    complete = filled !== undefined && (await index(target, filled, options));
    return complete ? 'complete' : 'elsewhere';
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    await database.transaction(scope, (sql) => markBehind(sql, target, error.message));
    return 'failing';
  } finally {
    await database.transaction(scope, (sql) => endRun(sql, target, worker, { complete }));
  }
}

/** How far it came; undefined when the lease was lost. */
async function fill(target: Target, run: Run, options: ReconcileOptions): Promise<Progress | undefined> {
  const { database, writer, signal } = options;
  const { collection, kind, model } = target;
  const { tenant, collectionId } = collection;
  let { cursor_id: cursor, items, done } = run;
  if (cursor === '') {
    items = await patient(database, tenant, async (sql) => {
      await deleteOrphans(sql, collectionId, kind, model);
      return countBehind(sql, collectionId, kind, model);
    });
    done = 0n;
    if (!(await note(target, options, { cursor, items, done }))) return undefined;
  }
  const pace = new Pace(run.items_per_second);
  for (;;) {
    signal.throwIfAborted();
    const page = await patient(database, tenant, (sql) =>
      readBehind(sql, collectionId, { kind, model, after: cursor, most: pace.most() }),
    );
    const last = page.at(-1);
    if (!last) return { cursor, items, done };
    const prepared = await writer.prepare(target, { embed: page, touch: [], remove: [] }, signal);
    cursor = last.item_id;
    done += BigInt(page.length - prepared.refusals.length);
    let leased = true;
    const written = await writer.write([prepared], async (sql) => {
      if (items < done) items = done;
      leased = await advance(sql, target, options.worker, { cursor, items, done });
    });
    if (!written || !leased) return undefined;
    await pace.after(page.length, signal);
  }
}

/** What became too large to be scanned gets its index before anybody searches it. */
async function index(target: Target, filled: Progress, options: ReconcileOptions): Promise<boolean> {
  const { database } = options;
  const { collection, model } = target;
  const { tenant, collectionId } = collection;
  const state = { ...filled, indexing: true };
  // An index of a million vectors takes minutes: the lease is held on to meanwhile.
  const keep = setInterval(() => void note(target, options, state).catch(() => undefined), 10_000);
  try {
    if (!(await note(target, options, state))) return false;
    await promoteWhenLarge(database, tenant, collectionId, model, collection.index);
    return await note(target, options, state);
  } finally {
    clearInterval(keep);
  }
}

const note = (target: Target, { database, worker }: ReconcileOptions, state: Progress) =>
  database.transaction({ tenant: target.collection.tenant }, (sql) => advance(sql, target, worker, state));

/** Counting a million items outlasts the deadline of a request. */
const patient = <Result>(database: Database, tenant: string, work: (sql: Sql) => Promise<Result>) =>
  database.transaction({ tenant, settings: { statement_timeout: '0' } }, work);
