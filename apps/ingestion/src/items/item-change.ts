import type { ItemPatched, KindredError } from '@kindred/contracts';
import type { IncomingMessage } from '@kindred/messaging';
import type { CollectionRow } from '@kindred/vector-index';
import { isRejection } from '../per-message.ts';
import type { ItemRow } from './item.store.ts';
import { isBehind, itemMissing, patched } from './item-patch.ts';
import type { PreparedItem, Stamp } from './item-row.ts';

/** One checked event: the row it makes, or the patch of whatever row there will be. */
export interface ItemChange {
  message: IncomingMessage;
  collection: CollectionRow;
  itemId: string;
  stamp: Stamp;
  made?: PreparedItem;
  patch?: ItemPatched;
}

export interface Folded {
  /** Undefined: the row stays as it is, or there is none. */
  item?: PreparedItem;
  refused: { message: IncomingMessage; error: KindredError }[];
}

/** Of events that each say everything the newest counts, in whatever order they come. */
export function newestOf(changes: ItemChange[]): PreparedItem {
  return changes.map(({ made }) => made!).reduce((best, one) => (isNewer(one.row, best.row) ? one : best));
}

/** Events of one item onto its row, in the order of the log. A patch that the row has already is passed over. */
export function foldChanges(stored: ItemRow | undefined, changes: ItemChange[]): Folded {
  let row = stored;
  const folded: Folded = { refused: [] };
  const take = (item: PreparedItem) => {
    folded.item = item;
    row = item.row;
  };
  for (const { message, collection, itemId, stamp, made, patch } of changes) {
    if (made) {
      const { patches, waited } = row ?? made.row;
      if (!row || isNewer(made.row, row)) take({ ...made, row: { ...made.row, patches, waited } });
    } else if (!row || (row.deleted && isBehind(row, stamp))) {
      folded.refused.push({ message, error: itemMissing(collection.name, itemId) });
    } else if (isBehind(row, stamp)) {
      try {
        take(patched(row, patch!, collection, stamp));
      } catch (error) {
        if (!isRejection(error)) throw error;
        folded.refused.push({ message, error });
      }
    }
  }
  return folded;
}

function isNewer(a: ItemRow, b: ItemRow): boolean {
  const [revisionA, revisionB] = [BigInt(a.revision), BigInt(b.revision)];
  return revisionA > revisionB || (revisionA === revisionB && BigInt(a.arrival) > BigInt(b.arrival));
}
