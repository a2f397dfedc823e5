import { breadthName, type VectorShape, variantName } from './index-variant.ts';
import type { TuneResult } from './tune-result.ts';

/** Least recall@10, 0-1; or most milliseconds that 95 % of the searches take. */
export type TuneTarget = { recall: number } | { latencyMs: number };

export interface Recommendation {
  target: TuneTarget;
  /** Of those that --apply writes: HNSW over the vectors as they are stored. */
  best: TuneResult;
  /** Whether `best` reaches the target; else it comes nearest. */
  reached: boolean;
  /** Of everything, where that is another one. */
  overall?: TuneResult;
}

/** Undefined where nothing was measured that could be applied. */
export function recommend(
  results: readonly TuneResult[],
  target: TuneTarget,
  { stored }: VectorShape,
): Recommendation | undefined {
  const usable = results.filter(({ variant }) => variant.method === 'hnsw' && variant.element === stored);
  const best = bestOf(usable, target);
  if (!best) return undefined;
  const overall = bestOf(results, target)!;
  return { target, best, reached: reaches(best, target), ...(overall !== best && { overall }) };
}

const reaches = (result: TuneResult, target: TuneTarget): boolean =>
  'recall' in target ? result.recall10 >= target.recall : result.p95Ms <= target.latencyMs;

/** Of those within the target the most of the other thing; where none is within, the nearest to it. */
function bestOf(results: readonly TuneResult[], target: TuneTarget): TuneResult | undefined {
  const within = results.filter((result) => reaches(result, target));
  const forRecall = (left: TuneResult, right: TuneResult) =>
    right.recall10 - left.recall10 || right.qpsClients - left.qpsClients;
  const forSpeed = (left: TuneResult, right: TuneResult) =>
    right.qpsClients - left.qpsClients || left.memoryBytes - right.memoryBytes;
  const forLatency = (left: TuneResult, right: TuneResult) => left.p95Ms - right.p95Ms;
  if ('recall' in target) return (within.length > 0 ? within.toSorted(forSpeed) : results.toSorted(forRecall))[0];
  return (within.length > 0 ? within.toSorted(forRecall) : results.toSorted(forLatency))[0];
}

export function targetText(target: TuneTarget): string {
  return 'recall' in target ? `recall@10 of at least ${target.recall}` : `p95 of at most ${target.latencyMs} ms`;
}

export const settingText = ({ variant, breadth }: TuneResult) =>
  `${variantName(variant)} ${breadthName(variant)}=${breadth}`;

const figuresText = ({ recall10, recall10Error, p95Ms, qpsClients }: TuneResult) =>
  `recall@10 ${recall10.toFixed(3)} ± ${recall10Error.toFixed(3)}, p95 ${p95Ms.toFixed(1)} ms, ${Math.round(qpsClients)} QPS`;

/** In sentences, for the terminal and the report. */
export function recommendationLines({ target, best, reached, overall }: Recommendation): string[] {
  const lines = reached
    ? [`For a ${targetText(target)}: ${settingText(best)} (${figuresText(best)}).`]
    : [`Nothing reaches a ${targetText(target)}; nearest comes ${settingText(best)} (${figuresText(best)}).`];
  if (overall) {
    const what = `${settingText(overall)} (${figuresText(overall)})`;
    lines.push(
      `Better still, to be declared by kindred collections put (--apply writes HNSW over stored vectors): ${what}.`,
    );
  }
  return lines;
}
