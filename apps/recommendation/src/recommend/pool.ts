import { BestFew } from '../rebuild/best-few.ts';
import { type SourceName, sourceNames } from '../scenario/scenario.ts';
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

interface Source {
  weight: number;
  general: boolean;
  shares: number[];
  seeds: string[];
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
  private readonly numbers = new Map<string, number>();
  private readonly ids: string[] = [];
  private readonly personal: number[] = [];
  private readonly general: number[] = [];
  private readonly sources = new Map<SourceName, Source>();
  private readonly orders: General[] = [];

  constructor(
    private readonly excluded: ReadonlySet<string>,
    /** What is left of an item's score, 0-1. */
    private readonly fatigue: ReadonlyMap<string, number>,
  ) {}

  get size(): number {
    return this.ids.length;
  }

  has(itemId: string): boolean {
    return this.numbers.has(itemId);
  }

  get candidateIds(): string[] {
    return this.ids;
  }

  /** How many items the source has found. */
  found(name: SourceName): number {
    return this.sources.get(name)?.shares.filter((share) => share > 0).length ?? 0;
  }

  /** All that the source has found is excluded. */
  foundExcluded(name: SourceName): boolean {
    return this.sources.get(name)?.barred ?? false;
  }

  addOwn(name: SourceName, weight: number, { ids, scores, seeds, barred }: Found): void {
    const source = this.source(name, weight, false);
    if (barred) source.barred = true;
    let best = 0;
    for (const score of scores) if (score > best) best = score;
    for (let at = 0; at < ids.length; at++) {
      const number = this.numberOf(ids[at]!);
      const share = scores[at]! / best;
      source.shares[number] = share;
      if (seeds.length > 0) source.seeds[number] = seeds[at]!;
      this.personal[number] = this.personal[number]! + weight * share;
    }
  }

  addGeneral(name: SourceName, weight: number, ordered: OrderedShares): void {
    this.source(name, weight, true);
    this.orders.push({ name, ordered, taken: 0 });
  }

  /** The best `most`, in order: what everybody likes is taken in as far as it can matter. */
  best(most: number): Candidate[] {
    const depth = most + this.fatigue.size;
    for (const order of this.orders) this.take(order, depth);
    if (most > mostInserted) return this.ordered([...this.ids.keys()], most);
    const wanted = new BestFew(most);
    for (let number = 0; number < this.ids.length; number++) wanted.offer(number, this.scoreOf(number), this.byId);
    return wanted.items.map((number) => this.candidate(number));
  }

  /** All of them, in order. */
  all(): Candidate[] {
    for (const order of this.orders) this.take(order, Number.POSITIVE_INFINITY);
    return this.ordered([...this.ids.keys()]);
  }

  /** Those of the items that are candidates, in order. */
  among(itemIds: readonly string[]): Candidate[] {
    this.offerThese(itemIds);
    return this.ordered(itemIds.map((id) => this.numbers.get(id)).filter((number) => number !== undefined));
  }

  /** Each of the items that is not excluded, as they were given, whether a source found it or not. */
  each(itemIds: readonly string[]): Candidate[] {
    this.offerThese(itemIds);
    const kept = itemIds.filter((id) => !this.excluded.has(id));
    return kept.map((itemId) => {
      const number = this.numbers.get(itemId);
      return number === undefined ? { itemId, score: 0, shares: {} } : this.candidate(number);
    });
  }

  /** Takes in what everybody likes of these items. */
  private offerThese(itemIds: readonly string[]): void {
    for (const order of this.orders) {
      const ranks = ranksOf(order.ordered);
      for (const id of itemIds) {
        const at = ranks.get(id);
        if (at !== undefined && !this.excluded.has(id)) this.offer(order, at);
      }
    }
  }

  private readonly byId = (left: number, right: number) => (this.ids[left]! < this.ids[right]! ? -1 : 1);

  private ordered(numbers: number[], most = numbers.length): Candidate[] {
    const scores = new Float64Array(this.ids.length);
    for (const number of numbers) scores[number] = this.scoreOf(number);
    numbers.sort((left, right) => scores[right]! - scores[left]! || this.byId(left, right));
    return numbers.slice(0, most).map((number) => this.candidate(number));
  }

  private take(order: General, depth: number): void {
    const { ids } = order.ordered;
    let fresh = 0;
    let at = 0;
    for (; at < ids.length && fresh < depth; at++) {
      if (this.excluded.has(ids[at]!)) continue;
      fresh++;
      if (at < order.taken) continue;
      this.offer(order, at);
    }
    order.taken = Math.max(order.taken, at);
  }

  private offer({ name, ordered: { ids, shares } }: General, at: number): void {
    const source = this.sources.get(name)!;
    const number = this.numberOf(ids[at]!);
    source.shares[number] = shares[at]!;
    this.general[number] = Math.max(this.general[number]!, source.weight * shares[at]!);
  }

  private source(name: SourceName, weight: number, general: boolean): Source {
    const made: Source = { weight, general, shares: [], seeds: [] };
    this.sources.set(name, made);
    return made;
  }

  private numberOf(id: string): number {
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const number = this.ids.length;
    this.numbers.set(id, number);
    this.ids.push(id);
    this.personal.push(0);
    this.general.push(0);
    return number;
  }

  private scoreOf(number: number): number {
    const score = Math.max(this.personal[number]!, this.general[number]!);
    return this.fatigue.size === 0 ? score : score * (this.fatigue.get(this.ids[number]!) ?? 1);
  }

  private candidate(number: number): Candidate {
    const itemId = this.ids[number]!;
    const made: Candidate = { itemId, score: this.scoreOf(number), shares: {}, fatigue: this.fatigue.get(itemId) };
    let most = 0;
    for (const name of sourceNames) {
      const source = this.sources.get(name);
      const share = source?.shares[number];
      if (source === undefined || share === undefined) continue;
      made.shares[name] = share;
      const seed = source.seeds[number];
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
