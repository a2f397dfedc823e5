import { mean } from '@kindred/ranking';

/** The power of x that y grows with: the slope of the least squares line through the logarithms. */
export function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const x = points.map((point) => Math.log(point[0]));
  const y = points.map((point) => Math.log(point[1]));
  const [middle, level] = [mean(x), mean(y)];
  const slope = x.reduce((sum, value, at) => sum + (value - middle) * (y[at]! - level), 0);
  return slope / x.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}
