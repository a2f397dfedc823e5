import type { TimeSlice } from '../time-slice.ts';
import { frameLength, powerSpectrum, spectrumBins } from './power-spectrum.ts';

/** Samples per second that everything here is for. */
export const melRate = 16_000;
export const melBands = 40;
/** Samples between two frames: 10 ms. */
const hop = 160;
const lowest = 60;
const highest = 7_000;
/** Energies this far below the clip's mean, 15 dB, count as silence: so noise changes little. */
const floor = 0.03;

/** Mel scale of O'Shaughnessy (1987), as in HTK. */
const melOf = (hertz: number) => 2_595 * Math.log10(1 + hertz / 700);
const hertzOf = (mel: number) => 700 * (10 ** (mel / 2_595) - 1);

interface Triangle {
  /** Index of the first frequency that counts. */
  first: number;
  weights: number[];
}

const triangles: Triangle[] = Array.from({ length: melBands }, (_, band) => {
  const step = (melOf(highest) - melOf(lowest)) / (melBands + 1);
  const edge = (at: number) => (hertzOf(melOf(lowest) + at * step) / melRate) * (spectrumBins - 1) * 2;
  const [left, middle, right] = [edge(band), edge(band + 1), edge(band + 2)];
  const first = Math.ceil(left);
  const weights: number[] = [];
  for (let bin = first; bin < right; bin++)
    weights.push(Math.max(0, bin <= middle ? (bin - left) / (middle - left) : (right - bin) / (right - middle)));
  return { first, weights };
});

/**
 * Natural logarithm of each frame's energy in 40 bands, against the clip's mean energy: the same for every gain.
 * Undefined for silence.
 */
export async function logMelFrames(samples: Float32Array, time: TimeSlice): Promise<Float32Array[] | undefined> {
  const frames: Float32Array[] = [];
  let sum = 0;
  for (let from = 0; from === 0 || from + frameLength <= samples.length; from += hop) {
    if (time.isOver) await time.pause();
    const spectrum = powerSpectrum(samples, from);
    const bands = Float32Array.from(triangles, (triangle) => energyIn(spectrum, triangle));
    sum += bands.reduce((energy, value) => energy + value, 0);
    frames.push(bands);
  }
  const mean = sum / (frames.length * melBands);
  if (mean < 1e-12) return undefined;
  return frames.map((bands) => bands.map((energy) => Math.log(energy / mean + floor)));
}

function energyIn(spectrum: Float64Array, { first, weights }: Triangle): number {
  let energy = 0;
  for (let at = 0; at < weights.length; at++) energy += weights[at]! * spectrum[first + at]!;
  return energy;
}
