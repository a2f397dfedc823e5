/**
 * The scores in the order of the texts, from a list of { index, score } or { results: [{ index, relevance_score }] }; or, as
 * a string, what is wrong with the answer.
 */
export function readScores(answer: string, count: number): number[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    // Python writes NaN as it is, which is no JSON.
    const page = /^\s*</.test(answer) ? 'HTML; check the url' : 'no JSON, or numbers that are not finite';
    return `it answered ${page}`;
  }
  const list = listOf(parsed);
  if (!list) return 'it answered without a list of results; check style and url';
  if (list.length !== count) return `it answered ${list.length} scores for ${count} texts`;
  const scores = new Array<number | undefined>(count).fill(undefined);
  for (const each of list) {
    const { index, score, relevance_score: relevance = score } = (each ?? {}) as Record<string, unknown>;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) {
      return 'it answered an index that no text has';
    }
    if (scores[index] !== undefined) return 'it answered an index twice';
    if (typeof relevance !== 'number' || !Number.isFinite(relevance))
      return 'it answered a score that is no finite number';
    scores[index] = relevance;
  }
  return scores as number[];
}

function listOf(parsed: unknown): unknown[] | undefined {
  if (Array.isArray(parsed)) return parsed;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { results, data } = parsed as Record<string, unknown>;
  const list = results ?? data;
  return Array.isArray(list) ? list : undefined;
}
