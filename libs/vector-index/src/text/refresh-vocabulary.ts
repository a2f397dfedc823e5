import { setImmediate as breathe } from 'node:timers/promises';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { type AttributeDeclaration, contentFields, contentParts } from '../content.ts';
import { documentsVersion, upsertDocuments } from '../document.store.ts';
import { findMorphology } from './load-morphology.ts';
import type { Morphology } from './morphology.ts';
import {
  readTexts,
  readVocabularyState,
  startRewriting,
  type TextRow,
  type VocabularyState,
  writeVocabulary,
} from './vocabulary.store.ts';
import { type CountedItem, VocabularyCounts } from './vocabulary-counts.ts';

/** Words far down in a long text are left out. */
const bodyLength = 20_000;
const wholeBody = 2_097_152;
const page = 200;
/** With whole bodies, of a megabyte at most. */
const rewritePage = 25;
const perBreath = 20;
/** At most this share of the time goes to rebuilding. */
const dutyFactor = 30;
/** By now every process that writes documents knows of a change of the collection, and has committed what it wrote before. */
const settledAfterMs = 10_000;

export type Refreshed = 'built' | 'current' | 'later' | 'gone';

/**
 * Makes the vocabulary of a collection anew from its items, where it is behind them: "later" when the last time is too short
 * ago for what it took. Items that change meanwhile leave it behind again. Also rewrites documents of an older version, or of
 * another analyzer than the collection declares and this process has.
 */
export async function refreshVocabulary(
  database: Database,
  collection: CollectionRow,
  { signal, always = false }: { signal?: AbortSignal; always?: boolean } = {},
): Promise<Refreshed> {
  const { tenant, collectionId } = collection;
  const state = await database.transaction({ tenant }, (sql) => readVocabularyState(sql, collectionId));
  if (!state) return 'gone';
  const rewriting = await rewritingOf(state);
  if (state.built === state.now && !rewriting) return 'current';
  if (!always && state.built !== null && state.ageMs < dutyFactor * state.tookMs) return 'later';
  if (!always && rewriting?.isChange && state.settledMs < settledAfterMs) return 'later';
  const analyzer = rewriting && (rewriting.morphology?.identity ?? '');
  if (rewriting) await database.transaction({ tenant }, (sql) => startRewriting(sql, collectionId, analyzer!));
  const start = performance.now();
  const counts = new VocabularyCounts();
  await eachPage(database, collection, rewriting, async (rows) => {
    signal?.throwIfAborted();
    for (const [at, row] of rows.entries()) {
      if (at % perBreath === 0) await breathe();
      if (!row.hidden) counts.add(countedItem(row, collection.attributes));
    }
  });
  const built = { state: state.now, documentsVersion, analyzer, ...counts.lines(), tookMs: performance.now() - start };
  await database.transaction({ tenant }, (sql) => writeVocabulary(sql, collectionId, built));
  return 'built';
}

interface Rewriting {
  /** None: by pairs of characters alone. */
  morphology?: Morphology;
  /** Of the analyzer, not the version. */
  isChange: boolean;
}

/** Undefined where the documents are as they should be. What cannot be analyzed here is left to a process that can. */
async function rewritingOf({ documentsAnalyzer, ...state }: VocabularyState): Promise<Rewriting | undefined> {
  const { morphology, problem } = await findMorphology(state.koreanAnalyzer);
  const isChange = problem === undefined && documentsAnalyzer !== (morphology?.identity ?? '');
  return isChange || state.documentsVersion !== documentsVersion ? { morphology, isChange } : undefined;
}

async function eachPage(
  database: Database,
  { tenant, collectionId, attributes }: CollectionRow,
  rewriting: Rewriting | undefined,
  use: (rows: TextRow[]) => Promise<void>,
): Promise<void> {
  const rewrite = rewriting !== undefined;
  const reading = { most: rewrite ? rewritePage : page, bodyLength: rewrite ? wholeBody : bodyLength, lock: rewrite };
  for (let after = ''; ; ) {
    const from = after;
    const rows = await database.transaction({ tenant }, async (sql) => {
      const read = await readTexts(sql, collectionId, from, reading);
      // Locked, so that text and document cannot part.
      const documents = read.map((row) => ({ itemId: row.item_id, text: contentParts(row, attributes) }));
      if (rewriting) await upsertDocuments(sql, collectionId, documents, rewriting.morphology);
      return read;
    });
    await use(rows);
    if (rows.length < reading.most) return;
    after = rows.at(-1)!.item_id;
  }
}

function countedItem(row: TextRow, attributes: readonly AttributeDeclaration[]): CountedItem {
  const concealed = new Set(attributes.filter(({ shown }) => !shown).map(({ name }) => `attributes.${name}`));
  const fields = contentFields({ ...row, body: row.body.slice(0, bodyLength) }, attributes);
  const texts = (hidden: boolean) =>
    fields.filter(({ name }) => concealed.has(name) === hidden).flatMap(({ values }) => values);
  return { title: row.title, shown: texts(false), concealed: texts(true) };
}
