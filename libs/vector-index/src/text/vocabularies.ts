import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import { readBuiltAt, readVocabularyLines } from './vocabulary.store.ts';
import { Vocabulary } from './vocabulary.ts';

/** Words and phrases of all vocabularies in memory, some 150 bytes each. */
const mostInMemory = 2_000_000;
const mostEntries = 1_000;

interface Entry {
  /** Undefined: the collection has none yet. */
  builtAt: string | undefined;
  vocabulary: Vocabulary | undefined;
  freshUntil: number;
  refreshing: boolean;
}

/** The vocabularies of collections as they are stored, cached. An old one answers while the new one is read. */
export class Vocabularies {
  private readonly entries = new Map<number, Promise<Entry>>();

  constructor(
    private readonly database: Database,
    private readonly freshForMs = 2_000,
  ) {}

  /** Undefined where none was made yet. */
  async of(collection: CollectionRow): Promise<Vocabulary | undefined> {
    const { collectionId } = collection;
    const known = this.entries.get(collectionId);
    if (!known) return (await this.load(collection)).vocabulary;
    // The least recently used go first: a Map keeps the order of insertion.
    this.entries.delete(collectionId);
    this.entries.set(collectionId, known);
    const entry = await known;
    if (entry.freshUntil < performance.now() && !entry.refreshing) {
      entry.refreshing = true;
      // A failed refresh keeps the old one; it is tried again at the next use.
      this.refresh(collection, entry).then(
        () => this.evict(),
        () => (entry.refreshing = false),
      );
    }
    return entry.vocabulary;
  }

  private async load(collection: CollectionRow): Promise<Entry> {
    const loading = this.read(collection);
    this.entries.set(collection.collectionId, loading);
    loading.then(
      () => this.evict(),
      () => this.entries.delete(collection.collectionId),
    );
    return loading;
  }

  private async refresh(collection: CollectionRow, entry: Entry): Promise<void> {
    const builtAt = await readBuiltAt(this.database, collection);
    if (builtAt !== entry.builtAt) Object.assign(entry, await this.read(collection));
    else Object.assign(entry, { refreshing: false, freshUntil: performance.now() + this.freshForMs });
  }

  private async read(collection: CollectionRow): Promise<Entry> {
    const lines = await readVocabularyLines(this.database, collection);
    const vocabulary = lines && (await Vocabulary.read(lines.words, lines.phrases));
    const freshUntil = performance.now() + this.freshForMs;
    return { builtAt: lines?.builtAt, vocabulary, freshUntil, refreshing: false };
  }

  private async evict(): Promise<void> {
    const settled = await Promise.all(
      [...this.entries].map(async ([id, entry]) => ({ id, size: await sizeOf(entry) })),
    );
    let size = settled.reduce((sum, one) => sum + one.size, 0);
    for (const one of settled) {
      if (size <= mostInMemory && this.entries.size <= mostEntries) return;
      if (this.entries.size === 1) return;
      this.entries.delete(one.id);
      size -= one.size;
    }
  }
}

const sizeOf = (entry: Promise<Entry>) =>
  entry.then(
    ({ vocabulary }) => vocabulary?.size ?? 0,
    () => 0,
  );
