import { toLength1 } from '../image/to-length-1.ts';
import { melBands } from './mel-bands.ts';

export interface SoundParameters {
  /** Shares of the cosine: mean and deviation of the bands, those of the cepstrum, its change, its course in time. */
  bandMeans: number;
  bandDeviations: number;
  cepstrumMeans: number;
  cepstrumDeviations: number;
  cepstrumChanges: number;
  course: number;
}

/** Cepstral coefficients, without the first, which is loudness. */
const coefficients = 13;
/** Frames that a change is measured over, on each side. */
const reach = 2;
/** Parts of a clip, of equal length, whose cepstra tell its course. */
const sections = 8;

export const soundDimensions = 2 * melBands + 3 * coefficients + sections * coefficients;

/** DCT-II (Davis and Mermelstein 1980, equation 1). */
const cosines = Array.from({ length: coefficients }, (_, k) =>
  Float32Array.from(
    { length: melBands },
    (_, band) => Math.cos((Math.PI * (k + 1) * (band + 0.5)) / melBands) * Math.sqrt(2 / melBands),
  ),
);

/** Frames of `logMelFrames` to a vector of length 1: each part centered, of length 1 and weighted. */
export function soundVector(frames: readonly Float32Array[], parameters: SoundParameters): Float32Array {
  const cepstra = frames.map((bands) => Float32Array.from(cosines, (wave) => product(wave, bands)));
  const changes = cepstra.map((_, at) => changeAt(cepstra, at));
  const parts: [number, Float32Array][] = [
    [parameters.bandMeans, centered(meanOf(frames))],
    [parameters.bandDeviations, centered(deviationOf(frames))],
    [parameters.cepstrumMeans, meanOf(cepstra)],
    [parameters.cepstrumDeviations, centered(deviationOf(cepstra))],
    [parameters.cepstrumChanges, centered(deviationOf(changes))],
    [parameters.course, courseOf(cepstra)],
  ];
  return toLength1(
    Float32Array.from(parts.flatMap(([share, part]) => [...toLength1(part)].map((value) => value * Math.sqrt(share)))),
  );
}

/** How each section's mean differs from the clip's: the order of events, which statistics forget. */
function courseOf(cepstra: readonly Float32Array[]): Float32Array {
  const mean = meanOf(cepstra);
  const means = Array.from({ length: sections }, (_, at) => {
    const from = Math.min(Math.floor((at * cepstra.length) / sections), cepstra.length - 1);
    const to = Math.max(from + 1, Math.floor(((at + 1) * cepstra.length) / sections));
    return [...meanOf(cepstra.slice(from, to))].map((value, k) => value - mean[k]!);
  });
  return Float32Array.from(means.flat());
}

/** Regression over neighboring frames (Furui 1986, equation 1); the ends repeat. */
function changeAt(cepstra: readonly Float32Array[], at: number): Float32Array {
  const frameAt = (index: number) => cepstra[Math.min(Math.max(index, 0), cepstra.length - 1)]!;
  const change = new Float32Array(coefficients);
  for (let step = 1; step <= reach; step++) {
    const [after, before] = [frameAt(at + step), frameAt(at - step)];
    for (let k = 0; k < coefficients; k++) change[k]! += (step * (after[k]! - before[k]!)) / 10;
  }
  return change;
}

function meanOf(frames: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(frames[0]!.length);
  for (const frame of frames) for (let at = 0; at < mean.length; at++) mean[at]! += frame[at]! / frames.length;
  return mean;
}

function deviationOf(frames: readonly Float32Array[]): Float32Array {
  const mean = meanOf(frames);
  const squares = new Float32Array(mean.length);
  for (const frame of frames)
    for (let at = 0; at < mean.length; at++) squares[at]! += (frame[at]! - mean[at]!) ** 2 / frames.length;
  return squares.map(Math.sqrt);
}

function centered(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

const product = (left: Float32Array, right: Float32Array) =>
  left.reduce((sum, value, at) => sum + value * right[at]!, 0);
