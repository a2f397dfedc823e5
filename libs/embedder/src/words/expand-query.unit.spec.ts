import { describe, expect, it } from 'vitest';
import { expandQuery } from './expand-query.ts';
import { withoutParticle } from './without-particle.ts';
import { WordModel } from './word-model.ts';

/** By descending count, and the angle of each in degrees. */
const angles: [string, number][] = [
  ['영화', 0],
  ['영화를', 1],
  ['영화의', 2],
  ['고양이', 90],
  ['배우', 20],
  ['배우가', 21],
  ['감독', 30],
  ['고양', 180],
  ['movies', 270],
];
const model = new WordModel({
  dimensions: 2,
  words: angles.map(([word]) => word),
  vectors: Float32Array.from(
    angles.flatMap(([, angle]) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  ),
});
const options = { perWord: 2, minSimilarity: 0.6 };
const wordsOf = (text: string, more = {}) => expandQuery(text, model, { ...options, ...more }).map(({ word }) => word);

describe('withoutParticle', () => {
  it.each([
    ['영화를', '영화'],
    ['배우가', '배우'],
    ['고양이', '고양이'],
    ['영화', '영화'],
    ['감독에게서', '감독'],
    ['드라마를', '드라마를'],
    ['movies', 'movies'],
  ])('%s gives %s', (word, noun) => {
    expect(withoutParticle(word, model)).toBe(noun);
  });
});

describe('expandQuery in Korean', () => {
  it('adds other nouns, not the same one with another particle', () => {
    expect(wordsOf('영화')).toEqual(['배우', '감독']);
    expect(wordsOf('영화를')).toEqual(['배우', '감독']);
    expect(wordsOf('배우가 영화를')).toEqual(['감독']);
  });

  it('keeps to the most frequent words, to the first words asked, and to what passes', () => {
    expect(wordsOf('영화', { among: 5 })).toEqual(['배우']);
    expect(wordsOf('고양 영화', { mostAsked: 1 })).toEqual([]);
    expect(wordsOf('영화', { perWord: 1, passes: (word: string) => word !== '배우' })).toEqual(['감독']);
  });
});
