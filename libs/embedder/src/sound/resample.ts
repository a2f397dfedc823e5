import type { TimeSlice } from '../time-slice.ts';
import type { Sound } from './decode-sound.ts';

/** Zero crossings of the filter on each side. */
const crossings = 12;
/** Filter values between two crossings. */
const steps = 256;
/** Samples computed between two looks at the clock. */
const together = 1_024;

const filter = Float32Array.from({ length: crossings * steps + 2 }, (_, at) => {
  const x = at / steps;
  if (x >= crossings) return 0;
  const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / crossings);
  return x === 0 ? 1 : (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
});

/**
 * Band-limited resampling with a windowed sinc (Smith and Gossett, ICASSP 1984): what the new rate cannot hold is
 * filtered out. A sound of that rate already is returned as it is.
 */
export async function resample({ samples, rate }: Sound, to: number, time: TimeSlice): Promise<Float32Array> {
  if (rate === to) return samples;
  const scale = Math.min(1, to / rate);
  const result = new Float32Array(Math.max(1, Math.floor((samples.length * to) / rate)));
  for (let at = 0; at < result.length; at++) {
    if (at % together === 0 && time.isOver) await time.pause();
    result[at] = sampleAt(samples, (at * rate) / to, scale);
  }
  return result;
}

function sampleAt(samples: Float32Array, position: number, scale: number): number {
  const reach = crossings / scale;
  const first = Math.max(0, Math.ceil(position - reach));
  const last = Math.min(samples.length - 1, Math.floor(position + reach));
  let sum = 0;
  for (let at = first; at <= last; at++) {
    const place = Math.abs(at - position) * scale * steps;
    const low = Math.floor(place);
    sum += samples[at]! * (filter[low]! + (filter[low + 1]! - filter[low]!) * (place - low));
  }
  return sum * scale;
}
