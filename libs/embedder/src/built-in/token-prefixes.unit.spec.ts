import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenPrefixes } from './token-prefixes.ts';

const longest = (tokens: string[], text: string, start: number) =>
  tokens
    .filter((token) => text.startsWith(token, start))
    .sort((left, right) => right.length - left.length)
    .at(0);

describe('TokenPrefixes', () => {
  it('finds the longest token at a place, with its row', () => {
    const prefixes = new TokenPrefixes([
      ['헤드', 7],
      ['헤드폰', 8],
      ['폰', 9],
    ]);
    expect(prefixes.longestAt('무선헤드폰을', 2)).toEqual({ text: '헤드폰', row: 8 });
    expect(prefixes.longestAt('무선헤드셋', 2)).toEqual({ text: '헤드', row: 7 });
    expect(prefixes.longestAt('무선헤드폰을', 0)).toBeUndefined();
    expect(prefixes.longestAt('폰', 1)).toBeUndefined();
  });

  it('finds nothing among no tokens', () => {
    expect(new TokenPrefixes([]).longestAt('a', 0)).toBeUndefined();
  });

  it('tells tokens apart whose hashes are the same', () => {
    // By the birthday paradox, two of some 100,000 words share a hash of 32 bits.
    const seen = new Map<number, string>();
    let pair: string[] = [];
    for (let word = 0; pair.length === 0 && word < 1_000_000; word++) {
      const text = (word * 2_654_435_761).toString(36);
      let hash = 0x811c9dc5 | 0;
      for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
      if (seen.has(hash) && seen.get(hash)!.length === text.length) pair = [seen.get(hash)!, text];
      seen.set(hash, text);
    }
    const [one, other] = pair as [string, string];
    expect(new TokenPrefixes([[one, 1]]).longestAt(other, 0)).toBeUndefined();
    const both = new TokenPrefixes([
      [one, 1],
      [other, 2],
    ]);
    expect([both.longestAt(one, 0)?.row, both.longestAt(other, 0)?.row]).toEqual([1, 2]);
  });

  it('agrees with trying each token', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc가'), maxLength: 12 });
    const tokens = fc.uniqueArray(fc.string({ unit: fc.constantFrom(...'abc가'), minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(tokens, text, (list, word) => {
        const prefixes = new TokenPrefixes(list.map((token, row) => [token, row]));
        for (let start = 0; start < word.length; start++) {
          expect(prefixes.longestAt(word, start)?.text).toBe(longest(list, word, start));
        }
      }),
    );
  });
});
