import { describe, expect, it } from 'vitest';
import { TextVectorizer, type VectorizerParameters } from './text-vectorizer.ts';

const parameters: VectorizerParameters = {
  staticDimensions: 2,
  hashedDimensions: 6,
  staticShare: 0.36,
  probes: 2,
  features: { shortestGram: 4, longestGram: 5, gramDecay: 0.25, syllable: 0.5, longestWord: 64 },
  longestText: 1_000_000,
};
const table = {
  dimensions: 2,
  vocabulary: new Map(['[UNK]', 'red', 'shoe', '##s'].map((token, row) => [token, row])),
  unknown: 0,
  rows: Int8Array.from([0, 0, 3, 4, -1, 0, 0, 2]),
  scales: Float32Array.from([1, 1, 1, 1]),
};
const vectorizer = () => new TextVectorizer(table, new Map(), parameters);
const squares = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0);

describe('TextVectorizer', () => {
  it('gives the static part its share of the cosine', () => {
    const vector = vectorizer().vector('red');
    expect([...vector.subarray(0, 2)]).toEqual([expect.closeTo(0.36, 5), expect.closeTo(0.48, 5)]);
    expect(squares(vector.subarray(2))).toBeCloseTo(0.64, 5);
  });

  it('leaves all to the hashed part where no token has a row', () => {
    const vector = vectorizer().vector('zzz');
    expect([...vector.subarray(0, 2)]).toEqual([0, 0]);
    expect(squares(vector)).toBeCloseTo(1, 5);
  });

  it('counts a repeated word in the mean of rows, and less in the hashed part', () => {
    const [once, twice] = ['red shoe', 'red red shoe'].map((text) => vectorizer().vector(text));
    const direction = (vector: Float32Array) => vector[1]! / vector[0]!;
    expect(direction(once!)).toBeCloseTo(4 / 2, 5);
    expect(direction(twice!)).toBeCloseTo(8 / 5, 5);
  });

  it('gives the same vector whatever it has seen and forgotten before', () => {
    const used = vectorizer();
    const texts = ['red shoes, red!', '빨간 신발 red', 'shoe '.repeat(50)];
    const before = texts.map((text) => used.vector(text));
    for (let at = 0; at < 40; at++) {
      used.vector(Array.from({ length: 1_000 }, (_, word) => `w${at}x${word}`).join(' '));
    }
    expect(texts.map((text) => used.vector(text))).toEqual(before);
    expect(texts.map((text) => vectorizer().vector(text))).toEqual(before);
  });

  it('gives the same vector of an endless word after it has forgotten it', () => {
    const used = vectorizer();
    const endless = Array.from({ length: 3 }, (_, at) => String(at).repeat(900_000));
    const before = endless.map((text) => used.vector(text));
    expect(endless.map((text) => used.vector(text))).toEqual(before);
  });
});
