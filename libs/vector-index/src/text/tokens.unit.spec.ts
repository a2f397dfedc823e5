import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../analyze.ts';
import { referenceAnalyze } from '../analyze-reference.fake.spec.ts';
import { tokensOf } from './tokens.ts';

const pieces = [
  "'s",
  '’s ',
  'e\u0301',
  '가',
  '\u1112\u1161\u11ab',
  'ㄱㅏ',
  'ㅄ',
  'ﬁ',
  '½',
  '١٢',
  '241e1sb',
  'İ',
  'ΟΔΟΣ',
  'ｶﾞ',
];
const others = [
  '👩‍👩‍👧',
  'שלום ',
  'مَرْحَبًا',
  '한국어 ',
  'ﷺ',
  'ǅ',
  'ß',
  '\ud800',
  '\u0000',
  '𝟙𝟚',
  '𞥐',
  'lg전자5g',
  'नमस्ते',
  '・',
  '㎏',
  '㍿',
];
const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const mixedText = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...pieces, ...others)), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** What of the text the token covers. */
const cover = (text: string, { start, end }: { start: number; end: number }) => [...text].slice(start, end).join('');

describe('the analyzer with places', () => {
  it.each([
    ['anyText', anyText],
    ['mixedText', mixedText],
  ])('gives the same terms as the analyzer without (%s)', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const terms = referenceAnalyze(text);
        expect(analyze(text)).toEqual(terms);
        expect(tokensOf(text).map(({ term }) => term)).toEqual(terms);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['anyText', anyText],
    ['mixedText', mixedText],
  ])('names places within the original text, in order, that hold a term (%s)', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const length = [...text].length;
        let before = 0;
        for (const token of tokensOf(text)) {
          expect(token.start).toBeGreaterThanOrEqual(before);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.end).toBeLessThanOrEqual(length);
          expect(analyze(cover(text, token))).not.toEqual([]);
          before = token.start;
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a word behind emoji', '🖱️🖱️ Mouse', [['mous', 'Mouse']]],
    [
      'combining marks',
      'un Cafe\u0301\u0336 noir',
      [
        ['un', 'un'],
        ['café', 'Cafe\u0301\u0336'],
        ['noir', 'noir'],
      ],
    ],
    [
      'letters that become several',
      'ﬁsh ½ kg',
      [
        ['fish', 'ﬁsh'],
        ['1', '½'],
        ['2', '½'],
        ['kg', 'kg'],
      ],
    ],
    [
      'conjoining jamo',
      '\u1112\u1161\u11ab\u1100\u116e\u11a8 말',
      [
        ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
        ['말', '말'],
      ],
    ],
    [
      'decomposed syllables, behind a space, each by itself',
      'a \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165',
      [
        ['a', 'a'],
        ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
        ['국어', '\u1100\u116e\u11a8\u110b\u1165'],
      ],
    ],
    [
      'jamo behind a space',
      '굿 ㅋㅋ',
      [
        ['굿', '굿'],
        ['ᄏᄏ', 'ㅋㅋ'],
      ],
    ],
    [
      'Hangul behind Latin',
      'LG전자는',
      [
        ['lg', 'LG'],
        ['전자', '전자'],
        ['자는', '자는'],
      ],
    ],
    [
      'right to left',
      'מִקְלֶדֶת RGB',
      [
        ['מקלדת', 'מִקְלֶדֶת'],
        ['rgb', 'RGB'],
      ],
    ],
    [
      'possessives',
      "Sony's TVs",
      [
        ['soni', 'Sony'],
        ['tvs', 'TVs'],
      ],
    ],
    [
      'digits of other scripts',
      'عدد ١٢٣',
      [
        ['عدد', 'عدد'],
        ['123', '١٢٣'],
      ],
    ],
    [
      'characters beyond the first plane',
      '𠀀𠀁𠀂',
      [
        ['𠀀𠀁', '𠀀𠀁'],
        ['𠀁𠀂', '𠀁𠀂'],
      ],
    ],
  ])('finds the place of %s', (_, text, expected) => {
    expect(tokensOf(text).map((token) => [token.term, cover(text, token)])).toEqual(expected);
  });
});
