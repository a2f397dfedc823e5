import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { AbsenceExplainer } from '../absence/absence-explainer.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { upsertDocuments } from '../document.store.ts';
import { promote } from '../promotion.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { Shop, withoutTextSearch } from '../shop.fake.spec.ts';
import { queryMorphology } from './query-morphology.ts';
import { refreshVocabulary } from './refresh-vocabulary.ts';
import { runAnalyzer } from './run-analyzer.ts';
import { compileSettings } from './search-settings.ts';
import { Vocabularies } from './vocabularies.ts';
import { noteAnalyzer } from './vocabulary.store.ts';

const items = [
  { itemId: 'sick', title: '배가 아파서 먹는 약', body: '조용한 약국에서' },
  { itemId: 'mouse', title: '로지텍 게이밍마우스', body: '무선 마우스를 샀다' },
  { itemId: 'en', title: 'Wireless mouse' },
];
const inPairs = 'Korean is read by pairs of characters alone';

describe.each(testDatabases())('a Korean analyzer on $name', ({ open }) => {
  describe.each(['small', 'indexed', 'stock'] as const)('of a collection that is %s', (layout) => {
    const tenant = `korean-${layout}`;
    let database: Database;
    let shop: Shop;

    beforeAll(async () => {
      const real = await open();
      database = layout === 'stock' ? withoutTextSearch(real) : real;
      shop = await Shop.open(database, tenant);
      await shop.put(items);
      if (layout !== 'small') await promote(database, tenant, shop.collection.collectionId, 'documents');
      await refreshVocabulary(database, shop.collection, { always: true });
    });

    const declare = (koreanAnalyzer: string) =>
      database.query({ tenant }, `update kindred.collections set search_settings = $1::jsonb`, [
        JSON.stringify({ ...(koreanAnalyzer && { koreanAnalyzer }), stopWords: ['추천'] }),
      ]);
    const refresh = (always = true) => refreshVocabulary(database, shop.collection, { always });
    // A directory of its own each time: no test waits for a notification.
    const opened = () => {
      const directory = new CollectionDirectory(database);
      const search = new Search(database, directory, undefined, undefined, new Vocabularies(database));
      return { directory, search };
    };
    const ask = (text: string, more: Partial<SearchRequest> = {}) =>
      opened().search.query({ tenant, collection: 'shop', by: { kind: 'text', text }, mode: 'lexical', ...more });
    const ids = async (text: string) => (await ask(text)).hits.map(({ itemId }) => itemId);

    it('is used once all documents were rewritten by it, and queries are read by pairs until then', async () => {
      await declare('garu-ko');
      expect(await ids('아프다')).toEqual([]);
      expect((await ask('무선 마우스')).plan.notes.join()).toContain(
        `${inPairs} until all items were analyzed by garu-ko`,
      );
      expect(await ids('무선 마우스')).toEqual(['mouse']);
      expect(await refresh(false)).toBe('later'); // other processes may not know yet
      expect(await refresh()).toBe('built');
      expect(await ids('아프다')).toEqual(['sick']);
      expect((await ask('무선 마우스')).plan.notes.join()).not.toContain(inPairs);
      expect(await refresh()).toBe('current');
    });

    it('leaves phrases, excluded words, stop words and mended typing errors what they are', async () => {
      expect(await ids('"무선 마우스"')).toEqual(['mouse']);
      expect(await ids('"마우스 무선"')).toEqual([]);
      expect(await ids('약 마우스 -로지텍')).toEqual(['sick']);
      expect(await ids('마우스')).toEqual(['mouse']);
      expect((await ask('로지택')).hits.map(({ itemId }) => itemId)).toEqual(['mouse']);
      expect((await ask('로지텍 추천')).plan.notes.join()).toContain('추천');
    });

    it('marks what it found, a stem where it melted with its ending', async () => {
      const { hits } = await ask('아프다', { textOptions: { highlight: true } });
      const { text, spans } = hits[0]!.highlights[0]!;
      expect(spans.map(({ start, end }) => [...text].slice(start, end).join(''))).toEqual(['아파']);
    });

    it('explains absences by its terms', async () => {
      const { directory, search } = opened();
      const explainer = new AbsenceExplainer(database, directory, search);
      const request = { tenant, collection: 'shop', by: { kind: 'text' as const, text: '아프다' } };
      const { reasons } = await explainer.explain({ ...request, mode: 'lexical' }, 'mouse');
      expect(reasons.map(({ message }) => message).join()).toContain('None of the text');
      expect(await explainer.explain({ ...request, mode: 'lexical' }, 'sick')).toMatchObject({ position: 1n });
    });

    it('shows its terms with their places, and says which one it is', async () => {
      const collection = await opened().directory.get(tenant, 'shop');
      const read = await queryMorphology(collection);
      const answer = runAnalyzer('아파서', compileSettings(collection, read.morphology), read);
      expect(answer.analyzer).toMatch(/^words and character pairs, garu-ko \d/);
      expect(answer.terms.map(({ term, start, end, morpheme }) => [term, start, end, morpheme])).toEqual([
        ['m아프', 0, 2, true],
        ['아파', 0, 2, false],
        ['파서', 1, 3, false],
      ]);
    });

    it('is left alone by queries as soon as documents were written without it, and rewrites them all', async () => {
      const { collectionId } = shop.collection;
      await database.transaction({ tenant }, async (sql) => {
        await upsertDocuments(sql, collectionId, [{ itemId: 'sick', text: items[0]!.title }]);
        await noteAnalyzer(sql, collectionId, '');
      });
      expect((await ask('마우스')).plan.notes.join()).toContain(inPairs);
      expect(await refresh()).toBe('built');
      expect(await ids('아프다')).toEqual(['sick']);
    });

    it('that this process does not have costs neither its collection nor the documents that have its terms', async () => {
      const before = await opened().directory.get(tenant, 'shop');
      await declare('from-a-later-version');
      expect(await ids('무선 마우스')).toEqual(['mouse']);
      expect((await ask('마우스')).plan.notes.join()).toContain(`${inPairs}: collection.search.korean_analyzer`);
      expect(await refresh()).toBe('current');
      expect((await opened().directory.get(tenant, 'shop')).documentsAnalyzer).toBe(before.documentsAnalyzer);
    });

    it('goes from the documents when it is taken away', async () => {
      await declare('');
      expect(await ids('아프다')).toEqual([]);
      expect(await refresh()).toBe('built');
      const rows = await database.query<{ tokens: string }>({ tenant }, 'select tokens from kindred.documents');
      expect(rows.map(({ tokens }) => tokens).join(' ')).not.toMatch(/m\p{sc=Hangul}/u);
      expect(await refresh()).toBe('current');
    });
  });
});
