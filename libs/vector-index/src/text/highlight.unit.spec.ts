import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze } from '../analyze.ts';
import { attribute } from '../shop.fake.spec.ts';
import { highlightsOf } from './highlight.ts';

const row = (more: object) => ({
  item_id: 'a',
  revision: 1n,
  title: '',
  body: '',
  image_url: '',
  price: null,
  stock: null,
  hidden: false,
  categories: [],
  attributes: {},
  ...more,
});
const attributes = [
  attribute('brand', 'keyword', { embedded: true }),
  attribute('code', 'keyword', { embedded: true, shown: false }),
  attribute('size', 'keyword'),
];
const marked = (query: string, more: object) => {
  const { matchedFields, highlights } = highlightsOf(row(more), new Set(analyze(query)), { attributes });
  const shown = highlights.map(({ field, text, spans }) => {
    const words = spans.map(({ start, end }) => [...text].slice(start, end).join(''));
    return `${field}: ${words.join('|')}`;
  });
  return { matchedFields, shown, highlights };
};

describe('highlights', () => {
  it('mark words by their stems, and runs of Hangul as a whole', () => {
    expect(marked('wireless mouse', { title: 'Wireless mice and MOUSES' }).shown).toEqual(['title: Wireless|MOUSES']);
    expect(marked('마우스', { title: '게이밍마우스패드' }).shown).toEqual(['title: 마우스']);
  });

  it('count code points of the original text', () => {
    const { highlights } = marked('mouse', { title: '👩‍👩‍👧 e\u0301 ﬁne Mouse' });
    expect(highlights).toEqual([
      { field: 'title', text: '👩‍👩‍👧 e\u0301 ﬁne Mouse', offset: 0, spans: [{ start: 13, end: 18 }] },
    ]);
  });

  it('name the fields that are searched and shown', () => {
    const item = {
      title: 'mouse',
      categories: ['pads', 'mouse'],
      attributes: { brand: 'Mouse & Co', code: 'mouse', size: 'mouse' },
    };
    expect(marked('mouse', item).matchedFields).toEqual(['title', 'categories', 'attributes.brand']);
    expect(marked('keyboard', item)).toMatchObject({ matchedFields: [], shown: [] });
  });

  it('are parts of a long text, those with most of the terms first, at word borders', () => {
    const filler = 'lorem ipsum dolor sit amet '.repeat(40);
    const body = `${filler}mouse ${filler}wireless silent mouse ${filler}`;
    const { highlights } = marked('wireless mouse', { body });
    expect(highlights).toHaveLength(2);
    expect(highlights[0]!.spans).toHaveLength(2);
    for (const { text, offset } of highlights) {
      expect([...body].slice(offset, offset + [...text].length).join('')).toBe(text);
      expect(text.length).toBeLessThanOrEqual(240);
      expect(text).toMatch(/^(lorem|ipsum|dolor|sit|amet)/);
    }
  });

  it('are cut out of the text where they say, and mark terms, whatever the text', () => {
    const pieces = fc.constantFrom(
      'mouse ',
      '마우스',
      'מִקְלֶדֶת ',
      '👩‍👩‍👧',
      'e\u0301',
      'ﬁ',
      '½',
      '\u1112\u1161\u11ab',
      ' ',
      'x',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 300 }), (parts) => {
        const body = parts.join('');
        const terms = new Set(analyze('mouse 마우스 מקלדת'));
        const { highlights } = highlightsOf(row({ body }), terms, { attributes });
        expect(highlights.length > 0).toBe(analyze(body).some((term) => terms.has(term)));
        for (const { text, offset, spans } of highlights) {
          const characters = [...text];
          expect([...body].slice(offset, offset + characters.length).join('')).toBe(text);
          for (const { start, end } of spans) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeLessThanOrEqual(characters.length);
            expect(analyze(characters.slice(start, end).join('')).some((term) => terms.has(term))).toBe(true);
          }
        }
      }),
    );
  });
});
