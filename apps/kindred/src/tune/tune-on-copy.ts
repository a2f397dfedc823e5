import { sqlState, withMigrator } from '@kindred/database';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Experiment } from './index-variant.ts';
import type { Bench } from './measure.ts';
import { leastRows, queryVectors } from './query-vectors.ts';
import { exactAnswers, runExperiments, Steps, totalWeight } from './run-experiments.ts';
import type { TuneOptions } from './tune.ts';
import { gridOf } from './tune-grid.ts';
import type { TuneRun } from './tune-result.ts';
import { type TunedCollection, tunedCollection } from './tuned-collection.ts';
import * as store from './tuning.store.ts';
import { queryBytes, TuningSession, withSessions } from './tuning-session.ts';

interface Around {
  embed: (texts: string[], collection: TunedCollection) => Promise<Float32Array[]>;
  /** Throws where nothing need be measured. */
  check: (collection: TunedCollection) => Promise<void>;
  terminal: Terminal;
  signal: AbortSignal;
}

/** Copies the vectors, experiments on the copy, and drops it whatever happens. */
export async function tuneOnCopy(url: string, options: TuneOptions, around: Around): Promise<TuneRun> {
  try {
    // Before the sessions, which call pgvector: a bare database has none.
    if (!(await withMigrator(url, (client) => store.isMigrated(new TuningSession(client)), 'kindred tune')))
      throw new CliError('the database of DATABASE_URL has no schema of Kindred: run kindred migrate, or name another');
    return await withSessions(url, Math.max(1, options.clients), async (sessions) => {
      const session = sessions[0]!;
      if (!(await store.lockTuning(session)))
        throw new CliError('another kindred tune runs on this database; two would measure each other: wait for it');
      const stopCanceling = cancelOnAbort(url, session, around.signal);
      try {
        await store.dropCopy(session);
        return await experiment(sessions, options, around);
      } finally {
        await stopCanceling();
        // A cancel that comes late hits the first one.
        await store.dropCopy(session).catch(() => store.dropCopy(session));
      }
    });
  } catch (error) {
    around.signal.throwIfAborted();
    if (sqlState(error) !== '42501') throw error;
    const reason = (error as Error).message;
    throw new CliError(`${reason}: give DATABASE_URL with the user that runs kindred migrate`, 1, { cause: error });
  }
}

/** A build of minutes ends at once. */
function cancelOnAbort(url: string, { client }: TuningSession, signal: AbortSignal): () => Promise<void> {
  let canceled: Promise<unknown> = Promise.resolve();
  const cancel = () => {
    const text = 'select pg_cancel_backend($1)';
    // It fails where the server is away, and so is what ran there.
    canceled = withMigrator(url, (other) => other.query({ text, values: [client.processID] })).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  return async () => {
    signal.removeEventListener('abort', cancel);
    await canceled;
  };
}

async function experiment(sessions: TuningSession[], options: TuneOptions, around: Around): Promise<TuneRun> {
  const start = performance.now();
  const startedAt = new Date();
  const session = sessions[0]!;
  const { clients } = options;
  const notes = noticesOf(session);
  const collection = await tunedCollection(session, options.tenant, options.collection, options.model);
  await around.check(collection);
  const asked = await queryVectors(session, collection, options, (texts) => around.embed(texts, collection));
  await session.set({ maintenance_work_mem: `${options.buildMemory}MB` });
  const total = await store.countVectors(session, collection);
  const rows = await store.makeCopy(session, collection, asked.heldOut, options.rows);
  if (rows < leastRows) throw new CliError(`only ${rows} vectors are left beside the queries; give fewer queries`);
  // A search of fewer vectors need not be as broad.
  if (options.apply && rows + asked.heldOut.length < total)
    throw new CliError(`--apply takes what was measured on all vectors: give --rows ${total}, or leave it out`);
  around.terminal.note(`copied ${rows} vectors; queries: ${asked.source}`);
  const queries = asked.vectors.map(queryBytes);
  const { signal } = around;
  const bench = { sessions, shape: collection, queries, leastMs: 1_000 * options.seconds, signal };
  const ran = await measured(bench, gridOf(options.grid, rows, collection), around);
  const { name, model, dimensions, stored } = collection;
  const counts = { rows, total, queries: queries.length, clients, exactP50Ms: ran.exactP50Ms };
  const what = { collection: name, model: `${model.name} ${model.version}`, dimensions, stored, source: asked.source };
  const facts = { ...what, ...counts, startedAt, ...(await store.serverFacts(session)) };
  const seconds = (performance.now() - start) / 1_000;
  return { facts, results: ran.results, notes: [...notes, ...ran.notes], seconds };
}

async function measured(bench: Omit<Bench, 'exact'>, experiments: Experiment[], { terminal }: Around) {
  const bar = terminal.progress('tuning');
  try {
    const steps = new Steps(totalWeight(experiments), bar);
    const { exact, exactP50Ms } = await exactAnswers(bench, steps);
    return { ...(await runExperiments({ ...bench, exact }, experiments, steps)), exactP50Ms };
  } finally {
    bar.stop();
  }
}

/** What PostgreSQL says meanwhile, like that a graph outgrew its memory; each once. */
function noticesOf({ client }: TuningSession): Set<string> {
  const notes = new Set<string>();
  client.on('notice', ({ message, severity, hint }) => {
    // Of dropping the copy.
    if (message === undefined || message.startsWith('drop cascades')) return;
    if (severity === 'NOTICE' && /does not exist, skipping/.test(message)) return;
    notes.add(hint === undefined ? message : `${message}. ${hint}`);
  });
  return notes;
}
