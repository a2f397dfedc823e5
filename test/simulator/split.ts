import type { UnitSums } from '@kindred/ranking';
import type { Outcome, Shop, Visitor } from './shop.ts';

export const places = 5;
export type Metric = keyof Outcome;
export type ArmSums = Record<Metric, UnitSums>;
const metrics: Metric[] = ['clicks', 'purchases', 'revenue'];

const noUnits = (): UnitSums => ({
  units: 0,
  numerator: 0,
  denominator: 0,
  numeratorSquares: 0,
  denominatorSquares: 0,
  products: 0,
});

/** An arm of a split test, whose people come back: their answers are not independent, they are. */
export class SplitArm {
  readonly sums: ArmSums = { clicks: noUnits(), purchases: noUnits(), revenue: noUnits() };
  private readonly people: { visitor: Visitor; answers: number; earned: Record<Metric, number> }[] = [];

  constructor(
    private readonly shop: Shop,
    private readonly rankings: readonly (readonly string[])[],
    private readonly random: () => number,
  ) {}

  /** So many new people come, and as many visits are of people who were here before. */
  visits(count: number): void {
    for (let at = 0; at < count; at++) {
      this.people.push({
        visitor: this.shop.visitor(this.random),
        answers: 0,
        earned: { clicks: 0, purchases: 0, revenue: 0 },
      });
      for (const metric of metrics) this.sums[metric].units += 1;
      this.visit(this.people.length - 1);
      this.visit(Math.floor(this.random() * this.people.length));
    }
  }

  private visit(at: number): void {
    const person = this.people[at]!;
    const page = this.rankings[person.visitor.taste]!.slice(0, places);
    const outcome = this.shop.visit(person.visitor, page, this.random);
    const y = person.answers;
    person.answers += 1;
    for (const metric of metrics) {
      const sums = this.sums[metric];
      const x = person.earned[metric];
      const more = outcome[metric].reduce((sum, each) => sum + each, 0);
      person.earned[metric] = x + more;
      sums.numerator += more;
      sums.denominator += 1;
      sums.numeratorSquares += (x + more) ** 2 - x ** 2;
      sums.denominatorSquares += (y + 1) ** 2 - y ** 2;
      sums.products += (x + more) * (y + 1) - x * y;
    }
  }
}
