import { bootstrapInterval, type Interval, mean } from '@kindred/ranking';
import { betterOf, gainOf, type MethodFigures } from './method-figures.ts';

/** Legs that differ by less, as a share, ought to gain by being fused. */
const closeShare = 0.9;
const closeBar = 1.06;
const lexicalBar = 0.005;

const share = (value: number) => value.toFixed(4).replace(/^(-?)0\./, '$1.');
const short = (value: number) => value.toFixed(3).replace(/^(-?)0\./, '$1.');
const withInterval = (values: readonly number[]) => {
  const { mean: middle, low, high } = bootstrapInterval(values);
  return `${share(middle)} [${short(low)}, ${short(high)}]`;
};
const signed = (value: number) => `${value < 0 ? '-' : '+'}${short(Math.abs(value))}`;
export const gainText = ({ mean: middle, low, high }: Interval) =>
  `${signed(middle)} [${signed(low)}, ${signed(high)}]`;

const heads = ['', 'nDCG@10', 'MRR@10', 'R@10', 'R@100'];

/** One table of Markdown with aligned columns; 95 % intervals by bootstrap over the queries. */
export function methodTable(methods: readonly MethodFigures[]): string {
  const rows = methods.map(({ name, ndcg, mrr, recall10, recall100 }) => [
    name,
    ...[ndcg, mrr, recall10, recall100].map(withInterval),
  ]);
  return alignedTable(heads, rows);
}

export function alignedTable(head: readonly string[], rows: readonly string[][]): string {
  const widths = head.map((name, at) => Math.max(3, name.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

export const barHeads = ['data', 'model', 'lexical - BM25', 'hybrid / better leg', 'gain over it', 'reached'];

/** How far the reach is kept: lexical by the textbook, hybrid by the better leg. */
export function barRow(
  set: string,
  model: string,
  { bm25, lexical, dense, hybrid }: Record<'bm25' | 'lexical' | 'dense' | 'hybrid', MethodFigures>,
): string[] {
  const better = betterOf(lexical, dense);
  const worse = better === lexical ? dense : lexical;
  const bar = mean(worse.ndcg) >= closeShare * mean(better.ndcg) ? closeBar : 1;
  const off = mean(lexical.ndcg) - mean(bm25.ndcg);
  const ratio = mean(hybrid.ndcg) / mean(better.ndcg);
  const missed = [...(Math.abs(off) > lexicalBar ? ['lexical'] : []), ...(ratio < bar ? [`${bar.toFixed(2)} x`] : [])];
  const possible = 1 / mean(better.ndcg);
  const room = bar > possible ? ` (at most ${possible.toFixed(3)} is possible)` : '';
  return [
    set,
    model,
    off.toFixed(4),
    `${ratio.toFixed(3)} of ${better.name}`,
    gainText(gainOf(hybrid, better)),
    missed.length === 0 ? `yes, ${bar.toFixed(2)} x` : `no: ${missed.join(', ')}${room}`,
  ];
}
