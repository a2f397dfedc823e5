/** Most texts in a batch: more of them win nothing. */
const mostTexts = 64;

/**
 * Positions grouped by similar length, so that little is padded: longest first, each group at most `batchTokens` long
 * with its padding. A single text longer than that is a group of its own.
 */
export function lengthBatches(lengths: readonly number[], batchTokens: number): number[][] {
  const positions = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const at of positions) {
    if (batch.length === mostTexts || (batch.length > 0 && (batch.length + 1) * longest > batchTokens)) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) longest = Math.max(1, lengths[at]!);
    batch.push(at);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
