import { describe, expect, it } from 'vitest';
import { toJamo } from './hangul-jamo.ts';
import { bucketsOf, defaultSubwords, gramsOf } from './subwords.ts';

describe('gramsOf', () => {
  it('gives the n-grams of a bounded word', () => {
    expect(gramsOf('king', { ...defaultSubwords, longest: 4 })).toEqual([
      '<ki',
      'kin',
      'ing',
      'ng>',
      '<kin',
      'king',
      'ing>',
    ]);
  });

  it('gives those of jamo and of syllables for Hangul', () => {
    const grams = gramsOf('왕', defaultSubwords);
    expect(grams).toContain(toJamo('왕'));
    expect(grams).toContain('왕');
    expect(grams).toContain(`<${toJamo('왕').slice(0, 2)}`);
  });

  it('shares grams between forms of a Korean verb that share no syllable', () => {
    const left = new Set(gramsOf('갔는데', defaultSubwords));
    const shared = gramsOf('가면서', defaultSubwords).filter((gram) => left.has(gram));
    expect(shared).toEqual([`<${toJamo('가').slice(0, 2)}`]);
  });

  it('treats a character outside the basic plane as one', () => {
    expect(gramsOf('𝒜b', { ...defaultSubwords, longest: 3 })).toEqual(['<𝒜b', '𝒜b>']);
  });
});

describe('bucketsOf', () => {
  it('stays within the buckets, without repeats, in order', () => {
    const buckets = bucketsOf('배우들이었습니다', { ...defaultSubwords, buckets: 40 });
    expect(buckets).toEqual([...new Set(buckets)].sort((left, right) => left - right));
    expect(Math.max(...buckets)).toBeLessThan(40);
  });
});
