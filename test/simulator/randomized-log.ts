import { type LoggedAnswer, placeProbability, type Randomization, randomizedOrder } from '@kindred/ranking';
import type { Shop, Visitor } from './shop.ts';

export const places = 5;

export interface SimulatedAnswer extends LoggedAnswer {
  visitor: Visitor;
}

/** The log of a setting whose answers are drawn now and then: people with one to five visits each. */
export function randomizedLog(
  shop: Shop,
  rankings: readonly (readonly string[])[],
  people: number,
  randomization: Randomization,
  random: () => number,
): SimulatedAnswer[] {
  const answers: SimulatedAnswer[] = [];
  for (let person = 0; person < people; person++) {
    const visitor = shop.visitor(random);
    const ranking = rankings[visitor.taste]!;
    const rankOf = new Map(ranking.map((item, rank) => [item, rank]));
    const chance = (item: string, place: number) =>
      placeProbability(rankOf.get(item) ?? ranking.length, place, randomization, ranking.length);
    for (let visit = Math.floor(random() * 5); visit >= 0; visit--) {
      const shown = randomizedOrder(ranking, randomization, random).items.slice(0, places);
      const { clicks } = shop.visit(visitor, shown, random);
      answers.push({ unit: `person ${person}`, visitor, shown, rewards: clicks, chance });
    }
  }
  return answers;
}
