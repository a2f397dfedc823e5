import { toLength1 } from './to-length-1.ts';

const cells = 6;
const bins = 10;
/** Cells in a row while gradients are shared: those of the border give some away. */
const framed = cells + 2;
export const orientedGradientsDimensions = cells * cells * bins;
/** Gradients below this come from rounding, in gray levels per two pixels. */
const noise = 1e-3;

/**
 * Histograms of oriented gradients over 6 x 6 cells and 10 directions of half a turn, shared among neighboring cells and
 * directions (Dalal and Triggs, CVPR 2005, section 6). Each cell is damped by the energy around it, all values are square
 * roots, centered. `focus`: how much the middle outweighs the border, which cropping takes away; 0 is not at all.
 * Length 1; zeros for a picture of one color.
 */
export function orientedGradients(gray: Float32Array, side: number, focus: number): Float32Array {
  const histogram = accumulate(gray, side);
  if (histogram.every((value) => value === 0)) return histogram;
  const damped = dampByNeighbors(histogram);
  const roots = toLength1(damped.map(Math.sqrt));
  for (let at = 0; at < roots.length; at++) roots[at]! *= focusOf(Math.floor(at / bins), focus);
  const mean = toLength1(roots).reduce((sum, value) => sum + value, 0) / roots.length;
  return toLength1(roots.map((value) => value - mean));
}

/** Every gradient is split among the four cells and two directions nearest to it. */
function accumulate(gray: Float32Array, side: number): Float32Array {
  const histogram = new Float32Array(framed * framed * bins);
  const places = placesOf(side);
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const right = gray[at + 1]! - gray[at - 1]!;
      const down = gray[at + side]! - gray[at - side]!;
      const strength = Math.sqrt(right * right + down * down);
      if (strength <= noise) continue;
      const turn = ((Math.atan2(down, right) / Math.PI + 1) * bins + bins - 0.5) % bins;
      const cell = (Math.floor(places[y]!) * framed + Math.floor(places[x]!)) * bins;
      const [below, beside] = [places[y]! % 1, places[x]! % 1];
      add(histogram, cell, turn, strength * (1 - below) * (1 - beside));
      add(histogram, cell + bins, turn, strength * (1 - below) * beside);
      add(histogram, cell + framed * bins, turn, strength * below * (1 - beside));
      add(histogram, cell + (framed + 1) * bins, turn, strength * below * beside);
    }
  }
  return withoutFrame(histogram);
}

/** Where each pixel stands between the middles of two cells, counted with the frame of cells around the picture. */
function placesOf(side: number): Float64Array {
  return Float64Array.from({ length: side }, (_, at) => (at * cells) / side + 0.5);
}

function add(histogram: Float32Array, cell: number, turn: number, part: number): void {
  const bin = Math.floor(turn);
  histogram[cell + bin]! += part * (bin + 1 - turn);
  histogram[cell + ((bin + 1) % bins)]! += part * (turn - bin);
}

function withoutFrame(histogram: Float32Array): Float32Array {
  const inner = new Float32Array(orientedGradientsDimensions);
  for (let row = 0; row < cells; row++) {
    const from = ((row + 1) * framed + 1) * bins;
    inner.set(histogram.subarray(from, from + cells * bins), row * cells * bins);
  }
  return inner;
}

function dampByNeighbors(histogram: Float32Array): Float32Array {
  const energy = Float32Array.from({ length: cells * cells }, (_, cell) =>
    histogram.subarray(cell * bins, (cell + 1) * bins).reduce((sum, value) => sum + value * value, 0),
  );
  const floor = (0.05 * energy.reduce((sum, value) => sum + value, 0)) / energy.length;
  return histogram.map((value, at) => value / (around(energy, Math.floor(at / bins)) + floor) ** 0.25);
}

/** Mean of a cell's energy and that of its neighbors. */
function around(energy: Float32Array, cell: number): number {
  const [row, column] = [Math.floor(cell / cells), cell % cells];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(cells - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(cells - 1, column + 1); x++) {
      sum += energy[y * cells + x]!;
      count += 1;
    }
  }
  return sum / count;
}

function focusOf(cell: number, focus: number): number {
  const middle = (cells - 1) / 2;
  const square = (Math.floor(cell / cells) - middle) ** 2 + ((cell % cells) - middle) ** 2;
  return Math.exp((-focus * square) / (cells / 2) ** 2);
}
