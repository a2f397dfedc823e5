import { type ItemPatched, itemAttributes, KindredError, validateEvent } from '@kindred/contracts';
import type { CollectionRow } from '@kindred/vector-index';
import type { ItemRow } from './item.store.ts';
import { checkAttributes, type PreparedItem, type Stamp, withContent } from './item-row.ts';

/** Receipts of a row: as many patches of one item at a time can be waited for. */
const mostWaited = 32;
/** Longer than the clocks of a log's brokers or writers differ; shorter than it takes to recreate a topic. */
const clockSlack = 60_000_000n;

/**
 * Whether an event stands behind what made the row. By its place in the log, since the times of two writers may cross; a
 * topic that was made anew counts its places from the start, but its times go on.
 */
export const isBehind = (row: ItemRow, stamp: Stamp): boolean =>
  stamp.arrival > BigInt(row.log_offset) || stamp.revision > BigInt(row.logged_at) + clockSlack;

/** Throws the KindredError that rejects the patch, whatever row it meets. */
export function checkPatch({ attributes = {} }: ItemPatched, collection: CollectionRow): void {
  checkAttributes(attributes, collection);
}

/** The row with what the patch says. Throws where the row would get too large. */
export function patched(row: ItemRow, patch: ItemPatched, collection: CollectionRow, stamp: Stamp): PreparedItem {
  const { title, body, image_url, price, stock, hidden, categories, receipt } = patch;
  const given = { title, body, image_url, price, stock, hidden, categories };
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const waited = receipt === undefined ? row.waited : [...row.waited, String(receipt)].slice(-mostWaited);
  const merged = {
    ...row,
    ...changes,
    attributes: mergedAttributes(row.attributes, patch.attributes),
    log_offset: String(stamp.arrival),
    logged_at: String(stamp.revision),
    patches: String(BigInt(row.patches) + 1n),
    waited,
  };
  return withContent(merged, collection);
}

function mergedAttributes(before: Record<string, unknown>, changes: ItemPatched['attributes']) {
  if (changes === undefined) return before;
  const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  return validateEvent(itemAttributes, Object.fromEntries(entries), 'attributes');
}

export function itemMissing(collection: string, itemId: string): KindredError {
  const message = `"${itemId}" is not stored in "${collection}", so nothing of it can be changed; upsert it first`;
  return new KindredError('ITEM_NOT_FOUND', 'item_id', message);
}
