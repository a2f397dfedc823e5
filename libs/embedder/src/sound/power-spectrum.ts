export const frameLength = 400;
const size = 512;
export const spectrumBins = size / 2 + 1;

const window = Float64Array.from(
  { length: frameLength },
  (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / frameLength),
);
const cosines = Float64Array.from({ length: size / 2 }, (_, at) => Math.cos((2 * Math.PI * at) / size));
const sines = Float64Array.from({ length: size / 2 }, (_, at) => -Math.sin((2 * Math.PI * at) / size));
const reversed = Uint16Array.from({ length: size }, (_, at) =>
  Number.parseInt(at.toString(2).padStart(Math.log2(size), '0').split('').reverse().join(''), 2),
);

/** Squared magnitudes of the 257 frequencies of 400 samples from `from`, under a Hann window; past the end is silence. */
export function powerSpectrum(samples: Float32Array, from: number): Float64Array {
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let at = 0; at < frameLength; at++) real[reversed[at]!] = (samples[from + at] ?? 0) * window[at]!;
  transform(real, imaginary);
  return Float64Array.from({ length: spectrumBins }, (_, at) => real[at]! ** 2 + imaginary[at]! ** 2);
}

/** Radix-2 FFT in place, of values in bit-reversed order (Cooley and Tukey 1965). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let at = 0; at < half; at++) {
        const [upper, lower] = [start + at, start + at + half];
        const [c, s] = [cosines[at * stride]!, sines[at * stride]!];
        const re = real[lower]! * c - imaginary[lower]! * s;
        const im = real[lower]! * s + imaginary[lower]! * c;
        real[lower] = real[upper]! - re;
        imaginary[lower] = imaginary[upper]! - im;
        real[upper]! += re;
        imaginary[upper]! += im;
      }
    }
  }
}
