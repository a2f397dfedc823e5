import { setImmediate } from 'node:timers/promises';
import decodeWav from '@audio/decode-wav';
import { KindredError } from '@kindred/contracts';
import { checkMediaType } from '../media/media-type.ts';
import { checkWavHeader } from './check-wav-header.ts';

export interface Sound {
  /** All channels in one, -1 to 1. */
  samples: Float32Array;
  /** Samples per second. */
  rate: number;
}

export interface SoundLimits {
  /** Longest clip. Checked while decoding: a short file can hold hours. */
  seconds: number;
}

export const defaultSoundLimits: SoundLimits = { seconds: 300 };

interface Decoded {
  channelData: Float32Array[];
  sampleRate: number;
}

interface Decoder {
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Decoded | Promise<Decoded>;
  free(): void;
}

/** Bytes decoded at a time: 2 kB of FLAC can already hold 9 million samples of silence. */
const pieces = { flac: 2_048, mp3: 16_384 };
const lowestRate = 4_000;
const highestRate = 384_000;

/** WAV, FLAC or MP3 to samples. Throws MEDIA_UNREADABLE with the field; MODEL_UNUSABLE if a decoder is not installed. */
export async function decodeSound(
  bytes: Uint8Array,
  limits: SoundLimits,
  field: string,
  signal?: AbortSignal,
): Promise<Sound> {
  const type = checkMediaType(bytes, 'sound', field);
  const track = new Track(limits, field);
  if (type === 'wav') {
    checkWavHeader(bytes, field);
    track.add(attempt(() => decodeWav(bytes), field));
    return track.sound();
  }
  const decoder = await openDecoder(type === 'flac' ? 'flac' : 'mp3');
  try {
    const size = pieces[type === 'flac' ? 'flac' : 'mp3'];
    for (let from = 0; from < bytes.length; from += size) {
      signal?.throwIfAborted();
      track.add(await decoder.decode(bytes.subarray(from, from + size)));
      if (from % 65_536 === 0) await setImmediate();
    }
    if (decoder.flush) track.add(await decoder.flush());
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof KindredError ? error : damaged(field, error);
  } finally {
    decoder.free();
  }
  return track.sound();
}

/** The decoders are optional packages: see docs/media.md for their licenses. */
async function openDecoder(type: 'flac' | 'mp3'): Promise<Decoder> {
  const name = type === 'flac' ? '@wasm-audio-decoders/flac' : 'mpg123-decoder';
  try {
    const decoder =
      type === 'flac'
        ? new (await import('@wasm-audio-decoders/flac')).FLACDecoder()
        : new (await import('mpg123-decoder')).MPEGDecoder();
    await decoder.ready;
    return decoder;
  } catch (cause) {
    const message = `The package "${name}", which reads ${type.toUpperCase()}, cannot be loaded; run npm install ${name}, or send WAV`;
    throw new KindredError('MODEL_UNUSABLE', 'provider', message, { cause });
  }
}

/** What was decoded so far, one channel. */
class Track {
  readonly #parts: Float32Array[] = [];
  #length = 0;
  #rate = 0;

  constructor(
    private readonly limits: SoundLimits,
    private readonly field: string,
  ) {}

  add({ channelData, sampleRate }: Decoded): void {
    const length = channelData[0]?.length ?? 0;
    if (length === 0) return;
    if (this.#rate === 0) this.#rate = sampleRate;
    if (sampleRate !== this.#rate || sampleRate < lowestRate || sampleRate > highestRate) throw damaged(this.field);
    this.#length += length;
    if (this.#length > this.limits.seconds * sampleRate) {
      const message = `${this.field} is longer than ${this.limits.seconds} seconds; send a shorter clip`;
      throw new KindredError('MEDIA_UNREADABLE', this.field, message);
    }
    this.#parts.push(mono(channelData));
  }

  sound(): Sound {
    if (this.#length === 0) throw damaged(this.field);
    const samples = new Float32Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      samples.set(part, at);
      at += part.length;
    }
    return { samples, rate: this.#rate };
  }
}

/** The mean of the channels; what is no number, as damaged WAVs of floats have it, is silence. */
function mono(channels: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(channels[0]!.length);
  for (const channel of channels) for (let at = 0; at < sum.length; at++) sum[at]! += channel[at]! / channels.length;
  return sum.map((value) => (Number.isFinite(value) ? value : 0));
}

function attempt(decode: () => Decoded, field: string): Decoded {
  try {
    return decode();
  } catch (cause) {
    throw damaged(field, cause);
  }
}

const damaged = (field: string, cause?: unknown) =>
  new KindredError('MEDIA_UNREADABLE', field, `${field} is a damaged sound; send it again from a file that plays`, {
    cause,
  });
