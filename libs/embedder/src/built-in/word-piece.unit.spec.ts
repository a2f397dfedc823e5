import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords, WordPieceTokenizer } from './word-piece.ts';

const vocabulary = new Map(
  ['[UNK]', 'play', '##ing', '##ground', 'a', '##b', '!', 'cafe'].map((token, row) => [token, row]),
);
const tokenizer = new WordPieceTokenizer(vocabulary, 0);

describe('splitWords', () => {
  it('lower-cases, and parts words from punctuation', () => {
    expect(splitWords('Hello, World! $5.99+tax')).toEqual([
      'hello',
      ',',
      'world',
      '!',
      '$',
      '5',
      '.',
      '99',
      '+',
      'tax',
    ]);
  });

  it('removes accents and control characters, and parts Han characters', () => {
    expect(splitWords('Café\u0007 na\u00adive 中文x')).toEqual(['cafe', 'naive', '中', '文', 'x']);
  });

  it('keeps other symbols inside words, as BERT does', () => {
    expect(splitWords('intel® 5€')).toEqual(['intel®', '5€']);
  });

  it('splits ASCII the same with and without a foreign letter beside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB9 .-_%\t\n') }), (text) => {
        expect(splitWords(`${text} ß`).slice(0, -1)).toEqual(splitWords(text));
      }),
    );
  });

  it('finds nothing in an empty text', () => {
    expect(splitWords('')).toEqual([]);
    expect(splitWords(' \t\n')).toEqual([]);
  });
});

describe('WordPieceTokenizer', () => {
  it('takes the longest piece from the left', () => {
    expect(tokenizer.tokenize('Playing playground ab!')).toEqual([1, 2, 1, 3, 4, 5, 6]);
  });

  it('gives one unknown token for a word that does not fit', () => {
    expect(tokenizer.tokenize('playx cafe')).toEqual([0, 7]);
  });

  it('does not split words of more than 100 characters', () => {
    expect(tokenizer.tokenize('a'.concat('b'.repeat(99)))).toHaveLength(100);
    expect(tokenizer.tokenize('a'.concat('b'.repeat(100)))).toEqual([0]);
  });

  it('does not take a piece for the beginning of a word, nor a beginning for a piece', () => {
    expect(tokenizer.tokenize('ing b playcafe')).toEqual([0, 0, 0]);
  });
});
