import { ItemNumbers } from './item-lists.ts';

/** A table's items by their common numbers, plus one; 0: not met yet. */
interface Met {
  numbers: Uint32Array;
  epoch: number;
}

/**
 * Numbers that items have in common, whichever table tells of them, so that what tables say adds up without ids. An item is
 * looked up by its id when it is first met in a table, and by its number from then on.
 */
export class CommonNumbers extends ItemNumbers {
  private readonly met = new WeakMap<ItemNumbers, Met>();
  /** By number; nothing but 0 between two calls. */
  private places = new Uint32Array(0);

  /** Items of a table, by common numbers. */
  of(table: ItemNumbers, items: ArrayLike<number>): Uint32Array {
    const { numbers } = this.metIn(table);
    const common = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      if (numbers[item] === 0) numbers[item] = this.numberOf(table.ids[item]!) + 1;
      common[at] = numbers[item]! - 1;
    }
    return common;
  }

  /** Where the items stand in a list, which those that it lacks are added to. */
  placesIn(list: number[], items: ArrayLike<number>): Uint32Array {
    if (this.places.length < this.ids.length) this.places = new Uint32Array(2 * this.ids.length);
    const { places } = this;
    for (let at = 0; at < list.length; at++) places[list[at]!] = at + 1;
    const found = new Uint32Array(items.length);
    for (let at = 0; at < items.length; at++) {
      const item = items[at]!;
      if (places[item] === 0) places[item] = list.push(item);
      found[at] = places[item]! - 1;
    }
    for (let at = 0; at < list.length; at++) places[list[at]!] = 0;
    return found;
  }

  private metIn(table: ItemNumbers): Met {
    const known = this.met.get(table);
    if (known && known.epoch === table.epoch && known.numbers.length >= table.ids.length) return known;
    const made = { numbers: new Uint32Array(table.ids.length), epoch: table.epoch };
    this.met.set(table, made);
    return made;
  }
}
