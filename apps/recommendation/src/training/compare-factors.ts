import {
  bootstrapInterval,
  dot,
  type FactorModel,
  type FoldEvent,
  foldIn,
  mean,
  ndcgAt,
  recallAt,
  topItems,
} from '@kindred/ranking';
import type { Pause } from '../rebuild/breather.ts';
import type { TrainingData } from './training-data.ts';
import type { RunMetrics } from './training-run.store.ts';

/** People a model is measured on at most: the interval is narrow enough, and a comparison takes seconds. */
export const mostJudges = 2_000;

/** A model as it is compared: factors by item number; items it does not know are undefined. */
export interface Candidate {
  model: FactorModel;
  factors: readonly (Float32Array | undefined)[];
}

/** What a training has learned; views of its array. */
export function candidateOf(
  { itemIds }: TrainingData,
  { model, itemFactors }: { model: FactorModel; itemFactors: Float32Array },
): Candidate {
  const { dimensions } = model;
  return { model, factors: itemIds.map((_, item) => itemFactors.subarray(item * dimensions, (item + 1) * dimensions)) };
}

/** nDCG@10 on held-out events of up to 200 people, to watch a training by; 0 where there is nobody to measure on. */
export async function quickNdcg(data: TrainingData, candidate: Candidate, pause: Pause): Promise<number> {
  const all = judgesOf(data);
  const every = Math.max(1, Math.ceil(all.length / 200));
  const people = all.filter((_, at) => at % every === 0);
  if (people.length === 0) return 0;
  return mean((await outcomesOf(data, people, (user) => scoresBy(data, candidate, user), pause)).ndcg);
}

interface Outcome {
  ndcg: number[];
  recall: number[];
}

/** Ranks all items a person was not trained with, by the given scores; equal scores by item. Per person, in order. */
async function outcomesOf(
  data: TrainingData,
  people: readonly number[],
  scoresOf: (user: number) => Float64Array,
  pause: Pause,
): Promise<Outcome> {
  const outcome: Outcome = { ndcg: [], recall: [] };
  for (const user of people) {
    const scores = scoresOf(user);
    const { offsets, columns } = data.byUser;
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) scores[columns[at]!] = Number.NEGATIVE_INFINITY;
    const ranked = topItems(scores, 20).map(String);
    const grades = new Map(wantedItems(data, user).map((item) => [String(item), 1]));
    outcome.ndcg.push(ndcgAt(10, ranked, grades)!);
    outcome.recall.push(recallAt(20, ranked, grades)!);
    await pause();
  }
  return outcome;
}

/** The same people for every model: every k-th of those who have events to measure by and events to fold in. */
export function judgesOf(data: TrainingData): number[] {
  const { offsets } = data.byUser;
  const all: number[] = [];
  for (let user = 0; user < data.userCount; user++) {
    if (offsets[user + 1]! > offsets[user]! && wantedItems(data, user).length > 0) all.push(user);
  }
  const every = Math.max(1, Math.ceil(all.length / mostJudges));
  return all.filter((_, at) => at % every === 0);
}

/** Held-out items that the person is for. */
function wantedItems({ heldOut: { offsets, columns, weights } }: TrainingData, user: number): number[] {
  const [from, to] = [offsets[user]!, offsets[user + 1]!];
  return [...columns.subarray(from, to)].filter((_, at) => weights![from + at]! > 0);
}

/**
 * Measures factors on held-out events, by folding in what each person was trained with; beside them the active model, folded
 * in the same way from the same events, and popularity. Neither model was trained on any held-out event.
 */
export async function compareFactors(
  data: TrainingData,
  fresh: Candidate,
  active: Candidate | undefined,
  pause: Pause,
): Promise<RunMetrics> {
  const people = judgesOf(data);
  if (people.length === 0) return { ndcg10: 0, recall20: 0, popularNdcg10: 0, people: 0 };
  const of = (candidate: Candidate) => outcomesOf(data, people, (user) => scoresBy(data, candidate, user), pause);
  const own = await of(fresh);
  const popular = await outcomesOf(data, people, () => popularScores(data), pause);
  const metrics = { ndcg10: mean(own.ndcg), recall20: mean(own.recall), popularNdcg10: mean(popular.ndcg) };
  if (!active) return { ...metrics, people: people.length };
  const other = await of(active);
  const difference = bootstrapInterval(own.ndcg.map((value, at) => value - other.ndcg[at]!));
  return {
    ...metrics,
    activeNdcg10: mean(other.ndcg),
    activeRecall20: mean(other.recall),
    differenceLow: difference.low,
    differenceHigh: difference.high,
    people: people.length,
  };
}

function scoresBy(data: TrainingData, { model, factors }: Candidate, user: number): Float64Array {
  const { offsets, columns, weights } = data.byUser;
  const events: FoldEvent[] = [];
  for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
    const known = factors[columns[at]!];
    if (!known) continue;
    events.push({ itemId: data.itemIds[columns[at]!]!, occurredAt: 0, strength: weights?.[at] ?? 1, factors: known });
  }
  const vector = foldIn(model, events);
  if (!vector) return popularScores(data);
  return Float64Array.from(factors, (item) => (item ? dot(vector, item) : 0));
}

function popularScores({ byItem, itemIds }: TrainingData): Float64Array {
  return Float64Array.from(itemIds, (_, item) => byItem.offsets[item + 1]! - byItem.offsets[item]!);
}
