import { SuggestionKind } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeText } from './complete-text.ts';
import { correct } from './corrections.ts';
import { compile } from './search-settings.ts';
import { Vocabulary } from './vocabulary.ts';
import { VocabularyCounts } from './vocabulary-counts.ts';

const titles = [
  ...Array(5).fill('Logitech Wireless Mouse M185'),
  ...Array(3).fill('Logitech wireless keyboard'),
  ...Array(2).fill('로지텍 무선 마우스'),
  'Wi-Fi router (dual band)',
  '로지스 유선 마우스',
  '삼성 노트북 파우치',
];
const none = compile({});
// Made once: listing all characters takes a second.
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const plain = (text: string) => ({ typed: text, text, loose: text });

async function vocabularyOf(all: readonly string[], bodies: readonly string[] = []): Promise<Vocabulary> {
  const counts = new VocabularyCounts();
  for (const title of all) counts.add({ title, shown: [title], concealed: [] });
  for (const body of bodies) counts.add({ title: '', shown: [body], concealed: ['verborgen'] });
  const { words, phrases } = counts.lines();
  return Vocabulary.read(words, phrases);
}

const known = vocabularyOf(titles, ['silent clicks']);
const texts = async (typed: string, limit = 8) =>
  completeText(typed, await known, limit).map(({ text, items }) => `${text} ${items}`);

describe('completion', () => {
  it.each([
    ['logi', ['logitech 8', 'logitech wireless 8', 'logitech wireless mouse 5', 'logitech wireless mouse m185 5']],
    ['LOGITECH  wireless k', ['logitech wireless keyboard 3']],
    ['black wireless mou', ['black wireless mouse 5', 'black wireless mouse m185 5']],
    ['wi-f', ['wi-fi router (dual band) 1', 'wi-fi 1', 'wi-fi router 1']],
    ['로ㅈ', ['로지텍 2', '로지텍 무선 2', '로지텍 무선 마우스 2', '로지스 1']],
    ['로지ㅌ', ['로지텍 2', '로지텍 무선 2', '로지텍 무선 마우스 2']],
    ['노틉', ['노트북 1', '노트북 파우치 1']],
    ['silen', []],
    ['verbor', []],
    ['', []],
    ['🙂', []],
  ])('of %j is what titles have, that of most items first', async (typed, expected) => {
    const found = await texts(typed, 4);
    expect(new Set(found)).toEqual(new Set([...found.filter((one) => expected.includes(one)), ...expected]));
    expect(found.length).toBeGreaterThanOrEqual(expected.length);
  });

  it('turns to the other layout where nothing begins so', async () => {
    const [first] = completeText('fhwlx', await known, 8);
    expect(first).toEqual({ text: '로지텍', kind: SuggestionKind.SUGGESTION_KIND_KEYBOARD, items: 2n });
    expect((await texts('ㅡㅐㅕ'))[0]).toBe('mouse 5');
  });

  it('never fails, gives no more than asked, and no text twice', async () => {
    const vocabulary = await known;
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (typed, limit) => {
        const found = completeText(typed, vocabulary, limit).map(({ text }) => text);
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('correction', () => {
  it.each([
    ['로지택 마우스', '로지텍 마우스'],
    ['logitehc mouse', 'logitech mouse'],
    ['wirelss Keybord', 'wireless keyboard'],
  ])('of %j is %j', async (typed, meant) => {
    const { text, suggestions } = correct(plain(typed), await known, none);
    expect(text).toBe(meant);
    expect(suggestions.map((one) => one.text)).toEqual([meant]);
  });

  it.each([
    ['known words', 'wireless mouses 마우스'],
    ['a known word with a particle', '마우스를 로지텍은'],
    ['a compound of known words', '무선마우스'],
    ['model numbers', 'm186 logitech'],
    ['short words', 'wi fo'],
    ['words that are near to nothing', 'refrigerator 냉장고'],
  ])('leaves %s alone', async (_, typed) => {
    expect(correct(plain(typed), await known, none)).toEqual({ text: typed, replaced: [], suggestions: [] });
  });

  it('offers, but does not look for, what a hundred times as many items have', async () => {
    const vocabulary = await vocabularyOf([...Array(200).fill('Logitech mouse'), 'Logitec mouse']);
    const { text, suggestions } = correct(plain('logitec mouse'), vocabulary, none);
    expect(text).toBe('logitec mouse');
    expect(suggestions).toEqual([{ text: 'logitech mouse', kind: SuggestionKind.SUGGESTION_KIND_TYPO, items: 200n }]);
  });

  it('never fails, whatever the text', async () => {
    const vocabulary = await known;
    fc.assert(
      fc.property(anyText, (typed) => {
        expect(correct(plain(typed), vocabulary, none).replaced.length).toBeLessThanOrEqual(24);
      }),
    );
  });
});
