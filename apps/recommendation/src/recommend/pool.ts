import { BestFew } from '../rebuild/best-few.ts';
import { type SourceName, sourceNames } from '../scenario/scenario.ts';
import type { CommonNumbers } from '../tables/common-numbers.ts';
import type { OrderedShares } from '../tables/item-lists.ts';
import type { Found } from './add-up.ts';

export interface Candidate {
  itemId: string;
  /** Fused, and what the reason is taken from. */
  score: number;
  /** Of each source that found it, 0-1. */
  shares: Partial<Record<SourceName, number>>;
  /** The seed that said most for it, of the source that gave most; absent where that has none. */
  seed?: string;
  /** The source that gave most; instead of factors one with a seed, where there is one. */
  source?: SourceName;
  /** What is left of the score after impressions; absent: all of it. */
  fatigue?: number;
  /** It has a place that is kept for new items. */
  explored?: boolean;
}

/** What a source says of the candidates, by their places; NaN, or nothing, of those that it did not find. */
interface Source {
  weight: number;
  shares: Float64Array;
  /** Which of the seeds said most. */
  by: Uint32Array;
  seeds: Found['seeds'];
  found: number;
  barred?: boolean;
}

interface General {
  name: SourceName;
  ordered: OrderedShares;
  /** So many of them were offered. */
  taken: number;
}

/** The best few are found by insertion, more of them by sorting all. */
const mostInserted = 200;

/** Places of the items in an order, made once for each. */
const knownRanks = new WeakMap<OrderedShares, ReadonlyMap<string, number>>();

function ranksOf(ordered: OrderedShares): ReadonlyMap<string, number> {
  const ranks = knownRanks.get(ordered) ?? new Map(ordered.ids.map((id, at) => [id, at]));
  knownRanks.set(ordered, ranks);
  return ranks;
}

/**
 * Candidates of all sources. Shares of a person's own sources add up times their weights; between these and what everybody
 * likes, the better counts. Ties go to the lower id.
 */
export class Pool {
  /** By place the common number of each candidate. */
  private readonly items: number[] = [];
  private readonly personal: number[] = [];
  private readonly general: number[] = [];
  private readonly sources = new Map<SourceName, Source>();
  private readonly orders: General[] = [];

  constructor(
    readonly common: CommonNumbers,
    private readonly excluded: ReadonlySet<string>,
    /** What is left of an item's score, 0-1. */
    private readonly fatigue: ReadonlyMap<string, number>,
  ) {}

  get size(): number {
    return this.items.length;
  }

  get candidateIds(): string[] {
    return this.items.map((item) => this.common.ids[item]!);
  }

  /** How many items the source has found. */
  found(name: SourceName): number {
    return this.sources.get(name)?.found ?? 0;
  }

  /** All that the source has found is excluded. */
  foundExcluded(name: SourceName): boolean {
    return this.sources.get(name)?.barred ?? false;
  }

  addOwn(name: SourceName, weight: number, { items, scores, by, seeds, barred }: Found): void {
    const places = this.placesOf(items);
    const source = this.source(name, weight, seeds);
    if (barred) source.barred = true;
    if (by) source.by = new Uint32Array(this.size);
    let best = 0;
    for (let at = 0; at < scores.length; at++) if (scores[at]! > best) best = scores[at]!;
    for (let at = 0; at < places.length; at++) {
      const place = places[at]!;
      const share = scores[at]! / best;
      source.shares[place] = share;
      if (by) source.by[place] = by[at]!;
      if (share > 0) source.found++;
      this.personal[place] = this.personal[place]! + weight * share;
    }
  }

  addGeneral(name: SourceName, weight: number, ordered: OrderedShares): void {
    this.source(name, weight, []);
    this.orders.push({ name, ordered, taken: 0 });
  }

  /** The best `most`, in order: what everybody likes is taken in as far as it can matter. */
  best(most: number): Candidate[] {
    const depth = most + this.fatigue.size;
    for (const order of this.orders) this.take(order, depth);
    if (most > mostInserted) return this.ordered([...this.items.keys()], most);
    const wanted = new BestFew(most);
    for (let place = 0; place < this.size; place++) wanted.offer(place, this.scoreOf(place), this.byId);
    return wanted.items.map((place) => this.candidate(place));
  }

  /** All of them, in order. */
  all(): Candidate[] {
    for (const order of this.orders) this.take(order, Number.POSITIVE_INFINITY);
    return this.ordered([...this.items.keys()]);
  }

  /** Those of the items that are candidates, in order. */
  among(itemIds: readonly string[]): Candidate[] {
    this.offerThese(itemIds);
    return this.ordered(itemIds.map(this.finder()).filter((place) => place !== undefined));
  }

