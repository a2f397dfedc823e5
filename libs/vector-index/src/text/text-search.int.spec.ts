import { SuggestionKind } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { attribute, FakeEmbedder, Shop, withoutTextSearch } from '../shop.fake.spec.ts';
import { refreshVocabulary } from './refresh-vocabulary.ts';
import type { SearchSettings } from './search-settings.ts';
import { Vocabularies } from './vocabularies.ts';

const items = [
  { itemId: 'logi', title: '로지텍 무선 마우스', body: '조용한 클릭과 긴 배터리', attributes: { brand: '로지텍' } },
  { itemId: 'wired', title: '게이밍 유선 마우스', body: '무선이 아닌 마우스', attributes: { brand: '레이저' } },
  { itemId: 'en', title: 'Wireless Mouse', body: 'with a USB receiver', attributes: { brand: 'Logitech' } },
  { itemId: 'en2', title: 'Mouse, wireless', body: 'silent keys', attributes: { brand: 'Acme' } },
  // The last word of one field and the first of the next stand side by side.
  { itemId: 'border', title: 'Pad wireless', body: 'mouse not included', categories: ['pads', 'desk'], attributes: {} },
  { itemId: 'laptop', title: 'Laptop sleeve', body: 'for thin computers', attributes: { brand: 'Acme' } },
  {
    itemId: 'notebook',
    title: 'Notebook sleeve',
    body: 'paper or not',
    attributes: { brand: 'Acme', code: 'zzsecret' },
  },
  { itemId: 'hidden', title: 'Wireless mouse unlisted', hidden: true },
];

const settings: SearchSettings = {
  synonyms: [
    { words: ['notebook', 'laptop', 'portable computer'], oneWay: false },
    { words: ['쥐', '마우스'], oneWay: true },
  ],
  stopWords: ['the', 'for', '추천'],
  denseWeight: 0.42,
  denseWeightSource: 'learned from 78 judged queries, 2026-11-24',
};

const layouts = ['small', 'indexed', 'stock'] as const;

