import { mean } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import {
  random80Section,
  type Section,
  servedNextSection,
  servedSection,
  temporalSections,
} from './recommend/protocols.ts';
import { movieRatings } from './recommend/ratings.ts';
import { differenceOf, rowOf } from './recommend/report.ts';

/** The short half of npm run quality:recommend: the same protocols, on the demo's own ratings, without the slow references. */
describe('Recommendations on ml-latest-small', () => {
  const databases = testDatabases()[0]!;
  let random: Section;
  let temporal: ReturnType<typeof temporalSections>;

  beforeAll(() => {
    const ratings = movieRatings();
    random = random80Section(ratings, false);
    temporal = temporalSections(ratings, false);
    console.info([random.text, temporal.warm.text, temporal.cold.text].join('\n'));
  });

  const figures = ({ rows }: Section, name: string) => {
    const { ndcg10, recall20 } = rowOf(rows, name).outcome;
    return { ndcg: mean(ndcg10), recall: mean(recall20) };
  };

  it('repeat the published figures of popularity and EASE, so the protocol is the one that was meant', () => {
    expect(figures(random, 'popular').ndcg).toBeCloseTo(0.194, 3);
    expect(figures(random, 'popular').recall).toBeCloseTo(0.12, 3);
    expect(figures(random, 'EASE').ndcg).toBeGreaterThan(0.364);
  });

  it('reach .351 / .254 by factors alone', () => {
    const { ndcg, recall } = figures(random, 'factors');
    expect(ndcg).toBeGreaterThan(0.351);
    expect(recall).toBeGreaterThan(0.254);
  });

  it('reach .370 / .262 by the default blend, better than EASE beyond chance, with a model of at most 20 MB', () => {
    const { ndcg, recall } = figures(random, 'blend');
    expect(ndcg).toBeGreaterThan(0.37);
    expect(recall).toBeGreaterThan(0.262);
    expect(differenceOf(rowOf(random.rows, 'blend'), rowOf(random.rows, 'EASE')).low).toBeGreaterThan(0);
    expect(rowOf(random.rows, 'blend').bytes).toBeLessThan(20e6);
  });

  it('are as good where the service answers by its default scenario, and better with trained factors', async () => {
    const database = await databases.open();
    const served = await servedSection(movieRatings(), database);
    console.info(served.text);
    expect(figures(served, 'default').ndcg).toBeGreaterThan(0.34);
    expect(figures(served, 'default').recall).toBeGreaterThan(0.25);
    expect(figures(served, 'default, factors trained').ndcg).toBeGreaterThan(0.36);
    expect(figures(served, 'default, factors trained').recall).toBeGreaterThan(0.26);
  });

  it('follow a session as served no worse than transitions do, and better than recent kNN beyond chance', async () => {
    const database = await databases.open();
    const served = await servedNextSection(movieRatings(), database);
    console.info(served.text);
    const { ndcg, recall } = figures(served, 'NextInSession');
    expect(ndcg).toBeGreaterThan(figures(served, 'transitions').ndcg);
    expect(recall).toBeGreaterThan(figures(served, 'transitions').recall);
    expect(
      differenceOf(rowOf(served.rows, 'NextInSession'), rowOf(served.rows, 'cosine kNN, recent')).low,
    ).toBeGreaterThan(0);
  });

  it('do not fall below recent popularity for people who come back, and give newcomers .590', () => {
    const { warm, cold } = temporal;
    expect(differenceOf(rowOf(warm.rows, 'blend'), rowOf(warm.rows, 'recently popular')).high).toBeGreaterThan(0);
    expect(figures(cold, 'blend').ndcg).toBeGreaterThan(0.59);
  });
});
