import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWordFile, type WordFileFormat, writeWordFile } from './word-files.ts';
import { WordModel } from './word-model.ts';

const formats: WordFileFormat[] = ['word2vec-text', 'word2vec-binary', 'fasttext-vec'];
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => text.replace(/\s/gu, '_'));
const models = fc
  .tuple(fc.uniqueArray(word, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 9 }))
  .chain(([words, dimensions]) =>
    fc
      .float32Array({
        minLength: words.length * dimensions,
        maxLength: words.length * dimensions,
        noNaN: true,
        noDefaultInfinity: true,
      })
      .map((vectors) => new WordModel({ words, dimensions, vectors })),
  );

describe.each(formats)('%s', (format) => {
  it('gives back the bits that were written, however the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.integer({ min: 1, max: 50 }), async (model, size) => {
        const file = Buffer.concat([...writeWordFile(model, format)]);
        const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, at) =>
          file.subarray(at * size, (at + 1) * size),
        );
        const { parts } = await readWordFile(chunks, format);
        expect(parts.words).toEqual(model.parts.words);
        // -0 is written as 0 by the text formats.
        expect([...parts.vectors].map((value) => value + 0)).toEqual(
          [...model.parts.vectors].map((value) => value + 0),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a file cut short', async () => {
    const model = new WordModel({
      words: ['king', '영화'],
      dimensions: 3,
      vectors: Float32Array.from([1, 2, 3, 4, 5, 6]),
    });
    const file = Buffer.concat([...writeWordFile(model, format)]);
    await expect(readWordFile([file.subarray(0, -8)], format)).rejects.toMatchObject({
      code: 'FIELD_INVALID',
      field: 'file',
    });
    await expect(readWordFile([], format)).rejects.toThrow('must begin with a line');
    await expect(readWordFile([Buffer.from('9999999 9999999\n')], format)).rejects.toThrow('too many');
  });
});

describe('readWordFile', () => {
  it('takes words with spaces, and the first of equal ones', async () => {
    const { parts } = await readWordFile([Buffer.from('3 2\nnew york 1 2\nking 3 4\nking 5 6\n')], 'word2vec-text');
    expect(parts.words).toEqual(['new_york', 'king']);
    expect([...parts.vectors]).toEqual([1, 2, 3, 4]);
  });

  it('reads binary rows with and without a line feed between them', async () => {
    const row = (name: string, value: number) =>
      Buffer.concat([Buffer.from(`${name} `), Buffer.from(Float32Array.of(value, 10).buffer)]);
    for (const between of ['', '\n']) {
      const file = Buffer.concat([
        Buffer.from('2 2\n'),
        row('왕', 1),
        Buffer.from(between),
        row('b', 2),
        Buffer.from(between),
      ]);
      expect((await readWordFile([file], 'word2vec-binary')).parts.words).toEqual(['왕', 'b']);
    }
  });

  it('names the line of a value that is no number, and refuses infinity', async () => {
    await expect(readWordFile([Buffer.from('1 2\nking 3 x\n')], 'fasttext-vec')).rejects.toThrow(
      '"king" is not finite',
    );
    await expect(readWordFile([Buffer.from('1 2\n3 4\n')], 'fasttext-vec')).rejects.toThrow(
      'line 2 must have a word and 2 values',
    );
  });
});
