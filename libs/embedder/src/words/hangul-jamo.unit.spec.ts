import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJamo, hasHangul, noFinal, toJamo } from './hangul-jamo.ts';

describe('toJamo', () => {
  it('gives three jamo per syllable, marking an empty final', () => {
    expect([...toJamo('왕가A')]).toEqual([...'왕'.normalize('NFD'), ...'가'.normalize('NFD'), noFinal, 'A']);
  });

  it('agrees with Unicode decomposition for every syllable', () => {
    for (let code = 0xac00; code <= 0xd7a3; code++) {
      const syllable = String.fromCharCode(code);
      const jamo = toJamo(syllable);
      expect(jamo).toHaveLength(3);
      expect(jamo.replace(noFinal, '')).toBe(syllable.normalize('NFD'));
      expect(fromJamo(jamo)).toBe(syllable);
    }
  });

  it('is reversible for every text in composed form', () => {
    const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code));
    const text = fc
      .array(fc.oneof(syllable, fc.string({ unit: 'grapheme', maxLength: 5 })))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const composed = each.normalize('NFC');
        fc.pre(!composed.includes(noFinal));
        expect(fromJamo(toJamo(composed))).toBe(composed);
      }),
    );
  });

  it('tells Hangul from other scripts', () => {
    expect(['영화', 'a영', 'movie', '映画'].map(hasHangul)).toEqual([true, true, false, false]);
  });
});
