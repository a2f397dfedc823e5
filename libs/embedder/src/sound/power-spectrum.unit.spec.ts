import { describe, expect, it } from 'vitest';
import { clip } from '../../../../test/support/clips.ts';
import { frameLength, powerSpectrum, spectrumBins } from './power-spectrum.ts';

/** By the definition of the discrete Fourier transform. */
function slowPower(samples: Float32Array, bin: number): number {
  let [real, imaginary] = [0, 0];
  for (let at = 0; at < frameLength; at++) {
    const value = (samples[at] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * at) / frameLength));
    real += value * Math.cos((2 * Math.PI * bin * at) / 512);
    imaginary -= value * Math.sin((2 * Math.PI * bin * at) / 512);
  }
  return real ** 2 + imaginary ** 2;
}

describe('power spectrum', () => {
  it('is what the definition says, for every frequency', () => {
    const samples = clip(9).slice(1_000, 1_000 + frameLength);
    const fast = powerSpectrum(samples, 0);
    expect(fast).toHaveLength(spectrumBins);
    for (const [bin, power] of fast.entries()) expect(power).toBeCloseTo(slowPower(samples, bin), 6);
  });

  it('hears silence behind the end', () => {
    const samples = clip(9).slice(1_000, 1_100);
    expect(powerSpectrum(samples, 0)[5]).toBeCloseTo(slowPower(samples, 5), 6);
  });
});
