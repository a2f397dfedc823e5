/** Sounds made on the spot, the same for a seed every time. */
export const clipRate = 22_050;

/** Numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Voice = (time: number, random: () => number) => number;

/** A tone with overtones that fades. */
function note(random: () => number): Voice {
  const hertz = 110 * 2 ** (Math.floor(random() * 36) / 12);
  const overtones = Array.from({ length: 5 }, (_, at) => random() / (at + 1));
  const fade = 1 + random() * 6;
  return (time) =>
    Math.exp(-fade * time) *
    overtones.reduce((sum, strength, at) => sum + strength * Math.sin(2 * Math.PI * hertz * (at + 1) * time), 0);
}

/** A tone that slides up or down. */
function chirp(random: () => number): Voice {
  const from = 150 + random() * 2_000;
  const slope = (random() - 0.4) * 3_000;
  return (time) => 0.6 * Math.sin(2 * Math.PI * (from * time + (slope * time * time) / 2));
}

/** Noise of one color that fades. */
function burst(random: () => number): Voice {
  const smooth = random() * 0.95;
  const fade = 2 + random() * 20;
  let last = 0;
  return (time, noise) => {
    last = smooth * last + (1 - smooth) * (noise() * 2 - 1);
    return 1.5 * Math.exp(-fade * time) * last;
  };
}

/** A hum, warbling. */
function hum(random: () => number): Voice {
  const [hertz, warble, depth] = [80 + random() * 600, 1 + random() * 12, random()];
  return (time) => 0.4 * Math.sin(2 * Math.PI * hertz * time) * (1 + depth * Math.sin(2 * Math.PI * warble * time));
}

const voices = [note, chirp, burst, hum];

/** Two seconds, four to twelve events of one or two kinds of voice. -1 to 1. */
export function clip(seed: number): Float32Array {
  const random = randomFrom(seed * 7_919 + 1);
  const samples = new Float32Array(2 * clipRate);
  const kinds = [voices[seed % voices.length]!, voices[Math.floor(random() * voices.length)]!];
  const events = 4 + Math.floor(random() * 9);
  for (let event = 0; event < events; event++) {
    const voice = kinds[event % 2]!(random);
    const from = Math.floor(random() * 0.9 * samples.length);
    const length = Math.floor((0.1 + random() * 0.6) * clipRate);
    for (let at = 0; at < length && from + at < samples.length; at++)
      samples[from + at]! += voice(at / clipRate, random);
  }
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return samples.map((value) => (0.8 * value) / peak);
}

/** A WAV file of 16-bit samples, one channel. */
export function wav(samples: Float32Array, rate = clipRate): Uint8Array {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  for (const [at, value] of samples.entries())
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), 44 + at * 2);
  return file;
}

/** White noise at a ratio of signal to noise in dB. */
export function noisy(samples: Float32Array, decibels: number, seed = 1): Float32Array {
  const random = randomFrom(seed);
  const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
  // Uniform noise from -a to a has the power a²/3.
  const most = Math.sqrt((3 * power) / 10 ** (decibels / 10));
  return samples.map((value) => value + (random() * 2 - 1) * most);
}

/** Two one-pole filters after each other. */
export function lowPass(samples: Float32Array, hertz: number): Float32Array {
  const share = 1 - Math.exp((-2 * Math.PI * hertz) / clipRate);
  let [first, second] = [0, 0];
  return samples.map((value) => {
    first += share * (value - first);
    second += share * (first - second);
    return second;
  });
}

/** Another rate by straight lines between samples: a poor resampler, as the world has them. */
export function atRate(samples: Float32Array, rate: number): Float32Array {
  return Float32Array.from({ length: Math.floor((samples.length * rate) / clipRate) }, (_, at) => {
    const place = (at * clipRate) / rate;
    const low = Math.floor(place);
    return samples[low]! + ((samples[low + 1] ?? samples[low]!) - samples[low]!) * (place - low);
  });
}
