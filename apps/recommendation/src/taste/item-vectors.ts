import type { Sql } from '@kindred/database';
import { decodeVector, type ModelTable } from '@kindred/vector-index';
import { readItemVectors } from './taste.store.ts';

interface Entry {
  version: bigint;
  vector: Float32Array;
}

/** 32 thousand vectors of 512 dimensions are 64 MB. */
const mostFloats = 16_777_216;

/** Vectors of items, kept in memory. Each read asks the database which ones changed, and fetches those alone. */
export class ItemVectors {
  private readonly tables = new Map<string, Map<string, Entry>>();
  private floats = 0;

  /** The vectors that exist now, by item id. */
  async read(
    sql: Sql,
    model: ModelTable,
    collectionId: number,
    itemIds: readonly string[],
  ): Promise<Map<string, Float32Array>> {
    const entries = this.entriesOf(`${model.table}/${collectionId}`);
    const known = itemIds.map((itemId) => entries.get(itemId)?.version ?? -1n);
    const found = new Map<string, Float32Array>();
    for (const row of await readItemVectors(sql, model, { collectionId, itemIds, known })) {
      const vector = row.embedding === null ? entries.get(row.item_id)!.vector : decodeVector(row.embedding);
      found.set(row.item_id, vector);
      if (row.embedding !== null) this.keep(entries, row.item_id, { version: row.version, vector });
    }
    return found;
  }

  private entriesOf(key: string): Map<string, Entry> {
    if (this.floats > mostFloats) {
      this.tables.clear();
      this.floats = 0;
    }
    const entries = this.tables.get(key) ?? new Map<string, Entry>();
    this.tables.set(key, entries);
    return entries;
  }

  private keep(entries: Map<string, Entry>, itemId: string, entry: Entry): void {
    if (!entries.has(itemId)) this.floats += entry.vector.length;
    entries.set(itemId, entry);
  }
}
