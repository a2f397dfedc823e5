import { describe, expect, it } from 'vitest';
import { type FeatureParameters, hashFeature, visitFeatures } from './hashed-features.ts';

const parameters: FeatureParameters = {
  shortestGram: 4,
  longestGram: 5,
  gramDecay: 0.5,
  syllable: 0.5,
  longestWord: 8,
};
function featuresOf(part: string): { text: string; weight: number }[] {
  const found: { text: string; weight: number }[] = [];
  visitFeatures(part, parameters, (text, start, end, weight) => found.push({ text: text.slice(start, end), weight }));
  return found;
}
const texts = (part: string) => featuresOf(part).map((feature) => feature.text);

describe('visitFeatures', () => {
  it('gives a word and its n-grams with boundaries', () => {
    expect(texts('tv')).toEqual(['=tv', '<tv>']);
    expect(texts('lamp')).toEqual(['=lamp', '<lam', 'lamp', 'amp>', '<lamp', 'lamp>']);
  });

  it('shares the weight of the n-grams of a long word', () => {
    expect(featuresOf('lamp')[1]!.weight).toBeCloseTo(5 ** -0.5);
    expect(featuresOf('tv')[1]!.weight).toBe(1);
  });

  it('gives pairs and single syllables of a Korean word', () => {
    expect(featuresOf('헤드폰')).toEqual([
      { text: '헤드', weight: 1 },
      { text: '드폰', weight: 1 },
      { text: '헤', weight: 0.5 },
      { text: '드', weight: 0.5 },
      { text: '폰', weight: 0.5 },
    ]);
  });

  it('takes a character of two UTF-16 units for one syllable', () => {
    expect(texts('𠮷野家')).toEqual(['𠮷野', '野家', '𠮷', '野', '家']);
    expect(featuresOf('𠮷')).toEqual([{ text: '𠮷', weight: 1 }]);
  });

  it('gives a single syllable its full weight', () => {
    expect(featuresOf('책')).toEqual([{ text: '책', weight: 1 }]);
  });

  it('reads only the beginning of an endless word', () => {
    expect(texts('x'.repeat(10_000))).toHaveLength(1 + 7 + 6);
  });
});

describe('hashFeature', () => {
  it('is frozen: stored vectors depend on it', () => {
    expect(['=tv', '헤드', '🐱', ''].map((text) => hashFeature(text))).toEqual([
      188207802, 1131428479, 4135343899, 2872998923,
    ]);
  });

  it('hashes a span like the text of it', () => {
    expect(hashFeature('무선 헤드폰', 2, 3, 5)).toBe(hashFeature('헤드', 2));
  });

  it('spreads features evenly, also under another seed', () => {
    for (const seed of [0, 1, 2]) {
      const counts = new Array<number>(64).fill(0);
      for (let at = 0; at < 64_000; at++) counts[hashFeature(`word${at}`, seed) % 64]!++;
      expect(Math.min(...counts)).toBeGreaterThan(850);
      expect(Math.max(...counts)).toBeLessThan(1150);
    }
  });
});
