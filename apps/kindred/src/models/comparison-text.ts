import { modelName } from '@kindred/client';
import type { ModelComparison } from '@kindred/contracts';
import { count, duration, plural, score } from '../output/format.ts';
import { style } from '../output/style.ts';
import { renderTable } from '../output/table.ts';

type Row = [measure: string, left: string, right: string];

/** Both models beside one another; below it how far they agree, and what the judged queries say. */
export function comparisonText(comparison: ModelComparison): string {
  const { queries, judgedQueries } = comparison;
  if (queries === 0) {
    return 'nothing to compare with: the collection has no recent query; give judged ones with --judged <file>';
  }
  const ndcg = (value: number | undefined) => (value === undefined ? '' : score(value));
  const rows: Row[] = [
    ['nDCG@10', ndcg(comparison.leftNdcgAt10), ndcg(comparison.rightNdcgAt10)],
    ['latency p50', duration(comparison.leftP50Ms), duration(comparison.rightP50Ms)],
    ['latency p95', duration(comparison.leftP95Ms), duration(comparison.rightP95Ms)],
  ];
  const columns = [
    { head: '', value: ([measure]: Row) => measure },
    { head: modelName(comparison.left), right: true, value: ([, left]: Row) => left },
    { head: modelName(comparison.right), right: true, value: ([, , right]: Row) => right },
  ];
  const judged = judgedQueries === 0 ? 'none of them judged' : `${count(judgedQueries)} of them judged`;
  return [
    style('bold', `${plural(queries, 'query', 'queries')}, ${judged}`),
    renderTable(
      columns,
      rows.filter(([, left, right]) => left !== '' || right !== ''),
    ),
    `overlap@10 ${score(comparison.overlapAt10)}: the share of the first ten that both have`,
    ...differenceLine(comparison),
  ].join('\n');
}

/** Whether the interval leaves room for doubt. */
function differenceLine(comparison: ModelComparison): string[] {
  const { leftNdcgAt10: left, rightNdcgAt10: right, ndcgDifferenceLow: low, ndcgDifferenceHigh: high } = comparison;
  if (left === undefined || right === undefined) return [];
  const difference = `nDCG@10 ${signed(right - left)}`;
  if (low === undefined || high === undefined) return [difference];
  const name = modelName(comparison.right);
  const verdict =
    low > 0
      ? style('green', `${name} is better`)
      : high < 0
        ? style('red', `${name} is worse`)
        : 'these queries show no difference';
  return [`${difference}, 95 % ${signed(low)} to ${signed(high)}: ${verdict}`];
}

const signed = (value: number) => `${value < 0 ? '−' : '+'}${score(Math.abs(value))}`;
