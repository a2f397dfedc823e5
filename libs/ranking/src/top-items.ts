/** Numbers of the items with the highest scores, at most `most`, best first, the lower number first of equal ones; never an item at -Infinity. */
export function topItems(scores: Float64Array, most: number): number[] {
  const floor = scores.slice().sort()[Math.max(0, scores.length - most)]!;
  const found: number[] = [];
  scores.forEach((score, item) => {
    if (score >= floor && score > Number.NEGATIVE_INFINITY) found.push(item);
  });
  return found.sort((left, right) => scores[right]! - scores[left]! || left - right).slice(0, most);
}
