/** Rank correlation, -1 to 1; equal values share the mean of their ranks. NaN where one side is constant. */
export function spearman(left: readonly number[], right: readonly number[]): number {
  return pearson(ranksOf(left), ranksOf(right));
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranks[order[at]!] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

function pearson(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [leftMean, rightMean] = [mean(left), mean(right)];
  let [together, leftSquares, rightSquares] = [0, 0, 0];
  for (const [at, value] of left.entries()) {
    const [dx, dy] = [value - leftMean, right[at]! - rightMean];
    together += dx * dy;
    leftSquares += dx * dx;
    rightSquares += dy * dy;
  }
  return together / Math.sqrt(leftSquares * rightSquares);
}
