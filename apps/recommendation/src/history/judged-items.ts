/** Bits of `kinds` by the type of event; each says that there was one. */
export const kindBits = {
  view: 1,
  click: 2,
  add_to_cart: 4,
  purchase: 8,
  like: 16,
  dislike: 32,
  hide: 64,
  rating: 128,
  watch_portion: 256,
} as const;
export const impressionBit = 512;
/** Liked, rated, or watched far enough: the person has it. */
export const ownedBit = 1_024;
/** Some event speaks against the item. */
export const refusedBit = 2_048;

/** What one event says. */
export interface JudgedEvent {
  item_id: string;
  /** Above 0 for the item, below 0 against it. */
  strength: number;
  /** Its bits. */
  kind: number;
  /** Seconds since 1970. */
  at: number;
}

/** What somebody did with an item, all events together. */
export interface JudgedItem {
  item_id: string;
  /** Of the event that speaks against it, or else of the one that speaks loudest for it. */
  strength: number;
  kinds: number;
  /** Seconds since 1970 of the newest event but impressions; 0 where there are only impressions. */
  met_at: number;
  /** Of the newest purchase. */
  bought_at: number | null;
  /** Within the window that was asked for, and only of items that were not turned to. */
  impressions: number;
}

/** Events by item; of impressions those after `since` count. What judgedEventsSql says of events in the database. */
export function judgedItems(events: readonly JudgedEvent[], since: number): JudgedItem[] {
  const items = new Map<string, JudgedItem>();
  for (const { item_id, strength, kind, at } of events) {
    let item = items.get(item_id);
    if (item === undefined) {
      item = { item_id, strength, kinds: 0, met_at: 0, bought_at: null, impressions: 0 };
      items.set(item_id, item);
    }
    item.strength =
      Math.min(strength, item.strength) < 0 ? Math.min(strength, item.strength) : Math.max(strength, item.strength);
    item.kinds |= kind;
    if (kind === impressionBit) item.impressions += at > since ? 1 : 0;
    else item.met_at = Math.max(item.met_at, at);
    if (kind & kindBits.purchase) item.bought_at = Math.max(item.bought_at ?? at, at);
  }
  for (const item of items.values()) if (item.kinds !== impressionBit) item.impressions = 0;
  return [...items.values()];
}
