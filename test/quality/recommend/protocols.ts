import { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { mean, seededRandom } from '@kindred/ranking';
import { beyondAccuracy, diversified } from './beyond-accuracy.ts';
import { contentCosine, countsOf, filmFeatures, predictedPopularity, ridgeToFactors } from './cold.ts';
import {
  blend,
  cosineKnn,
  ease,
  type Factors,
  folded,
  type Model,
  popular,
  recentlyPopular,
  sequence,
  sessionKnn,
  trainedFactors,
  tunedFactors,
} from './models.ts';
import { type Case, itemsOf, type Problem, problemOf } from './problem.ts';
import type { Ratings } from './ratings.ts';
import { differenceText, measured, type Row, rowOf, tableOf } from './report.ts';
import { ServedFilms } from './served.ts';
import { coldItems, isHidden, lastFifth, lastOne, random80, temporal } from './splits.ts';

export const epochs = 8;

/** What stands together in a person's history, in either direction. */
export const together = (problem: Problem): Model =>
  sequence('transitions', problem, {
    bothWays: true,
    window: 10,
    distancePower: 0.5,
    shrinkage: 10,
    popularityPower: 0.5,
    most: 100,
  });

/** What comes next after the last items. */
export const next = (problem: Problem): Model =>
  sequence('transitions', problem, { window: 5, shrinkage: 10, most: 200, last: 20, halfLife: 3 });

/** Shrinking makes this reference weaker where one film is asked for. */
const plainKnn = { limit: 100, shrinkage: 0 };
const recentKnn = (problem: Problem): Model => cosineKnn(problem, { ...plainKnn, halfLife: 2 });

/** The blend that completes a profile: the default scenario. */
export const profileBlend = (factors: Model, linear: Model, steps: Model): Model =>
  blend('blend', [
    { model: linear, weight: 0.35 },
    { model: factors, weight: 0.35 },
    { model: steps, weight: 0.3 },
  ]);

/** The blend for what is watched now: recent popularity leads, factors only move it. */
export const nowBlend = (factors: Model, recent: Model): Model =>
  blend('blend', [
    { model: recent, weight: 0.9 },
    { model: factors, weight: 0.1 },
  ]);

const factorsOf = (problem: Problem, dimensions = tunedFactors.dimensions) =>
  trainedFactors(problem, { ...tunedFactors, dimensions }, epochs);

export interface Section {
  rows: Row[];
  text: string;
}

const section = (title: string, rows: Row[], ...notes: string[]): Section => ({
  rows,
  text: [tableOf(title, rows), ...notes.map((note) => `- ${note}`), ''].join('\n'),
});

/** `whole`: with the references that take long. */
export function random80Section(ratings: Ratings, whole: boolean): Section {
  const problem = problemOf(ratings, random80(ratings));
  const linear = ease(problem);
  const trained = factorsOf(problem);
  const factors = folded(problem, trained);
  const blended = profileBlend(factors, linear, together(problem));
  const more = whole ? [cosineKnn(problem), { ...folded(problem, factorsOf(problem, 64)), name: 'factors, d=64' }] : [];
  const rows = measured(problem.cases, [popular(problem), ...more, linear, factors, blended]);
  const [best, reference] = [rowOf(rows, 'blend'), rowOf(rows, 'EASE')];
  const notes = [
    differenceText(best, reference),
    differenceText(best, reference, 'recall20'),
    differenceText(rowOf(rows, 'factors'), reference),
  ];
  if (whole) notes.push(...beyondNotes(problem, rows), ...diversityNotes(problem, blended, trained));
  return section('random80', rows, ...notes);
}

function beyondNotes(problem: Problem, rows: readonly Row[]): string[] {
  const { features } = filmFeatures(problem.ratings.itemIds);
  const counts = countsOf(problem);
  return rows.map(({ name, outcome }) => {
    const found = beyondAccuracy(outcome.top10, counts, problem.pairs.userCount, features);
    const { coverage, novelty, diversity, popularityRank } = found;
    const first = `${name}: coverage ${(100 * coverage).toFixed(1)} %, novelty ${novelty.toFixed(2)} bits`;
    return `${first}, diversity ${diversity.toFixed(3)}, popularity rank ${(100 * popularityRank).toFixed(1)} %`;
  });
}

function diversityNotes(problem: Problem, model: Model, trained: Factors): string[] {
  const { features } = filmFeatures(problem.ratings.itemIds);
  return [1, 0.9, 0.8, 0.7].map((relevance) => {
    const varied = { ...model, scorer: diversified(model.scorer, trained, relevance) };
    const [row] = measured(problem.cases, [varied]);
    const { ndcg10, top10 } = row!.outcome;
    const { diversity, coverage } = beyondAccuracy(top10, countsOf(problem), problem.pairs.userCount, features);
    const effect = `nDCG@10 ${mean(ndcg10).toFixed(4)}, diversity ${diversity.toFixed(3)}`;
    return `blend, MMR relevance ${relevance}: ${effect}, coverage ${(100 * coverage).toFixed(1)} %`;
  });
}

/** The default scenario, answered by the service over a database that holds nothing yet; then with trained factors. */
export async function servedSection(ratings: Ratings, database: Database, split = random80): Promise<Section> {
  const problem = problemOf(ratings, split(ratings));
  const films = await ServedFilms.over(database, problem);
  const models = [popular(problem), await films.asModel('default', 'recommend')];
  await films.train();
  models.push(await films.asModel('default, factors trained', 'recommend'));
  return section(`served, ${split.name}`, measured(problem.cases, models));
}

/** Hidden films alone, answered by the service over a database that holds nothing yet, by factors that were not trained on them. */
export async function servedColdSection(ratings: Ratings, database: Database): Promise<Section> {
  const problem = problemOf(ratings, coldItems(ratings));
  const films = await ServedFilms.over(database, problem);
  await films.train();
  const hidden = ratings.itemIds.filter(isHidden);
  const test = { $case: 'in' as const, value: { values: hidden } };
  const filter = Filter.fromPartial({ must: [{ kind: { $case: 'field', value: { field: 'item_id', test } } }] });
  const numbers = new Set(ratings.itemIds.flatMap((id, item) => (isHidden(id) ? [item] : [])));
  const models = [chance(problem), await films.asModel('default, factors trained', 'recommend', { filter })];
  return section(`served, cold items, ${hidden.length} hidden`, measured(problem.cases, models, numbers));
}

/** NextInSession, answered by the service over a database that holds nothing yet, beside the model that it follows. */
export async function servedNextSection(ratings: Ratings, database: Database): Promise<Section> {
  const problem = problemOf(ratings, lastOne(ratings));
  const films = await ServedFilms.over(database, problem);
  const rows = measured(problem.cases, [
    popular(problem),
    recentKnn(problem),
    next(problem),
    await films.asModel('NextInSession', 'next'),
  ]);
  const served = rowOf(rows, 'NextInSession');
  const notes = ['transitions', 'cosine kNN, recent'].map((name) => differenceText(served, rowOf(rows, name)));
  return section('served, lastOne', rows, ...notes);
}

/** Warm: at least 5 ratings before the cut; cold: fewer, most of them none. */
export function temporalSections(ratings: Ratings, whole: boolean): { warm: Section; cold: Section } {
  const problem = problemOf(ratings, temporal(ratings));
  const isWarm = ({ user }: Case) => itemsOf(problem.byUser, user).length >= 5;
  const recent = recentlyPopular(problem);
  const factors = folded(problem, factorsOf(problem, whole ? 128 : 32));
  const blended = nowBlend(factors, recent);
  const more = whole ? [cosineKnn(problem), ease(problem), factors] : [];
  const warm = measured(problem.cases.filter(isWarm), [popular(problem), recent, ...more, blended]);
  const cold = measured(
    problem.cases.filter((each) => !isWarm(each)),
    [popular(problem), recent, blended],
  );
  return {
    warm: section('temporal, warm', warm, differenceText(rowOf(warm, 'blend'), rowOf(warm, 'recently popular'))),
    cold: section('temporal, cold', cold, differenceText(rowOf(cold, 'blend'), rowOf(cold, 'popular'))),
  };
}

export function lastFifthSection(ratings: Ratings): Section {
  const problem = problemOf(ratings, lastFifth(ratings));
  const trained = factorsOf(problem);
  const decayed = [20, 10, 5].map((halfLife) => folded(problem, trained, halfLife));
  const references = [popular(problem), recentlyPopular(problem), cosineKnn(problem), ease(problem)];
  const rows = measured(problem.cases, [...references, folded(problem, trained), ...decayed]);
  const notes = [10, 5].map((halfLife) =>
    differenceText(rowOf(rows, `factors, half-life ${halfLife}`), rowOf(rows, 'factors')),
  );
  return section('the last fifth of each person', rows, ...notes);
}

export function lastOneSection(ratings: Ratings): Section {
  const problem = problemOf(ratings, lastOne(ratings));
  const markov = { window: 1, shrinkage: 0, most: 200, last: 1 };
  const references = [
    popular(problem),
    sequence('Markov', problem, markov),
    cosineKnn(problem, plainKnn),
    recentKnn(problem),
    sessionKnn(problem),
  ];
  const rows = measured(problem.cases, [...references, next(problem)]);
  const own = rowOf(rows, 'transitions');
  return section(
    'leave the last one out',
    rows,
    ...references.map(({ name }) => differenceText(own, rowOf(rows, name))),
  );
}

export function coldItemsSection(ratings: Ratings): Section {
  const problem = problemOf(ratings, coldItems(ratings));
  const hidden = new Set(ratings.itemIds.flatMap((id, item) => (isHidden(id) ? [item] : [])));
  const features = filmFeatures(ratings.itemIds);
  const trained = factorsOf(problem, 64);
  const predicted = ridgeToFactors(problem, trained, features);
  const { dimensions } = trained.model;
  const itemFactors = trained.itemFactors.slice();
  for (const item of hidden) {
    const row = predicted.subarray(item * dimensions, (item + 1) * dimensions);
    itemFactors.set(row, item * dimensions);
  }
  const ridge = { ...folded(problem, { ...trained, itemFactors }), name: 'ridge to factors' };
  const content = contentCosine(problem, features);
  const byFeatures = predictedPopularity(problem, features);
  const rows = measured(problem.cases, [chance(problem), content, byFeatures, ridge], hidden);
  const notes = [content, byFeatures].map(({ name }) =>
    differenceText(rowOf(rows, 'ridge to factors'), rowOf(rows, name), 'recall20'),
  );
  return section(`cold items, ${hidden.size} hidden`, rows, ...notes);
}

/** An order of its own for each person, by a seed: what guessing gives. */
function chance({ pairs }: Problem): Model {
  const scorer = ({ user }: Case) => {
    const random = seededRandom(user + 1);
    return Float64Array.from({ length: pairs.itemCount }, random);
  };
  return { name: 'chance', bytes: 0, scorer };
}
