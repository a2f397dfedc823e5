// npm run bench:training [-- <most interactions>]: an epoch of iALS here and by implicit (PyPI), one thread each, by turns on the
// same data, and how its time grows. KINDRED_TEST_PYTHON names a Python with implicit; without it there is no comparison.
import os from 'node:os';
import { type AlsSettings, dot, mean } from '@kindred/ranking';
import { outcomeOf, type Scorer } from '../quality/recommend/evaluate.ts';
import { folded, trainedFactors } from '../quality/recommend/models.ts';
import { problemOf } from '../quality/recommend/problem.ts';
import { movieRatings } from '../quality/recommend/ratings.ts';
import { random80 } from '../quality/recommend/splits.ts';
import { pythonWith } from '../support/python.ts';
import { exponentOf } from './exponent.ts';
import { runImplicit } from './training/implicit-python.ts';
import { type Interactions, syntheticInteractions } from './training/synthetic-interactions.ts';

const settings: AlsSettings = { dimensions: 64, unobserved: 0.2, regularization: 0.01, exponent: 1, seed: 1 };
/** The best of 12 tries of alpha and regularization on random80: as good as the factors here. */
const theirs = { dimensions: 64, regularization: 30, alpha: 2.5 };
const measuredEpochs = 4;
const epochCounts = [2, 3, 4, 6, 8, 12, 15];
const least = 100_000;
const most = Number(process.argv[2] ?? 3_200_000);
const python = pythonWith('implicit');

console.log(`${os.cpus().length} cores, ${os.cpus()[0]!.model}, Node ${process.version}, d = ${settings.dimensions}`);
compareQuality();
compareTime();

/** nDCG@10 on random80 after so many epochs: how many each takes to be as good. */
function compareQuality(): void {
  const problem = problemOf(movieRatings(), random80(movieRatings()));
  const { byUser, pairs } = problem;
  const ndcgOf = (scorer: Scorer) => mean(outcomeOf(problem.cases, scorer).ndcg10).toFixed(4);
  const own = (epochs: number) => ndcgOf(folded(problem, trainedFactors(problem, settings, epochs)).scorer);
  const other = (approximate: boolean) => (epochs: number) => {
    const run = runImplicit(python!, byUser, pairs.itemCount, { ...theirs, epochs, approximate });
    const rowOf = (factors: Float32Array, at: number) => factors.subarray(at * 64, (at + 1) * 64);
    return ndcgOf(({ user }) =>
      Float64Array.from({ length: pairs.itemCount }, (_, item) =>
        dot(rowOf(run.userFactors, user), rowOf(run.itemFactors, item)),
      ),
    );
  };
  console.log(`\n| ml-latest-small, random80: nDCG@10 after | ${epochCounts.join(' | ')} epochs |`);
  console.log(`|${'---|'.repeat(1 + epochCounts.length)}`);
  const print = (name: string, after: (epochs: number) => string) =>
    console.log(`| ${[name, ...epochCounts.map(after)].join(' | ')} |`);
  print('kindred', own);
  if (!python) return;
  print('implicit, conjugate gradients', other(true));
  print('implicit, exact', other(false));
}

function compareTime(): void {
  console.log(
    '\n| interactions | people | items | kindred, s an epoch | ns an interaction | implicit, conjugate gradients | implicit, exact |',
  );
  console.log('|---|---|---|---|---|---|---|');
  const points: { count: number; seconds: number }[] = [];
  for (let size = least, step = 1; size <= most; size = Math.round(least * 10 ** (step++ / 2))) {
    const data = syntheticInteractions(size);
    const seconds = secondsPerEpoch(data);
    const count = data.byUser.columns.length;
    points.push({ count, seconds });
    const other = (approximate: boolean) => {
      if (!python) return '';
      const run = runImplicit(python, data.byUser, data.itemCount, {
        ...theirs,
        epochs: 1 + measuredEpochs,
        approximate,
      });
      return `${run.secondsPerEpoch.toFixed(3)} (${(seconds / run.secondsPerEpoch).toFixed(2)} x)`;
    };
    const own = [seconds.toFixed(3), ((seconds / count) * 1e9).toFixed(0)];
    console.log(`| ${[count, data.userCount, data.itemCount, ...own, other(true), other(false)].join(' | ')} |`);
  }
  if (points.length > 1) {
    console.log(
      `\ntime grows with interactions to the power of ${exponentOf(points.map(({ count, seconds }) => [count, seconds] as const)).toFixed(3)}`,
    );
  }
}

/** CPU seconds, mean of all epochs but the first. */
function secondsPerEpoch({ byUser, userCount, itemCount }: Interactions): number {
  let begun = process.cpuUsage();
  let used = begun;
  trainedFactors({ pairs: { userCount, itemCount }, byUser }, settings, 1 + measuredEpochs, (epoch) => {
    if (epoch === 1) begun = process.cpuUsage();
    used = process.cpuUsage(begun);
  });
  return (used.user + used.system) / 1e6 / measuredEpochs;
}
