import { limits } from '@kindred/contracts';
import type { HitsOfValue } from '@kindred/ranking';
import { FactReader, type Gathering, type Known } from './gather.ts';
import { filtered, groupsAreFindable, withValues } from './group-filter.ts';
import { rankStage } from './rank-stage.ts';

/**
 * Candidates for the groups of a page that have fewer hits than asked for: the query once more, among their values alone.
 * They come behind all the others.
 */
export async function groupFill(
  gathering: Gathering,
  groups: readonly HitsOfValue<Known>[],
  candidates: readonly Known[],
): Promise<Known[]> {
  const { query, planned, snapshot, collections, narrowers } = gathering;
  const { field, size } = query.groupBy!;
  const short = groups.filter(({ value, hits }) => value !== undefined && hits.length < size).map(({ value }) => value);
  if (short.length === 0 || planned.stages.length > 0 || !groupsAreFindable(field, collections)) return [];
  const values = short.slice(0, limits.filterValues);
  const depth = Math.min(limits.pageDepth, Math.max(200, 2 * values.length * size));
  const among = filtered(narrowers, planned, withValues(field, values));
  const ranked = await rankStage({ snapshot }, among, depth);
  const seen = new Set(candidates.map(({ key }) => key));
  const last = candidates.at(-1)?.score ?? 0;
  const fresh = ranked.candidates.filter(({ key }) => !seen.has(key));
  const known = await new FactReader(gathering).known(fresh);
  return known.map((each) => ({ ...each, score: Math.min(last, each.score) }));
}
