import { toLength1 } from './to-length-1.ts';

const levels = 4;
export const colorHistogramDimensions = levels ** 3;

/**
 * Square roots of the share of pixels near each of 4 x 4 x 4 colors; a pixel between colors counts for all of them.
 * The inner product of two is their Bhattacharyya coefficient, before centering. Length 1.
 */
export function colorHistogram(pixels: Uint8Array): Float32Array {
  const histogram = new Float32Array(colorHistogramDimensions);
  for (let at = 0; at < pixels.length; at += 3) add(histogram, pixels, at);
  const roots = toLength1(histogram.map(Math.sqrt));
  const mean = roots.reduce((sum, value) => sum + value, 0) / roots.length;
  return toLength1(roots.map((value) => value - mean));
}

function add(histogram: Float32Array, pixels: Uint8Array, at: number): void {
  for (let corner = 0; corner < 8; corner++) {
    let cell = 0;
    let weight = 1;
    for (let channel = 0; channel < 3; channel++) {
      const value = (pixels[at + channel]! * (levels - 1)) / 255;
      const base = Math.min(Math.floor(value), levels - 2);
      const step = (corner >> channel) & 1;
      weight *= step ? value - base : 1 - (value - base);
      cell = cell * levels + base + step;
    }
    histogram[cell]! += weight;
  }
}
