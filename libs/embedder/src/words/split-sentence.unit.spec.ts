import { describe, expect, it } from 'vitest';
import { splitSentence } from './split-sentence.ts';

describe('splitSentence', () => {
  it.each([
    ['The King’s crown, 3 of them.', ['the', 'king', 's', 'crown', '3', 'of', 'them']],
    ['최근 마마마 를 접했다... 왕의 귀환ㅋㅋ', ['최근', '마마마', '를', '접했다', '왕의', '귀환ᄏᄏ']],
    ['LG전자의 TV', ['lg', '전자의', 'tv']],
    ['東京タワーへ', ['東', '京', 'タワーへ']],
    ['Café Москва 🐱', ['café', 'москва', '🐱']],
    ['', []],
    ['...!? \u0007', []],
  ])('splits %j', (sentence, words) => {
    expect(splitSentence(sentence)).toEqual(words);
  });

  it('takes composed and decomposed Hangul for the same', () => {
    expect(splitSentence('영화'.normalize('NFD'))).toEqual(['영화']);
  });

  it('cuts a word that nobody writes', () => {
    expect(splitSentence('x'.repeat(1_000))).toEqual(['x'.repeat(64)]);
  });
});
