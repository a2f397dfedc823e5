import { readFileSync } from 'node:fs';
import { type EmbeddingModel, openModel } from '@kindred/embedder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atRate, clip, clipRate, lowPass, noisy, wav } from '../support/clips.ts';
import { recallAt1 } from './recall-at-1.ts';

const clips = Array.from({ length: 60 }, (_, seed) => clip(seed));
const fixture = (name: string) => readFileSync(new URL(`../../libs/embedder/fixtures/clips/${name}`, import.meta.url));

type Change = (samples: Float32Array, seed: number) => Uint8Array;
const changes: Record<string, Change> = {
  'noise, 20 dB': (samples, seed) => wav(noisy(samples, 20, seed)),
  'noise, 10 dB': (samples, seed) => wav(noisy(samples, 10, seed)),
  'gain x 0.05': (samples) => wav(samples.map((value) => value * 0.05)),
  'gain x 4, clipped': (samples) => wav(samples.map((value) => Math.max(-1, Math.min(1, value * 4)))),
  'low-pass, 3 kHz': (samples) => wav(lowPass(samples, 3_000)),
  'resampled to 44.1 kHz': (samples) => wav(atRate(samples, 44_100), 44_100),
  'resampled to 8 kHz': (samples) => wav(atRate(lowPass(samples, 3_500), 8_000), 8_000),
  'first tenth cut off': (samples) => wav(samples.slice(clipRate / 5)),
};

describe('near-duplicate clips', () => {
  let model: EmbeddingModel;
  beforeAll(async () => {
    model = await openModel({ name: 'clips', version: '1', provider: 'sound', parameters: {} });
  });
  afterAll(() => model.close());

  const vectorsOf = (files: readonly Uint8Array[]) =>
    model.embed(
      files.map((bytes) => ({ kind: 'sound', bytes })),
      'document',
    );

  it('finds the original of a changed clip', async () => {
    const documents = await vectorsOf(clips.map((samples) => wav(samples)));
    const table: [string, number, number][] = [];
    for (const [name, change] of Object.entries(changes)) {
      const queries = await vectorsOf(clips.map((samples, seed) => change(samples, seed)));
      table.push([
        name,
        queries.length,
        recallAt1(
          queries.map((vector) => [vector]),
          documents,
        ),
      ]);
    }
    const encoded = await vectorsOf(Array.from({ length: 8 }, (_, at) => fixture(`clip-${at}.mp3`)));
    table.push([
      'MP3, small',
      8,
      recallAt1(
        encoded.map((vector) => [vector]),
        documents,
      ),
    ]);
    const lossless = await vectorsOf([fixture('clip-0.flac'), fixture('clip-1.flac')]);
    table.push([
      'FLAC',
      2,
      recallAt1(
        lossless.map((vector) => [vector]),
        documents,
      ),
    ]);
    const lines = table.map(([name, count, recall]) => `  ${name.padEnd(24)}${recall.toFixed(3)}  of ${count}`);
    console.log([`${clips.length} synthetic clips; recall@1 of the original`, ...lines].join('\n'));

    const recalls = new Map(table.map(([name, , recall]) => [name, recall]));
    const least: Record<string, number> = { 'noise, 10 dB': 0.95, 'low-pass, 3 kHz': 0.88, 'resampled to 8 kHz': 0.88 };
    for (const [name, recall] of recalls) expect(recall, name).toBeGreaterThanOrEqual(least[name] ?? 0.98);
  });
});
