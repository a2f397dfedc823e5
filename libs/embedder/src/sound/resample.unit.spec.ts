import { describe, expect, it } from 'vitest';
import { TimeSlice } from '../time-slice.ts';
import { resample } from './resample.ts';

const tone = (hertz: number, rate: number) =>
  Float32Array.from({ length: rate }, (_, at) => Math.sin((2 * Math.PI * hertz * at) / rate));
const resampled = (hertz: number, rate: number) =>
  resample({ samples: tone(hertz, rate), rate }, 16_000, new TimeSlice());
const loudest = (samples: Float32Array) => samples.slice(500, -500).reduce((most, each) => Math.max(most, each), 0);

describe('resampling to 16 kHz', () => {
  it.each([8_000, 22_050, 44_100, 48_000])('keeps a tone of 1 kHz from %i samples a second', async (rate) => {
    const [found, wanted] = [await resampled(1_000, rate), tone(1_000, 16_000)];
    expect(found).toHaveLength(16_000);
    for (let at = 500; at < 15_500; at++) expect(Math.abs(found[at]! - wanted[at]!)).toBeLessThan(0.01);
  });

  it('removes a tone that 16 kHz cannot hold, which would come back as another', async () => {
    expect(loudest(await resampled(11_000, 44_100))).toBeLessThan(0.01);
  });

  it('leaves a sound of that rate as it is', async () => {
    const samples = tone(1_000, 16_000);
    expect(await resample({ samples, rate: 16_000 }, 16_000, new TimeSlice())).toBe(samples);
  });
});
