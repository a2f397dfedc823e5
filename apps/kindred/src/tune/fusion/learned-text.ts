import { type Column, renderTable } from '../../output/table.ts';
import type { LearnedWeight, WeightFigure } from './learn-dense-weight.ts';

const ndcg = (value: number) => value.toFixed(4);
const signed = (value: number) => `${value < 0 ? '-' : '+'}${ndcg(Math.abs(value))}`;

/** As stored with the weight and told in plan.notes: "learned from 78 judged queries on 2026-11-29, nDCG@10 .43 -> .46". */
export function sourceOf({ heldOut }: LearnedWeight, what: string, date: Date): string {
  const day = date.toISOString().slice(0, 10);
  return `learned from ${what} on ${day}, nDCG@10 ${ndcg(heldOut.current)} -> ${ndcg(heldOut.learned)}`;
}

export function weightTable({ curve, current, best }: LearnedWeight): string {
  const marked = (weight: number) =>
    `${weight === current.weight ? '*' : ''}${weight === best.weight && best.weight !== current.weight ? '>' : ''}`;
  const columns: Column<WeightFigure>[] = [
    { head: '', value: (row) => marked(row.weight) },
    { head: 'dense weight', right: true, value: (row) => row.weight.toFixed(2) },
    { head: 'nDCG@10', right: true, value: (row) => ndcg(row.ndcg) },
  ];
  return renderTable(columns, curve);
}

/** What came of it, and what to do. */
export function learnedLines({ current, best, heldOut, gain, better }: LearnedWeight, what: string): string[] {
  const interval = `${signed(gain.mean)} [${signed(gain.low)}, ${signed(gain.high)}]`;
  const first = `${what}; queries not learned from: nDCG@10 ${ndcg(heldOut.current)} -> ${ndcg(heldOut.learned)}, ${interval} (95 %)`;
  if (better)
    return [first, `Recommended: dense weight ${best.weight.toFixed(2)} instead of ${current.weight.toFixed(2)}.`];
  const why =
    best.weight === current.weight
      ? 'no other weight is better'
      : `the gain of ${best.weight.toFixed(2)} may be chance: its interval does not clear 0; judge more queries`;
  return [first, `Dense weight ${current.weight.toFixed(2)} stays: ${why}.`];
}

export const appliedLine = (name: string, { best }: LearnedWeight, source: string): string =>
  `! applied to ${name}: dense weight ${best.weight.toFixed(2)}, ${source}`;
