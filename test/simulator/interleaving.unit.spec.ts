import {
  mean,
  meanDifference,
  ratioInterval,
  seededRandom,
  teamDraft,
  type UnitSums,
  unitSums,
} from '@kindred/ranking';
import { describe, expect, it } from 'vitest';
import { Shop } from './shop.ts';
import { places, SplitArm } from './split.ts';

const shop = new Shop();
const asItIs = shop.rankings({ crowd: 0.7, taste: 0.3 });
const better = shop.rankings({ crowd: 0.6, taste: 0.4 });
const level = 0.05;
const perLook = 250;

/** Clicks for the right team and for both, of so many people with one page each. */
function drafted(left: string[][], right: string[][], people: number, random: () => number): [number, number][] {
  return Array.from({ length: people }, () => {
    const visitor = shop.visitor(random);
    const page = teamDraft(left[visitor.taste]!, right[visitor.taste]!, places, random);
    const { clicks } = shop.visit(
      visitor,
      page.map(({ item }) => item),
      random,
    );
    const won = page.reduce((sum, { team }, place) => sum + team * clicks[place]!, 0);
    return [won, clicks.reduce((sum, click) => sum + click, 0)];
  });
}

/** People until an interleaving, looked at again and again, tells which is better; and whether it is right. */
function untilTold(random: () => number): { people: number; right: boolean } {
  const all: [number, number][] = [];
  for (;;) {
    all.push(...drafted(asItIs, better, perLook, random));
    const { low, high } = ratioInterval(unitSums(all), level);
    if (low > 0.5 || high < 0.5) return { people: all.length, right: low > 0.5 };
  }
}

/** The same of a split test. */
function untilSplitTold(random: () => number): { people: number; right: boolean } {
  const [control, arm] = [new SplitArm(shop, asItIs, random), new SplitArm(shop, better, random)];
  for (;;) {
    for (const each of [control, arm]) each.visits(perLook / 2);
    const { low, high } = meanDifference(arm.sums.clicks, control.sums.clicks, level);
    const people = (sums: UnitSums) => sums.units;
    if (low > 0 || high < 0) return { people: people(control.sums.clicks) + people(arm.sums.clicks), right: low > 0 };
  }
}

describe('interleaving by team draft', () => {
  it('prefers the better ranking with fewer people than a split test, in which they come twice', () => {
    const tests = 20;
    const runs = Array.from({ length: tests }, (_, test) => untilTold(seededRandom(50 + test)));
    const splits = Array.from({ length: tests }, (_, test) => untilSplitTold(seededRandom(90 + test)));
    const people = (some: typeof runs) => mean(some.map((one) => one.people));
    const ratio = people(splits) / people(runs);
    console.log(
      `interleaving: ${people(runs)} people, split test: ${people(splits)}, ${ratio.toFixed(1)} times as many`,
    );
    expect(runs.filter(({ right }) => right).length).toBeGreaterThanOrEqual(tests - 3);
    expect(ratio).toBeGreaterThan(3);
  });

  it('gives neither side an advantage: of two rankings that change sides both win half', () => {
    const random = seededRandom(7);
    const all = [...drafted(asItIs, better, 15_000, random), ...drafted(better, asItIs, 15_000, random)];
    const { ratio, low, high } = ratioInterval(unitSums(all), level);
    console.log(
      `interleaving, sides changed: ${ratio.toFixed(4)} of the clicks, ${low.toFixed(4)} to ${high.toFixed(4)}`,
    );
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(high - low).toBeLessThan(0.03);
  });

  it('is called a preference of one ranking over itself no more often than its level', () => {
    const tests = 200;
    let called = 0;
    for (let test = 0; test < tests; test++) {
      const random = seededRandom(400 + test);
      const all: [number, number][] = [];
      let told = false;
      for (let look = 0; look < 12 && !told; look++) {
        all.push(...drafted(asItIs, asItIs, perLook, random));
        const { low, high } = ratioInterval(unitSums(all), level);
        told = low > 0.5 || high < 0.5;
      }
      if (told) called += 1;
    }
    console.log(`interleaving of a ranking with itself: a preference in ${called} of ${tests}`);
    expect(called).toBeLessThanOrEqual(tests * level + 4 * Math.sqrt(tests * level * (1 - level)));
  });
});
