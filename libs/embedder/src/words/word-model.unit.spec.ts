import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInputs, embedTexts } from '../embedding-model.ts';
import { openModel } from '../open-model.ts';
import { expandQuery } from './expand-query.ts';
import { quantizeRows } from './quantized-rows.ts';
import { defaultSubwords } from './subwords.ts';
import { readWordArtifact, writeWordArtifact } from './word-artifact.ts';
import { WordModel } from './word-model.ts';

const vectors: Record<string, number[]> = {
  the: [0.1, 0.1, 0.1],
  man: [1, 0, 0.1],
  woman: [1, 0, 1],
  king: [0, 2, 0.2],
  queen: [0, 2, 1.2],
  영화: [-1, -1, 0],
};
const words = Object.keys(vectors);
const counts = [9_000, 90, 80, 70, 60, 50];
const model = new WordModel({
  dimensions: 3,
  words,
  counts,
  vectors: Float32Array.from(Object.values(vectors).flat()),
});
const subwords = { ...defaultSubwords, buckets: 64 };
const rows = quantizeRows(
  Float32Array.from({ length: 64 * 3 }, (_, at) => Math.sin(at + 1)),
  3,
);
const withParts = new WordModel({ ...model.parts, subwords: { parameters: subwords, rows } });

describe('WordModel', () => {
  it('finds the nearest words, without the one asked for', () => {
    expect(model.similar('king', 2).map(({ word }) => word)).toEqual(['queen', 'the']);
    expect(model.similar('KING', 1)[0]!.word).toBe('queen');
    expect(model.similar('영화', 100)).toHaveLength(words.length - 1);
  });

  it('answers an analogy', () => {
    expect(model.analogy(['king', 'woman'], ['man'], 1)[0]!.word).toBe('queen');
  });

  it('names the word it does not know, and the way out', () => {
    expect(() => model.similar('crown', 1)).toThrow(
      'does not know the word "crown"; give a frequent word, or train with subwords',
    );
    expect(() => model.analogy(['king', 'crown'], [], 1)).toThrow(
      expect.objectContaining({ code: 'WORD_NOT_FOUND', field: 'positive[1]' }),
    );
    expect(() => withParts.similar('...', 1)).toThrow('give a word with letters');
  });

  it('makes a vector of an unknown word from its parts', () => {
    const unit = withParts.unitVector('여배우들')!;
    expect(Math.hypot(...unit)).toBeCloseTo(1, 5);
    expect(withParts.similar('여배우들', 2)).toHaveLength(2);
  });

  it('agrees with a sort of all cosines', () => {
    const component = fc.integer({ min: -100, max: 100 });
    fc.assert(
      fc.property(fc.tuple(component, component, component), fc.integer({ min: 1, max: 8 }), (query, top) => {
        fc.pre(query.some(Boolean));
        const length = Math.hypot(...query);
        const found = model.nearest(
          Float32Array.from(query, (value) => value / length),
          top,
        );
        const cosine = (other: number[]) =>
          other.reduce((sum, value, at) => sum + value * query[at]!, 0) / length / Math.hypot(...other);
        const all = Object.values(vectors)
          .map(cosine)
          .sort((left, right) => right - left);
        expect(found).toHaveLength(Math.min(top, words.length));
        found.forEach(({ similarity }, at) => void expect(similarity).toBeCloseTo(all[at]!, 4));
      }),
    );
  });

  it('estimates shares by Zipf where counts are unknown', () => {
    const { counts: _, ...uncounted } = model.parts;
    const zipf = new WordModel(uncounted);
    expect(zipf.shareOf('the')).toBeGreaterThan(zipf.shareOf('man'));
    expect(zipf.shareOf('nobody')).toBe(0);
    expect(model.shareOf('the')).toBeCloseTo(9_000 / 9_350, 10);
  });
});

describe('word artifact', () => {
  it.each([
    ['with n-grams', withParts],
    ['without', model],
    ['without counts', new WordModel({ ...model.parts, counts: undefined })],
  ])('gives back a model %s', (_name, written) => {
    expect(readWordArtifact(writeWordArtifact(written)).parts).toEqual(written.parts);
  });

  it('takes Hangul words apart as they were taken when a stored model does not say how', () => {
    const lengths = { shortestJamo: 3, longestJamo: 6, longestSyllables: 4 };
    const parameters = { ...subwords, ...lengths };
    const before = new WordModel({ ...model.parts, subwords: { parameters, rows } });
    const stored = Buffer.from(writeWordArtifact(before)).toString('latin1');
    const silent = Object.entries(lengths).reduce(
      (file, [name, length]) => file.replace(`,"${name}":${length}`, ' '.repeat(name.length + 5)),
      stored,
    );
    expect(silent).not.toContain('longestJamo');
    expect(readWordArtifact(Buffer.from(silent, 'latin1')).parts).toEqual(before.parts);
  });

  it('refuses other files, and one cut short anywhere', () => {
    const file = writeWordArtifact(withParts);
    expect(() => readWordArtifact(Buffer.from('something else'))).toThrow('is no word model');
    for (const length of [0, 7, 60, file.length - 1]) {
      expect(() => readWordArtifact(file.subarray(0, length))).toThrow('is no word model');
    }
  });
});

describe('the provider "words"', () => {
  const artifact = writeWordArtifact(withParts);
  const hash = createHash('sha256').update(artifact).digest('hex');
  const definition = { name: 'my-words', version: '1', provider: 'words', parameters: { artifact: hash } };
  const open = () => openModel(definition, { artifact: async () => artifact });

  it('embeds a text as the mean of its words, rare ones first', async () => {
    const opened = await open();
    expect(opened.identity).toEqual({
      name: 'my-words',
      version: '1',
      provider: 'words',
      dimensions: 3,
      dtype: 'float32',
      artifactHash: hash,
    });
    const [king, theKing, nothing] = await embedTexts(opened, ['king', 'The the king!', '?!'], 'document');
    expect(king!.reduce((sum, value, at) => sum + value * theKing![at]!, 0)).toBeGreaterThan(0.98);
    expect(Math.hypot(...theKing!)).toBeCloseTo(1, 5);
    expect([...nothing!]).toEqual([0, 0, 0]);
  });

  it('takes text alone, and stops when the signal is aborted', async () => {
    const opened = await open();
    expect(() => checkInputs(opened, [{ kind: 'image', bytes: new Uint8Array() }])).toThrow('takes text');
    await expect(embedTexts(opened, ['king'], 'query', AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('says what is wrong with its definition', async () => {
    await expect(openModel({ ...definition, parameters: {} }, {})).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'parameters.artifact',
    });
    await expect(openModel(definition, {})).rejects.toThrow('no store of artifacts');
    await expect(openModel(definition, { artifact: async () => Buffer.from('x') })).rejects.toThrow('is no word model');
  });
});

describe('expandQuery', () => {
  it('adds words that are near, and none that were asked for', () => {
    expect(expandQuery('King, man', model, { perWord: 1, minSimilarity: 0.6 })).toEqual([
      { word: 'queen', weight: expect.closeTo(0.9, 1) },
      { word: 'woman', weight: expect.closeTo(0.75, 1) },
    ]);
    expect(expandQuery('king queen', model, { perWord: 3, minSimilarity: 0.95 })).toEqual([]);
    expect(expandQuery('nobody', model, { perWord: 3, minSimilarity: 0 })).toEqual([]);
  });
});