  /** Each of the items that is not excluded, as they were given, whether a source found it or not. */
  each(itemIds: readonly string[]): Candidate[] {
    this.offerThese(itemIds);
    const find = this.finder();
    const kept = itemIds.filter((id) => !this.excluded.has(id));
    return kept.map((itemId) => {
      const place = find(itemId);
      return place === undefined ? { itemId, score: 0, shares: {} } : this.candidate(place);
    });
  }

  /** Places of candidates by their ids. */
  private finder(): (id: string) => number | undefined {
    const places = new Map(this.items.map((item, place) => [item, place]));
    return (id) => places.get(this.common.find(id) ?? -1);
  }

  /** Takes in what everybody likes of these items. */
  private offerThese(itemIds: readonly string[]): void {
    for (const order of this.orders) {
      const ranks = ranksOf(order.ordered);
      const kept = itemIds.filter((id) => !this.excluded.has(id));
      this.offer(
        order,
        kept.map((id) => ranks.get(id)).filter((at) => at !== undefined),
      );
    }
  }

  private readonly byId = (left: number, right: number) => (this.idOf(left) < this.idOf(right) ? -1 : 1);

  private ordered(places: number[], most = places.length): Candidate[] {
    const scores = new Float64Array(this.size);
    for (const place of places) scores[place] = this.scoreOf(place);
    places.sort((left, right) => scores[right]! - scores[left]! || this.byId(left, right));
    return places.slice(0, most).map((place) => this.candidate(place));
  }

  private take(order: General, depth: number): void {
    const { ids } = order.ordered;
    const fresh: number[] = [];
    let at = 0;
    for (let met = 0; at < ids.length && met < depth; at++) {
      if (this.excluded.has(ids[at]!)) continue;
      met++;
      if (at >= order.taken) fresh.push(at);
    }
    order.taken = Math.max(order.taken, at);
    this.offer(order, fresh);
  }

  /** Of the order those at `ranks`. */
  private offer({ name, ordered: { ids, shares } }: General, ranks: readonly number[]): void {
    const source = this.sources.get(name)!;
    const places = this.placesOf(this.common.numbersOf(ranks.map((at) => ids[at]!)));
    if (source.shares.length < this.size) source.shares = widened(source.shares, 2 * this.size);
    for (const [at, rank] of ranks.entries()) {
      const place = places[at]!;
      if (Number.isNaN(source.shares[place])) source.found++;
      source.shares[place] = shares[rank]!;
      this.general[place] = Math.max(this.general[place]!, source.weight * shares[rank]!);
    }
  }

  private source(name: SourceName, weight: number, seeds: Source['seeds']): Source {
    const shares = widened(noShares, this.size);
    const made: Source = { weight, shares, by: noSeeds, seeds, found: 0 };
    this.sources.set(name, made);
    return made;
  }

  /** New ones for items that were no candidates. */
  private placesOf(items: ArrayLike<number>): Uint32Array {
    const places = this.common.placesIn(this.items, items);
    while (this.personal.length < this.size) {
      this.personal.push(0);
      this.general.push(0);
    }
    return places;
  }

  private idOf(place: number): string {
    return this.common.ids[this.items[place]!]!;
  }

  private scoreOf(place: number): number {
    const score = Math.max(this.personal[place]!, this.general[place]!);
    return this.fatigue.size === 0 ? score : score * (this.fatigue.get(this.idOf(place)) ?? 1);
  }

  private candidate(place: number): Candidate {
    const itemId = this.idOf(place);
    const made: Candidate = { itemId, score: this.scoreOf(place), shares: {}, fatigue: this.fatigue.get(itemId) };
    let most = 0;
    for (const name of sourceNames) {
      const source = this.sources.get(name);
      const share = source?.shares[place];
      if (source === undefined || share === undefined || Number.isNaN(share)) continue;
      made.shares[name] = share;
      const seed = source.seeds[source.by[place]!]?.itemId;
      // Factors cannot say which item speaks: a source that can gives the reason, however little it gave.
      const beatsFactors = made.source === 'factors' && seed !== undefined;
      if (name === 'factors' ? made.seed !== undefined : !beatsFactors && source.weight * share <= most) continue;
      most = Math.max(most, source.weight * share);
      made.source = name;
      made.seed = seed;
    }
    return made;
  }
}

const noShares = new Float64Array(0);
const noSeeds = new Uint32Array(0);

/** The same shares, with room for so many. */
function widened(shares: Float64Array, size: number): Float64Array {
  const made = new Float64Array(size).fill(Number.NaN);
  made.set(shares);
  return made;
}
