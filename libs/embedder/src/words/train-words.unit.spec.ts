import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCorpus } from './encode-corpus.ts';
import { defaultSubwords } from './subwords.ts';
import { partsOf } from './train-skip-gram.ts';
import { trainWords } from './train-words.ts';
import { defaultTraining, type TrainingParameters } from './training-parameters.ts';
import { writeWordArtifact } from './word-artifact.ts';

const royal = [
  'the king wore a crown',
  'the queen wore a crown',
  'king and queen ruled the land',
  '왕이 왕관을 썼다',
  '왕비가 왕관을 썼다',
];
const plain = [
  'a dog chased a cat',
  'the cat ate a mouse',
  'dog and cat and mouse ran',
  '개가 고양이를 쫓았다',
  '고양이가 쥐를 쫓았다',
];
const english = [
  { name: 'b.txt', chunks: [Buffer.from(`${[...royal.slice(0, 3), ...plain.slice(0, 3)].join('\n')}\n`.repeat(60))] },
];
const corpus = (rounds = 60) => [
  {
    name: 'a.txt',
    chunks: [Buffer.from(Array.from({ length: rounds }, () => [...royal, ...plain].join('\n')).join('\n'))],
  },
];
const small: TrainingParameters = {
  ...defaultTraining,
  dimensions: 16,
  minCount: 1,
  sample: 0,
  subwords: { ...defaultSubwords, buckets: 500 },
};
async function* sentences(...lines: string[]) {
  yield* lines;
}

describe('trainWords', () => {
  it('gives the same bits again on one thread, and others with another seed', async () => {
    const artifact = async (seed: number) => writeWordArtifact((await trainWords(corpus(), { ...small, seed })).model);
    const [first, again, other] = [await artifact(7), await artifact(7), await artifact(8)];
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, other)).not.toBe(0);
  });

  it('puts words nearer that stand in like places', async () => {
    const { model } = await trainWords(corpus(200), { ...small, subwords: undefined, epochs: 20 });
    const of = new Map(model.similar('king', 40).map(({ word, similarity }) => [word, similarity]));
    expect(of.get('queen')).toBeGreaterThan(of.get('mouse')!);
  });

  it('leaves the vectors of words without Hangul as they are without n-grams', async () => {
    const similarities = async (subwords: TrainingParameters['subwords']) => {
      const { model } = await trainWords(english, { ...small, subwords });
      return model.similar('king', 5);
    };
    const alone = await similarities(undefined);
    for (const [at, { word, similarity }] of (await similarities(small.subwords)).entries()) {
      expect(word).toBe(alone[at]!.word);
      expect(similarity).toBeCloseTo(alone[at]!.similarity, 5);
    }
  });

  it('puts an unknown word beside those that it shares parts with', async () => {
    const { model } = await trainWords(corpus(200), { ...small, epochs: 20 });
    for (const [word, relative] of [
      ['crowns', 'crown'],
      ['왕관에도', '왕관을'],
    ]) {
      const near = model.similar(word!, 3).map((each) => each.word);
      expect(near).toContain(relative);
    }
  });

  it('lets forms of a rare Korean word be alike, though the text has each of them once', async () => {
    const forms = ['왕관이 빛났다', '왕관도 무거웠다', '왕관만 남았다'];
    const files = [
      { name: 'a.txt', chunks: [Buffer.from(forms.join('\n')), Buffer.from('\n'), ...corpus(20)[0]!.chunks] },
    ];
    const near = async (subwords: TrainingParameters['subwords']) => {
      const { model } = await trainWords(files, { ...small, subwords, epochs: 20 });
      return model.similar('왕관이', 2);
    };
    const [first, second] = await near(small.subwords);
    expect([first!.word, second!.word].sort()).toEqual(['왕관도', '왕관만']);
    expect(second!.similarity).toBeGreaterThan((await near(undefined))[1]!.similarity + 0.05);
  });

  it.each([1, 2, 3, 7])('leaves finite vectors, whatever the order in which %i threads run', async (threads) => {
    const { model, progress } = await trainWords(corpus(), { ...small, threads, rate: 0.5 });
    expect(model.parts.vectors.every(Number.isFinite)).toBe(true);
    expect(progress.share).toBe(1);
    expect(progress.loss).toBeGreaterThan(0);
  });

  it('reports progress, and stops when the signal is aborted', async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const training = trainWords(corpus(100), { ...small, epochs: 1_000 }, { signal: controller.signal, onProgress });
    await expect(training).rejects.toThrow('enough');
    await expect(trainWords(corpus(), small, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });

  it.each([
    ['', 'The corpus has no words'],
    ['!!! ...', 'The corpus has no words'],
    ['one two three', 'fewer than two occur 5 times'],
  ])('refuses the corpus %j', async (text, reason) => {
    const files = [{ name: 'a.txt', chunks: [Buffer.from(text)] }];
    const training = trainWords(files, { ...small, minCount: 5 });
    await expect(training).rejects.toMatchObject({ code: 'CORPUS_INVALID', message: expect.stringContaining(reason) });
  });

  it.each([
    [{ dimensions: 7 }, 'parameters.dimensions is 7'],
    [{ epochs: 1.5 }, 'parameters.epochs is 1.5'],
    [{ minCount: 0 }, 'parameters.min_count is 0'],
    [{ rate: Number.NaN }, 'parameters.rate is NaN'],
    [{ subwords: { ...defaultSubwords, shortest: 5, longest: 4 } }, 'parameters.subword_shortest is above'],
    [{ subwords: { ...defaultSubwords, buckets: 0 } }, 'parameters.subword_buckets is 0'],
    [{ dimensions: 1_000, subwords: { ...defaultSubwords, buckets: 4_194_304 } }, 'subword_buckets of at most 1073741'],
  ])('refuses %j', async (change, reason) => {
    await expect(trainWords(corpus(1), { ...small, ...change })).rejects.toThrow(reason);
  });
});

describe('encodeCorpus', () => {
  it('numbers words by descending count and drops rare ones', async () => {
    const options = { minCount: 2, mostWords: 2 };
    const encoded = await encodeCorpus(sentences('a b b', '', 'c a b once c'), options);
    expect(encoded.words).toEqual(['b', 'a']);
    expect(encoded.counts).toEqual([3, 2]);
    expect([...encoded.tokens]).toEqual([1, 0, 0, -1, 1, 0, -1]);
    expect(encoded.total).toBe(5);
  });
});

describe('partsOf', () => {
  it('covers all tokens once, in sentences, for any number of threads', () => {
    const tokens = fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 80 });
    fc.assert(
      fc.property(tokens, fc.integer({ min: 1, max: 9 }), (each, threads) => {
        const parts = partsOf(Int32Array.from(each), threads);
        expect(parts.flatMap(({ start, end }) => each.slice(start, end))).toEqual(each);
        for (const { start } of parts.slice(1)) expect(each[start - 1]).toBe(-1);
        expect(parts.length).toBeLessThanOrEqual(threads);
      }),
    );
  });
});
