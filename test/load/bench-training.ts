// npm run bench:training [-- <most interactions>]: an epoch of iALS here and by implicit (PyPI), one thread each, by turns on the
// same data, and how its time grows. KINDRED_TEST_PYTHON names a Python with implicit; without it there is no comparison.
import os from 'node:os';
import { type AlsSettings, dot, mean } from '@kindred/ranking';
import { outcomeOf } from '../quality/recommend/evaluate.ts';
import { folded, trainedFactors } from '../quality/recommend/models.ts';
import { problemOf } from '../quality/recommend/problem.ts';
import { movieRatings } from '../quality/recommend/ratings.ts';
import { random80 } from '../quality/recommend/splits.ts';
import { pythonWith } from '../support/python.ts';
import { runImplicit } from './training/implicit-python.ts';
import { type Interactions, syntheticInteractions } from './training/synthetic-interactions.ts';

const settings: AlsSettings = { dimensions: 64, unobserved: 0.2, regularization: 0.01, exponent: 1, seed: 1 };
/** The best of 12 tries of alpha and regularization on random80: as good as the factors here. */
const theirs = { dimensions: 64, regularization: 30, alpha: 2.5 };
const measuredEpochs = 4;
const most = Number(process.argv[2] ?? 3_000_000);
const python = pythonWith('implicit');

console.log(`${os.cpus().length} cores, ${os.cpus()[0]!.model}, Node ${process.version}, d = ${settings.dimensions}`);
compareQuality();
compareTime();

/** nDCG@10 on random80 of what both give after as many epochs as they have by default. */
function compareQuality(): void {
  const problem = problemOf(movieRatings(), random80(movieRatings()));
  const ndcgOf = (scorer: Parameters<typeof outcomeOf>[1]) => mean(outcomeOf(problem.cases, scorer).ndcg10).toFixed(4);
  const own = folded(problem, trainedFactors(problem, settings, 12)).scorer;
  console.log(`\nml-latest-small, random80, nDCG@10: kindred, 12 epochs ${ndcgOf(own)}`);
  if (!python) return;
  const { itemCount } = problem.pairs;
  for (const approximate of [true, false]) {
    const { userFactors, itemFactors } = runImplicit(python, problem.byUser, itemCount, {
      ...theirs,
      epochs: 15,
      approximate,
    });
    const rowOf = (factors: Float32Array, at: number) => factors.subarray(at * 64, (at + 1) * 64);
    const scorer = ({ user }: { user: number }) =>
      Float64Array.from({ length: itemCount }, (_, item) => dot(rowOf(userFactors, user), rowOf(itemFactors, item)));
    console.log(`implicit, ${approximate ? 'conjugate gradients' : 'exact'}, 15 epochs: ${ndcgOf(scorer)}`);
  }
}

function compareTime(): void {
  console.log(
    '\n| interactions | people | items | kindred, s an epoch | implicit, conjugate gradients | implicit, exact |',
  );
  console.log('|---|---|---|---|---|---|');
  const points: { count: number; seconds: number }[] = [];
  for (let size = 100_000; size <= most; size *= Math.sqrt(10)) {
    const data = syntheticInteractions(Math.round(size));
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
      return `${run.secondsPerEpoch.toFixed(2)} (${(seconds / run.secondsPerEpoch).toFixed(2)} x)`;
    };
    const cells = [count, data.userCount, data.itemCount, seconds.toFixed(2), other(true), other(false)];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(`\ntime grows with interactions to the power of ${exponentOf(points).toFixed(3)}`);
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

/** Slope of the least squares line through the logarithms. */
function exponentOf(points: readonly { count: number; seconds: number }[]): number {
  const x = points.map(({ count }) => Math.log(count));
  const y = points.map(({ seconds }) => Math.log(seconds));
  const [middle, level] = [mean(x), mean(y)];
  const slope = x.reduce((sum, value, at) => sum + (value - middle) * (y[at]! - level), 0);
  return slope / x.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}
