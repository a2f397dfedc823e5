import { seededRandom } from '@kindred/ranking';
import { breather } from '../rebuild/breather.ts';
import { candidateOf, compareFactors } from './compare-factors.ts';
import { type Epoch, trainFactors } from './train-factors.ts';
import { type TrainingData, validationData } from './training-data.ts';
import type { RunSettings } from './training-run.store.ts';
import type { RunPlan } from './training-run.ts';

/** What a trial is trained for at most: the order of settings shows by then. */
const trialEpochs = 6;

export interface Trial {
  done: number;
  best: RunSettings;
  /** Best nDCG@10 so far, on validation pairs. */
  ndcg: number;
}

/**
 * Random search (Bergstra and Bengio 2012) around the given settings, which are the first trial, on a twentieth of the pairs
 * that neither a trial nor the final comparison is trained or measured on. Ends after `trials`, or when no other fits into
 * `seconds`. The same seed tries the same settings.
 */
export async function* searchSettings(
  data: TrainingData,
  { settings, search, threads }: RunPlan,
): AsyncGenerator<Trial> {
  const validation = validationData(data);
  const random = seededRandom(settings.seed);
  const start = performance.now();
  let best: Trial | undefined;
  for (let trial = 0; trial < search.trials; trial++) {
    const tried = trial === 0 ? settings : variant(settings, random);
    const training = trainFactors(validation, { ...tried, epochs: Math.min(trialEpochs, tried.epochs) }, { threads });
    let last: Epoch | undefined;
    for await (const epoch of training) last = epoch;
    const { ndcg10 } = await compareFactors(validation, candidateOf(validation, last!), undefined, breather());
    best = !best || ndcg10 > best.ndcg ? { done: trial + 1, best: tried, ndcg: ndcg10 } : { ...best, done: trial + 1 };
    yield best;
    const spent = (performance.now() - start) / 1_000;
    if (spent + spent / (trial + 1) > search.seconds) return;
  }
}

function variant(settings: RunSettings, random: () => number): RunSettings {
  const scaled = (value: number, most: number) => Number((value * most ** (2 * random() - 1)).toPrecision(3));
  const exponent = [0.5, 0.75, 1][Math.floor(random() * 3)]!;
  // Of less exponent the same lambda regularizes less: the scale of a row of a hundred entries is kept.
  const regularization = scaled(settings.regularization, 3) * 100 ** (settings.exponent - exponent);
  return { ...settings, exponent, regularization, unobserved: Math.min(10, scaled(settings.unobserved, 3)) };
}
