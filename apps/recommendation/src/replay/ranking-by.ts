import { addBoost } from '@kindred/ranking';
import { regionalWeight } from '../recommend/gather.ts';
import type { NotedCandidate, NotedCandidates } from '../recommend/randomized-page.ts';
import { isGeneral, type SourceName, type SourceWeights } from '../scenario/scenario.ts';

/**
 * Noted candidates in the order that other weights give them, fused as the pool does: a person's own sources add up,
 * between these and what everybody likes the better counts. What is explored keeps its place; equal ones keep their
 * order.
 */
export function rankingBy({ items, sources: noted }: NotedCandidates, sources: SourceWeights): string[] {
  // Whom the trends of their region were added for: by no weight of the setting.
  const added = noted.trending === undefined && sources.trending === undefined && sources.popular !== undefined;
  const weights = added ? { ...sources, trending: regionalWeight * sources.popular! } : sources;
  const scored = items
    .filter(({ explored }) => !explored)
    .map((item) => ({ id: item.id, score: scoreBy(item, weights) }));
  scored.sort((left, right) => right.score - left.score);
  let next = 0;
  return items.map(({ id, explored }) => (explored ? id : scored[next++]!.id));
}

function scoreBy({ shares, fatigue = 1, boost }: NotedCandidate, weights: SourceWeights): number {
  let own = 0;
  let common = 0;
  for (const [name, share] of Object.entries(shares) as [SourceName, number][]) {
    const part = (weights[name] ?? 0) * share;
    if (isGeneral(name)) common = Math.max(common, part);
    else own += part;
  }
  const score = fatigue * Math.max(own, common);
  return boost === undefined ? score : addBoost(score, boost);
}
