import { bucketOf } from './bucket-of.ts';
import type { LoggedAnswer } from './policy-value.ts';

/** An item's own record counts as much as the rest once it was shown so often. */
const priorShowings = 20;

/**
 * Expected reward of an item at a place: the mean reward of the place times what the item earned over what its places
 * earn on average (clicks over expected clicks; Zhang and Jones 2007), drawn to 1 for items rarely shown. Half of the
 * units teach what is predicted for the other half (Chernozhukov et al. 2018), so that no answer is predicted from
 * itself.
 */
export class RewardModel {
  private readonly folds = new Map<string, number>();
  private readonly records = [new Records(), new Records()];

  learn(answer: LoggedAnswer): void {
    this.records[1 - this.foldOf(answer.unit)]!.add(answer);
  }

  predict({ unit }: LoggedAnswer, item: string, place: number): number {
    return this.records[this.foldOf(unit)]!.expected(item, place);
  }

  private foldOf(unit: string): number {
    const known = this.folds.get(unit);
    if (known !== undefined) return known;
    const fold = bucketOf('fold', unit) < 0.5 ? 0 : 1;
    this.folds.set(unit, fold);
    return fold;
  }
}

interface Record {
  shown: number;
  earned: number;
}

class Records {
  private readonly places: Record[] = [];
  private readonly all: Record = { shown: 0, earned: 0 };
  /** By item: what it earned, and how often it was shown at each place. */
  private readonly items = new Map<string, { earned: number; shown: number[] }>();

  private readonly lifts = new Map<string, number>();

  add({ shown, rewards }: LoggedAnswer): void {
    this.lifts.clear();
    for (let place = 0; place < shown.length; place++) {
      const reward = rewards[place]!;
      const at = this.places[place] ?? { shown: 0, earned: 0 };
      this.places[place] = at;
      for (const record of [at, this.all]) {
        record.shown += 1;
        record.earned += reward;
      }
      const item = this.items.get(shown[place]!) ?? { earned: 0, shown: [] };
      this.items.set(shown[place]!, item);
      item.earned += reward;
      item.shown[place] = (item.shown[place] ?? 0) + 1;
    }
  }

  expected(item: string, place: number): number {
    const mean = this.meanOf(place);
    return mean === 0 ? 0 : mean * this.liftOf(item);
  }

  /** What the item earned over what was to be expected at its places. */
  private liftOf(item: string): number {
    const known = this.lifts.get(item);
    if (known !== undefined) return known;
    const { earned, shown } = this.items.get(item) ?? { earned: 0, shown: [] };
    const prior = (priorShowings * this.all.earned) / this.all.shown;
    const expected = shown.reduce((sum, times, place) => sum + times * this.meanOf(place), 0);
    const lift = (earned + prior) / (expected + prior);
    this.lifts.set(item, lift);
    return lift;
  }

  private meanOf(place: number): number {
    const at = this.places[place];
    return at ? at.earned / at.shown : 0;
  }
}
