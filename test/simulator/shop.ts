import { seededRandom } from '@kindred/ranking';
import { gaussian } from '../support/random.ts';

/** Sources of candidates: what everybody likes, and what a taste does, with errors. */
export interface SourceWeights {
  crowd: number;
  taste: number;
}

export interface Visitor {
  taste: number;
  /** Times which this person clicks more than others of the taste; 1 on average. */
  mood: number;
}

export interface Outcome {
  clicks: number[];
  purchases: number[];
  revenue: number[];
}

const tastes = 6;
const purchaseRate = 0.1;

/**
 * A shop whose truth is known. People look at place k with probability (k + 1)^-0.7, click what they look at by how their
 * taste likes it, and buy what they clicked now and then, for a price with a heavy tail (log-normal).
 */
export class Shop {
  /** Probability of a click on the item by a taste that looks at it. */
  private readonly liking: number[][];
  private readonly quality: number[];
  private readonly seenTaste: number[][];
  readonly items: string[];
  private readonly numberOf: Map<string, number>;

  constructor(itemCount = 24, seed = 1) {
    const random = seededRandom(seed);
    this.items = Array.from({ length: itemCount }, (_, at) => `item${String(at).padStart(2, '0')}`);
    this.numberOf = new Map(this.items.map((item, at) => [item, at]));
    this.quality = this.items.map(random);
    const affinity = Array.from({ length: tastes }, () => this.items.map(random));
    this.liking = affinity.map((row) => row.map((own, at) => 0.02 + 0.62 * own ** 2 * (0.5 + 0.5 * this.quality[at]!)));
    this.seenTaste = affinity.map((row) => row.map((own) => 0.7 * own + 0.3 * random()));
  }

  visitor(random: () => number): Visitor {
    return { taste: Math.floor(random() * tastes), mood: random() < 0.5 ? 0.5 : 1.5 };
  }

  /** All items for each taste, best first. */
  rankings({ crowd, taste }: SourceWeights): string[][] {
    return this.seenTaste.map((row) => {
      const score = (at: number) => crowd * this.quality[at]! + taste * row[at]!;
      const order = [...this.items.keys()].sort((left, right) => score(right) - score(left) || left - right);
      return order.map((at) => this.items[at]!);
    });
  }

  clickProbability({ taste, mood }: Visitor, item: string, place: number): number {
    return looks(place) * mood * this.liking[taste]![this.numberOf.get(item)!]!;
  }

  /** Expected clicks on an answer that shows the first places of the rankings: over tastes and moods. */
  value(rankings: readonly (readonly string[])[], places: number): number {
    let sum = 0;
    for (const [taste, ranking] of rankings.entries()) {
      for (let place = 0; place < places; place++)
        sum += this.clickProbability({ taste, mood: 1 }, ranking[place]!, place);
    }
    return sum / tastes;
  }

  visit(visitor: Visitor, page: readonly string[], random: () => number): Outcome {
    const clicks = page.map((item, place) => (random() < this.clickProbability(visitor, item, place) ? 1 : 0));
    const purchases = clicks.map((click) => (click && random() < purchaseRate ? 1 : 0));
    const revenue = purchases.map((purchase) => (purchase ? Math.round(Math.exp(9.5 + gaussian(random))) : 0));
    return { clicks, purchases, revenue };
  }
}

const looks = (place: number) => (place + 1) ** -0.7;
