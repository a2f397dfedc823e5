import type { InputKind, LedgerEntry } from '@kindred/vector-index';
import type { ChangedItem } from './changed-items.store.ts';

/** What must be done for rows of one kind of input, by comparing them with what the vectors were made from. */
export interface VectorWork {
  embed: ChangedItem[];
  /** Same input, newer revision: the ledger is told, the model is not asked. */
  touch: ChangedItem[];
  remove: string[];
}

export const hashOf = (item: ChangedItem, kind: InputKind): Buffer | null => item[`${kind}_hash`];

/** Pure: compares rows with what the ledger holds. */
export function workOf(
  rows: readonly ChangedItem[],
  kind: InputKind,
  ledger: ReadonlyMap<string, LedgerEntry>,
): VectorWork {
  const work: VectorWork = { embed: [], touch: [], remove: [] };
  for (const row of rows) {
    const known = ledger.get(row.item_id);
    const wanted = row.deleted ? null : hashOf(row, kind);
    if (wanted === null) {
      if (known) work.remove.push(row.item_id);
    } else if (!known || Buffer.compare(known.contentHash, wanted) !== 0) {
      work.embed.push(row);
    } else if (known.revision < row.revision) {
      work.touch.push(row);
    }
  }
  return work;
}
