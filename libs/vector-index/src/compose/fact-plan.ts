import type { CollectionRow } from '../collection.store.ts';
import type { Boost, GroupBy } from './boost.ts';
import { boostReader, factOf, type ReadBoost } from './boost-value.ts';
import type { ItemFact } from './item-facts.store.ts';

/** What an answer is arranged by. */
export interface FactWishes {
  boosts: readonly Boost[];
  groupBy: Pick<GroupBy, 'field'> | undefined;
  /** Attributes of whose values each may have only so many hits. */
  limited: readonly string[];
  now: number;
}

/** What is made of an item's facts. */
export interface Traits {
  /** The sum of the boosts; absent where there are none. */
  boost?: number;
  /** Values of the field that groups are made by. */
  group: readonly unknown[];
  /** Values of the limited attributes, in their order. */
  limited: readonly (readonly unknown[])[];
}

/** Which facts of items boosts, groups and limits need, and what is made of them. */
export class FactPlan {
  readonly facts: readonly ItemFact[];
  private mostPopular: number | undefined;

  constructor(private readonly wishes: FactWishes) {
    const { boosts, groupBy, limited } = wishes;
    this.facts = [
      ...boosts.map(({ value }) => factOf(value)),
      ...(groupBy ? [{ kind: 'field' as const, field: groupBy.field }] : []),
      ...limited.map((name) => ({ kind: 'value' as const, name })),
    ];
  }

  /**
   * Traits by the collection's place and the item's id, of the facts that were read. Popularity is a share of the most popular
   * of the first items read, so that later pages boost as the first one did.
   */
  reader(
    collections: readonly CollectionRow[],
    facts: readonly ReadonlyMap<string, readonly unknown[]>[],
  ): (collection: number, itemId: string) => Traits {
    this.mostPopular ??= this.popularityOf(facts);
    const popularity = { now: this.wishes.now, mostPopular: this.mostPopular };
    const readers = collections.map((one) => this.wishes.boosts.map((boost) => boostReader(boost, one, popularity)));
    return (collection, itemId) => this.traits(facts[collection]!.get(itemId) ?? [], readers[collection]!);
  }

  private traits(facts: readonly unknown[], readers: readonly ReadBoost[]): Traits {
    const { boosts, groupBy, limited } = this.wishes;
    const rest = facts.slice(boosts.length);
    const group = groupBy ? listOf(rest.shift()) : [];
    const traits = { group, limited: limited.map((_, at) => listOf(rest[at])) };
    if (boosts.length === 0) return traits;
    return { ...traits, boost: boosts.reduce((sum, { weight }, at) => sum + weight * readers[at]!(facts[at]), 0) };
  }

  private popularityOf(facts: readonly ReadonlyMap<string, readonly unknown[]>[]): number {
    const at = this.facts.findIndex(({ kind }) => kind === 'popularity');
    if (at === -1) return 1;
    let most = 0;
    for (const each of facts) for (const values of each.values()) most = Math.max(most, Number(values[at] ?? 0));
    return most > 0 ? most : 1;
  }
}

/** A stored value as a list: none for null. */
function listOf(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
