import { bootstrapInterval, mean } from '@kindred/ranking';
import { type Outcome, outcomeOf } from './evaluate.ts';
import type { Model } from './models.ts';
import type { Case } from './problem.ts';

export interface Row {
  name: string;
  outcome: Outcome;
  bytes: number;
}

export function measured(cases: readonly Case[], models: readonly Model[], among?: ReadonlySet<number>): Row[] {
  return models.map(({ name, scorer, bytes }) => ({ name, bytes, outcome: outcomeOf(cases, scorer, among) }));
}

export const rowOf = (rows: readonly Row[], name: string): Row => rows.find((row) => row.name === name)!;

const figure = (value: number) => value.toFixed(4).replace(/^(-?)0/, '$1');

/** A table for people: means with 95 % bootstrap intervals over people. */
export function tableOf(title: string, rows: readonly Row[]): string {
  const interval = (values: readonly number[]) => {
    const { low, mean: middle, high } = bootstrapInterval(values);
    return `${figure(middle)} (${figure(low)}–${figure(high)})`;
  };
  const lines = rows.map(({ name, outcome, bytes }) => {
    const { ndcg10, recall20, ndcg100 } = outcome;
    return `| ${name} | ${interval(ndcg10)} | ${interval(recall20)} | ${figure(mean(ndcg100))} | ${(bytes / 1e6).toFixed(1)} |`;
  });
  const people = rows[0]!.outcome.ndcg10.length;
  const head = ['| model | nDCG@10 | Recall@20 | nDCG@100 | MB |', '|---|---|---|---|---|'];
  return [`## ${title}: ${people} people`, '', ...head, ...lines, ''].join('\n');
}

/** The paired difference left - right per person, and whether its interval clears zero. */
export function differenceOf(left: Row, right: Row, metric: 'ndcg10' | 'recall20' = 'ndcg10') {
  const values = left.outcome[metric].map((value, at) => value - right.outcome[metric][at]!);
  return bootstrapInterval(values);
}

export function differenceText(left: Row, right: Row, metric: 'ndcg10' | 'recall20' = 'ndcg10'): string {
  const { low, mean: middle, high } = differenceOf(left, right, metric);
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'no difference';
  return `${metric} of "${left.name}" minus "${right.name}": ${figure(middle)} (${figure(low)} to ${figure(high)}): ${verdict}`;
}