describe.each(testDatabases())('the text of a query on $name', ({ open }) => {
  describe.each(layouts)('in a collection that is %s', (layout) => {
    const tenant = `text-${layout}`;
    let database: Database;
    let search: Search;

    beforeAll(async () => {
      const real = await open();
      database = layout === 'stock' ? withoutTextSearch(real) : real;
      const brand = attribute('brand', 'keyword', { embedded: true });
      const code = attribute('code', 'keyword', { embedded: true, shown: false });
      const shop = await Shop.open(database, tenant, [brand, code]);
      await shop.put(items);
      await database.query({ tenant }, `update kindred.collections set search_settings = $1::jsonb`, [
        JSON.stringify(settings),
      ]);
      if (layout !== 'small') await promote(database, tenant, shop.collection.collectionId, 'documents');
      expect(await refreshVocabulary(database, shop.collection)).toBe('built');
      search = new Search(
        database,
        new CollectionDirectory(database),
        new FakeEmbedder(),
        undefined,
        new Vocabularies(database),
      );
    });

    const ask = (text: string, more: Partial<SearchRequest> = {}) =>
      search.query({ tenant, collection: 'shop', by: { kind: 'text', text }, ...more });
    const ids = async (text: string, more: Partial<SearchRequest> = {}) =>
      (await ask(text, more)).hits.map((hit) => hit.itemId);
    const set = async (text: string, more: Partial<SearchRequest> = {}) => (await ids(text, more)).toSorted();

    it('says what quotation marks and - asked for where that leaves nothing', async () => {
      const { hits, plan } = await ask('sleeve “no such thing” -paper');
      expect(hits).toEqual([]);
      expect(plan.notes.join()).toMatch(/quotation marks together and lacks the words behind -; the option literal/);
      expect((await ask('sleeve')).plan.notes.join()).not.toContain('literal');
    });

    it.each(['hybrid', 'lexical', 'dense'] as const)('keeps quoted words together in every hit (%s)', async (mode) => {
      expect(await set('"wireless mouse"', { mode })).toEqual(['en']);
      expect(await set('"무선 마우스"', { mode })).toEqual(['logi']);
      expect(await set('“마우스” silent', { mode })).toEqual(['logi', 'wired']);
      expect(await set('"pads desk"', { mode })).toEqual([]);
    });

    it.each(['hybrid', 'lexical', 'dense'] as const)('has no hit with an excluded word (%s)', async (mode) => {
      const mice = await set('mouse -wireless', { mode });
      expect(mice.filter((id) => ['en', 'en2', 'border'].includes(id))).toEqual([]);
      expect(await set('마우스 -유선', { mode })).not.toContain('wired');
      expect(await ids('마우스 -유선', { mode })).toContain('logi');
      expect(await set('sleeve -"laptop sleeve" -mouse', { mode })).not.toContain('laptop');
    });

    it('says that nothing was left out, and pages through what the conditions leave', async () => {
      const answer = await ask('mouse -usb', { limit: 2 });
      expect(answer.plan.complete).toBe(true);
      const rest = await ask('mouse -usb', { limit: 2, pageToken: answer.nextPageToken });
      const all = [...answer.hits, ...rest.hits].map((hit) => hit.itemId);
      expect(new Set(all).size).toBe(all.length);
      expect(all).not.toContain('en');
    });

    it('takes the text as it is where that is asked for', async () => {
      const textOptions = { literal: true };
      expect(await set('"wireless mouse" -pad', { mode: 'lexical', textOptions })).toEqual(['border', 'en', 'en2']);
    });

    it('finds synonyms, never counting a word and its synonym together', async () => {
      expect(await set('notebook', { mode: 'lexical' })).toEqual(['laptop', 'notebook']);
      expect(await set('laptop', { mode: 'lexical', textOptions: { withoutSynonyms: true } })).toEqual(['laptop']);
      expect(await set('쥐', { mode: 'lexical' })).toEqual(['logi', 'wired']);
      expect(await ids('laptop', { mode: 'lexical' })).toHaveLength(2);
      const { plan, hits } = await ask('portable computer', { mode: 'lexical' });
      expect(hits.map((hit) => hit.itemId).toSorted()).toEqual(['laptop', 'notebook']);
      expect(plan.legs[0]!.settings.variants).toBe('notebook | laptop');
      const alone = await ask('notebook', { mode: 'lexical', textOptions: { withoutSynonyms: true } });
      const widened = await ask('notebook', { mode: 'lexical' });
      const scoreOf = ({ hits: found }: typeof alone) => found.find((hit) => hit.itemId === 'notebook')!.score;
      expect(scoreOf(widened)).toBeCloseTo(scoreOf(alone), 5);
    });

    it('leaves stop words out of queries that have other words', async () => {
      const { plan } = await ask('the sleeve for 추천 마우스', { mode: 'lexical' });
      expect(plan.legs[0]!.settings.terms).toBe('sleev 마우 우스');
      expect(plan.notes).toContain('Stop words are left out: the, for, 추천');
      expect((await ask('the', { mode: 'lexical' })).plan.legs[0]!.settings.terms).toBe('the');
    });

    it('lets the dense leg count what the collection says, and tells where that comes from', async () => {
      const { plan } = await ask('wireless mouse receiver');
      expect(plan.denseWeight).toBeCloseTo(0.21);
      expect(plan.notes).toContain('The dense leg counts at most 0.42: learned from 78 judged queries, 2026-11-24');
      const own = await ask('wireless mouse', { fusion: { method: 'normalized', denseWeight: 0.5 } });
      expect(own.plan.denseWeight).toBe(0.5);
      expect(own.plan.notes).toEqual([]);
    });

    it('looks for the nearest words beside those that no item has, and says so', async () => {
      const korean = await ask('로지택 마우스', { mode: 'lexical' });
      expect(korean.hits[0]!.itemId).toBe('logi');
      expect(korean.suggestions).toEqual([
        { text: '로지텍 마우스', kind: SuggestionKind.SUGGESTION_KIND_TYPO, items: 1n },
      ]);
      expect(korean.plan.notes).toContain('No item has "로지택": "로지텍" is looked for too');
      const marked = await ask('로지택 "무선 마우스" "유선 마우수" -로지택', { mode: 'lexical' });
      expect(marked.suggestions.map(({ text }) => text)).toEqual(['로지텍 "무선 마우스" "유선 마우수" -로지택']);
      expect(await set('wireles', { mode: 'lexical' })).toEqual(['border', 'en', 'en2']);
      expect(await set('wierless', { mode: 'lexical' })).toEqual(['border', 'en', 'en2']);
      const off = await ask('wierless', { mode: 'lexical', textOptions: { withoutTypos: true } });
      expect([off.hits, off.suggestions]).toEqual([[], []]);
    });

    it('never offers words of hidden items or of attributes that are not shown', async () => {
      for (const text of ['unlistde', 'zzsecrte']) expect((await ask(text)).suggestions).toEqual([]);
      expect(await ids('zzsecret', { mode: 'lexical' })).toEqual(['notebook']);
    });

    it('offers what the keys write in the other layout', async () => {
      const kind = SuggestionKind.SUGGESTION_KIND_KEYBOARD;
      expect((await ask('akdntm')).suggestions).toEqual([{ text: '마우스', kind, items: 2n }]);
      expect((await ask('ㅡㅐㅕㄴㄷ')).suggestions).toEqual([{ text: 'mouse', kind, items: 3n }]);
      expect((await ask('qwertyzxcv')).suggestions).toEqual([]);
    });

    it('shows where the terms were found, in the fields that callers may see', async () => {
      const { hits } = await ask('로지택 "무선 마우스"', { mode: 'lexical', textOptions: { highlight: true } });
      expect(hits[0]!.matchedFields).toEqual(['title', 'attributes.brand']);
      const title = hits[0]!.highlights[0]!;
      expect(title).toMatchObject({ field: 'title', text: '로지텍 무선 마우스', offset: 0 });
      expect(title.spans.map(({ start, end }) => [...title.text].slice(start, end).join(''))).toEqual([
        '로지텍',
        '무선',
        '마우스',
      ]);
      const [secret] = (await ask('zzsecret', { mode: 'lexical', textOptions: { highlight: true } })).hits;
      expect([secret!.matchedFields, secret!.highlights]).toEqual([[], []]);
    });

    it.each([
      ['only exclusions', 'mouse'.replace('mouse', '-mouse -"wireless"'), 'FIELD_INVALID'],
      ['a megabyte', 'mouse '.repeat(200_000), 'FIELD_TOO_LARGE'],
      ['too many phrases', '"mouse" '.repeat(40), 'FIELD_TOO_LARGE'],
      ['a phrase as long as a book', `"${'mouse '.repeat(200)}"`, 'FIELD_TOO_LARGE'],
    ])('refuses %s on the field text', async (_, text, code) => {
      await expect(ask(text)).rejects.toMatchObject({ code, field: 'text' });
    });

    it.each([
      ['emoji alone', '🖱️👩‍👩‍👧'],
      ['an excluded emoji', 'mouse -🖱️ "🖱️"'],
      ['unbalanced quotation marks', '15" mouse "wireless'],
      ['nothing but marks', '" "" - -- "'],
      ['combining marks', 'm\u0301\u0301\u0301ouse "e\u0301\u0336"'],
      ['right to left', '"מִקְלֶדֶת" عكبر -ماوس'],
      ['mixed scripts', 'lg전자5g폰 "東京タワー" ｗｉｒｅｌｅｓｓ'],
      ['quotes of PostgreSQL', `mouse' & !('x':* | "a\\' b" -'c`],
      ['a long word', 'x'.repeat(8_000)],
      ['many words', 'ab '.repeat(2_700)],
    ])('answers a query of %s', async (_, text) => {
      expect((await ask(text)).plan.legs.length).toBeLessThanOrEqual(2);
    });
  });
});
