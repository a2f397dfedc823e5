import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clip, clipRate, noisy, wav } from '../../../../test/support/clips.ts';
import type { EmbedInput } from '../embedding-model.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import { openModel } from '../open-model.ts';

const definition = (parameters: Record<string, unknown> = {}) => ({
  name: 'clips',
  version: '2',
  provider: 'sound',
  parameters,
});
const sound = (bytes: Uint8Array): EmbedInput => ({ kind: 'sound', bytes });
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/clips/${name}`, import.meta.url));
const model = await openModel(definition());
const vectorOf = async (bytes: Uint8Array) => (await model.embed([sound(bytes)], 'document'))[0]!;
const similarity = async (left: Uint8Array, right: Uint8Array) => cosine(await vectorOf(left), await vectorOf(right));

describeModel('the built-in sound model', () => openModel(definition()), [
  sound(wav(clip(20).slice(0, 11_025))),
  sound(fixture('clip-2.mp3')),
  sound(fixture('clip-0.flac')),
  sound(wav(clip(21))),
]);

/** A WAV header of these fields before 1,000 bytes of data. */
function wavOf({ format = 1, channels = 1, rate = 16_000, block = 2, bits = 16 }): Uint8Array {
  const file = Buffer.from(wav(noisy(new Float32Array(500).fill(0.5), 10), rate));
  file.writeUInt16LE(format, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt16LE(block, 32);
  file.writeUInt16LE(bits, 34);
  return file;
}

describe('built-in sound model', () => {
  it('names itself as it was registered', () => {
    expect(model.identity).toMatchObject({ name: 'clips', version: '2', provider: 'sound', dimensions: 223 });
  });

  it('gives the same vector at every gain', async () => {
    const samples = clip(3).map((value) => value * 0.9);
    expect(await similarity(wav(samples), wav(samples.map((value) => value / 20)))).toBeGreaterThan(0.999);
  });

  it('finds a copy under noise, at another rate and encoded as MP3', async () => {
    const original = wav(clip(4));
    const other = await similarity(original, wav(clip(5)));
    expect(await similarity(original, wav(noisy(clip(4), 20)))).toBeGreaterThan(other + 0.2);
    expect(await similarity(original, fixture('clip-4.mp3'))).toBeGreaterThan(other + 0.2);
  });

  it('hears in a FLAC what is in the WAV', async () => {
    expect(await similarity(wav(clip(1)), fixture('clip-1.flac'))).toBeGreaterThan(0.9999);
  });

  it('knows which of two events came first', async () => {
    const forwards = clip(6);
    expect(await similarity(wav(forwards), wav(forwards.toReversed()))).toBeLessThan(0.9);
  });

  it('takes two channels for their mean', async () => {
    const mono = clip(7);
    const stereo = new Float32Array(mono.length * 2);
    for (const [at, value] of mono.entries()) stereo.fill(value, at * 2, at * 2 + 2);
    const file = Buffer.from(wav(stereo));
    file.writeUInt16LE(2, 22);
    file.writeUInt32LE(clipRate * 4, 28);
    file.writeUInt16LE(4, 32);
    expect(await similarity(wav(mono), file)).toBeGreaterThan(0.9999);
  });

  it('refuses a clip that is too long, before an hour of it is decoded', async () => {
    const short = await openModel(definition({ maxSeconds: 1 }));
    for (const bytes of [wav(clip(1)), fixture('clip-1.mp3'), fixture('clip-1.flac')])
      await expect(short.embed([sound(bytes)], 'query')).rejects.toMatchObject({
        code: 'MEDIA_UNREADABLE',
        field: 'inputs[0]',
        message: expect.stringContaining('longer than 1 seconds'),
      });
  });

  it.each([
    ['nothing', new Uint8Array(), 'is empty'],
    ['text', Buffer.from('딩동'), 'not a sound of a known type'],
    ['silence', wav(new Float32Array(20_000)), 'silence'],
    ['a WAV header alone', wav(clip(1)).subarray(0, 20), 'without a header'],
    ['a WAV without samples', wav(new Float32Array()), 'damaged'],
    ['a FLAC header alone', fixture('clip-0.flac').subarray(0, 60), 'damaged'],
    ['an MP3 header alone', fixture('clip-0.mp3').subarray(0, 40), 'damaged'],
    ['a WAV of thousands of channels', wavOf({ channels: 65_535, block: 1 }), 'a format that is not read'],
    ['a WAV of blocks without bytes', wavOf({ block: 0 }), 'a format that is not read'],
    ['a WAV of half bytes', wavOf({ format: 17, bits: 4 }), 'a format that is not read'],
    ['a WAV of one sample a second', wavOf({ rate: 1 }), 'damaged'],
  ])('refuses %s and names the input', async (_name, bytes, message) => {
    await expect(model.embed([sound(wav(clip(1))), sound(bytes)], 'document')).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
      field: 'inputs[1]',
      message: expect.stringContaining(message),
    });
  });

  it('hears what is left of a file that ends early', async () => {
    const whole = fixture('clip-1.flac');
    const vector = await vectorOf(whole.subarray(0, whole.length / 2));
    expect(cosine(vector, vector)).toBeCloseTo(1, 4);
  });

  it.each([{ maxSeconds: 0 }, { maxSeconds: '9' }, { seconds: 3 }])('refuses the parameters %j', async (parameters) => {
    await expect(openModel(definition(parameters))).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: `parameters.${Object.keys(parameters)[0]}`,
    });
  });

  it('lets other tasks run, and stops within a clip when the signal is aborted', async () => {
    const long = wav(noisy(new Float32Array(30 * clipRate).fill(0.1), 10));
    const controller = new AbortController();
    const embedding = model.embed([sound(long)], 'document', controller.signal);
    setTimeout(() => controller.abort(new Error('the caller left')), 20);
    await expect(embedding).rejects.toThrow('the caller left');
  });
});
