import type { SparseRows } from '../interaction-matrix.ts';
import { invertPositive } from './invert-positive.ts';
import { widthOf } from './kernels.ts';
import { OuterProducts } from './outer-products.ts';
import { ridgeFactors, ridgeWeights } from './ridge.ts';

/** How an item that nobody has met gets factors from what is known of it. */
export interface FactorMap {
  dimensions: number;
  /** featureCount x dimensions. */
  byFeature: Float32Array;
  /** Dimensions of a content vector x dimensions, for what features leave unexplained; absent: content says nothing more. */
  byContent?: Float32Array | undefined;
}

/** Items whose factors are known, as rows. */
export interface DescribedRows {
  features: SparseRows;
  featureCount: number;
  /** rows x its dimensions, zeros where a row has none. */
  content?: Float32Array | undefined;
  factors: Float32Array;
  /** How many people each row's factors were learned from. */
  counts: ArrayLike<number>;
}

/** Chosen on cold items of ml-latest-small (docs/recommend-quality.md); 1 and 10 lose .01 of Recall@20 .27. */
const regularization = 3;
/** A row of n people counts n / (n + 3). */
const trust = 3;
/** Every tenth row tells what the map is worth. */
const judgeEvery = 10;
/** Less is chance. */
const leastExplained = 0.01;
const rowsPerSum = 256;

/**
 * Ridge regression to factors, in two stages: from features, then from content vectors to what is left, which a row without
 * content does without. `explained` is the share of the factors' squares, beside those of their mean, that the same regression
 * finds in every tenth row without having seen it (R squared, at most 1). Content that adds nothing there is left
 * out; without a hundredth in all there is no map.
 */
export function fitFactorMap(rows: DescribedRows): { map: FactorMap | undefined; explained: number } {
  const weights = Float64Array.from(rows.counts, (count) => count / (count + trust));
  const trained = weights.map((weight, row) => (row % judgeEvery === 0 ? 0 : weight));
  const judged = weights.map((weight, row) => (row % judgeEvery === 0 ? weight : 0));
  const trial = fitted(rows, trained);
  const byFeature = explainedBy(rows, { ...trial, byContent: undefined }, { trained, judged });
  const byBoth = trial.byContent ? explainedBy(rows, trial, { trained, judged }) : Number.NEGATIVE_INFINITY;
  const explained = Math.max(byFeature, byBoth);
  if (!(explained >= leastExplained)) return { map: undefined, explained };
  const content = byBoth > byFeature ? rows.content : undefined;
  return { map: fitted({ ...rows, content }, weights), explained };
}

/** Writes the factors of one item into `out`; without content its features alone speak. */
export function mapFactors(
  { byFeature, byContent }: FactorMap,
  features: ArrayLike<number>,
  content: Float32Array | undefined,
  out: Float32Array,
): void {
  ridgeFactors(byFeature, features, out);
  if (!byContent || !content) return;
  for (let at = 0; at < content.length; at++) {
    const value = content[at]!;
    const start = at * out.length;
    for (let k = 0; k < out.length; k++) out[k] = out[k]! + value * byContent[start + k]!;
  }
}

function fitted(rows: DescribedRows, rowWeights: Float64Array): FactorMap {
  const { features, featureCount, factors, content } = rows;
  const dimensions = factors.length / rowWeights.length;
  const byFeature = ridgeWeights(features, featureCount, factors, { regularization, rowWeights });
  if (!content) return { dimensions, byFeature };
  const left = factors.slice();
  eachRow(rows, { dimensions, byFeature }, rowWeights, (row, predicted) => {
    for (let k = 0; k < dimensions; k++) left[row * dimensions + k]! -= predicted[k]!;
  });
  return { dimensions, byFeature, byContent: denseRidge(content, left, rowWeights) };
}

/** (X'CX + lambda I)^-1 X'CY of dense rows X. */
function denseRidge(content: Float32Array, targets: Float32Array, rowWeights: Float64Array): Float32Array {
  const rowCount = rowWeights.length;
  const [width, dimensions] = [content.length / rowCount, targets.length / rowCount];
  const inverse = invertPositive(gramian(content, rowWeights, width), width);
  const right = new Float64Array(width * dimensions);
  for (let row = 0; row < rowCount; row++) {
    if (rowWeights[row] === 0) continue;
    for (let at = 0; at < width; at++) {
      const value = rowWeights[row]! * content[row * width + at]!;
      for (let k = 0; k < dimensions; k++) right[at * dimensions + k]! += value * targets[row * dimensions + k]!;
    }
  }
  const solved = new Float64Array(width * dimensions);
  for (let at = 0; at < width; at++) {
    for (let from = 0; from < width; from++) {
      const value = inverse[at * width + from]!;
      for (let k = 0; k < dimensions; k++) solved[at * dimensions + k]! += value * right[from * dimensions + k]!;
    }
  }
  return Float32Array.from(solved);
}

function gramian(content: Float32Array, rowWeights: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width * width);
  const products = new OuterProducts(rowsPerSum, width);
  const stride = widthOf(width);
  let held = 0;
  for (let row = 0; row < rowWeights.length; row++) {
    const root = Math.sqrt(rowWeights[row]!);
    for (let at = 0; at < width; at++) products.rows[held * stride + at] = root * content[row * width + at]!;
    if (++held < rowsPerSum) continue;
    products.addTo(sums, held, width);
    held = 0;
  }
  if (held > 0) products.addTo(sums, held, width);
  for (let at = 0; at < width; at++) sums[at * width + at]! += regularization;
  return sums;
}

/** 1 - what is left of the judged rows' squares / what their distance to the trained rows' mean leaves. */
function explainedBy(
  rows: DescribedRows,
  map: FactorMap,
  { trained, judged }: { trained: Float64Array; judged: Float64Array },
): number {
  const { dimensions } = map;
  const total = trained.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(dimensions);
  for (const [row, weight] of trained.entries()) {
    for (let k = 0; k < dimensions; k++) mean[k]! += (weight / total) * rows.factors[row * dimensions + k]!;
  }
  let [left, all] = [0, 0];
  eachRow(rows, map, judged, (row, predicted) => {
    for (let k = 0; k < dimensions; k++) {
      const factor = rows.factors[row * dimensions + k]!;
      left += judged[row]! * (factor - predicted[k]!) ** 2;
      all += judged[row]! * (factor - mean[k]!) ** 2;
    }
  });
  return all > 0 && total > 0 ? 1 - left / all : Number.NEGATIVE_INFINITY;
}

/** What the map gives to each row that counts. */
function eachRow(
  { features: { offsets, columns }, content }: DescribedRows,
  map: FactorMap,
  rowWeights: Float64Array,
  take: (row: number, predicted: Float32Array) => void,
): void {
  const rowCount = offsets.length - 1;
  const width = content ? content.length / rowCount : 0;
  const predicted = new Float32Array(map.dimensions);
  for (let row = 0; row < rowCount; row++) {
    if (rowWeights[row] === 0) continue;
    const own = content?.subarray(row * width, (row + 1) * width);
    mapFactors(map, columns.subarray(offsets[row]!, offsets[row + 1]!), own, predicted);
    take(row, predicted);
  }
}
