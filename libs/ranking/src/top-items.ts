const classes = 1_024;

/**
 * Numbers of the items with the highest scores above `above`, at most `most`, best first, the lower number first of equal ones;
 * never an item at -Infinity or NaN, and scores must be below Infinity. Counts scores by classes of equal width, so that only
 * those of the best classes are sorted.
 */
export function topItems(
  scores: Float64Array | Float32Array,
  most: number,
  above = Number.NEGATIVE_INFINITY,
): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (!(score > above)) continue;
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const scale = high > low ? (classes - 1) / (high - low) : 0;
  const counts = new Uint32Array(classes);
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (score > above) counts[((score - low) * scale) | 0]! += 1;
  }
  let least = classes - 1;
  for (let found = counts[least]!; found < most && least > 0; ) found += counts[--least]!;
  const items: number[] = [];
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (score > above && (((score - low) * scale) | 0) >= least) items.push(item);
  }
  return items.sort((left, right) => scores[right]! - scores[left]! || left - right).slice(0, most);
}
