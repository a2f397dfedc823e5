import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keystrokes, toHangulKeys, toLatinKeys } from './keystrokes.ts';

const syllable = fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code));
const hangul = fc.array(syllable, { maxLength: 8 }).map((all) => all.join(''));
const shifted: Record<string, string> = { ㄲ: 'R', ㄸ: 'E', ㅃ: 'Q', ㅆ: 'T', ㅉ: 'W', ㅒ: 'O', ㅖ: 'P' };

describe('keystrokes', () => {
  it.each([
    ['로지텍', 'ㄹㅗㅈㅣㅌㅔㄱ'],
    ['로ㅈ', 'ㄹㅗㅈ'],
    ['괜찮은 값', 'ㄱㅗㅐㄴㅊㅏㄴㅎㅇㅡㄴ ㄱㅏㅂㅅ'],
    ['\u1112\u1161\u11ab', 'ㅎㅏㄴ'],
    ['mouse', 'mouse'],
    ['', ''],
  ])('of %j are %j', (text, keys) => {
    expect(keystrokes(text)).toBe(keys);
  });

  it.each([
    ['akdntm', '마우스'],
    ['dntkr', '우삭'],
    ['fhwlxpr akdntm', '로지텍 마우스'],
    ['rhoscksgdms rkqt', '괜찮은 값'],
    ['ekfrdl', '닭이'],
    ['ekfrl', '달기'],
    ['RkR', '깎'],
    ['mouse', 'ㅡㅐㅕㄴㄷ'],
  ])('%j on the Korean keyboard is %j', (keys, text) => {
    expect(toHangulKeys(keys)).toBe(text);
    expect(toLatinKeys(text)).toBe(keys.toLowerCase());
  });

  it('write a Hangul text again, whatever it is', () => {
    fc.assert(
      fc.property(hangul, (text) => {
        const keys = [...keystrokes(text)].map((jamo) => shifted[jamo] ?? toLatinKeys(jamo)).join('');
        expect(keystrokes(toHangulKeys(keys))).toBe(keystrokes(text));
      }),
    );
  });

  it('of a text begin with those of its beginning', () => {
    fc.assert(
      fc.property(hangul, hangul, (text, more) => {
        expect(keystrokes(text + more).startsWith(keystrokes(text))).toBe(true);
      }),
    );
  });
});
