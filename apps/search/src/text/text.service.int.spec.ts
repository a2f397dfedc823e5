import { SuggestionKind } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Caller } from '@kindred/runtime';
import { CollectionDirectory, refreshVocabulary, Vocabularies } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { TextService } from './text.service.ts';

const caller: Caller = { tenant: 'typing', role: 'reader', requestId: 'r-1' };
const stranger: Caller = { ...caller, tenant: 'other' };
const titles = ['로지텍 무선 마우스', '로지텍 키보드', 'Wireless mouse', 'Wireless mouse pad', 'Hidden wireless'];
const settings = { synonyms: [{ words: ['mouse', '마우스'], oneWay: false }], stopWords: ['the'] };

describe.each(testDatabases())('the text service on $name', ({ open }) => {
  let database: Database;
  let texts: TextService;

  beforeAll(async () => {
    database = await open();
    const { tenant } = caller;
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, search_settings) values (kindred.tenant(), 'shop', $1::jsonb),
         (kindred.tenant(), 'empty', '{}')`,
      [JSON.stringify(settings)],
    );
    const directory = new CollectionDirectory(database);
    const collection = await directory.get(tenant, 'shop');
    await database.query(
      { tenant },
      `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, hidden)
       select kindred.tenant(), $1, title, 1, title, title like 'Hidden%' from unnest($2::text[]) title`,
      [collection.collectionId, titles],
    );
    await refreshVocabulary(database, collection);
    texts = new TextService(directory, new Vocabularies(database));
  });

  const suggest = async (text: string, more: { collection?: string; limit?: number } = {}) =>
    (await texts.suggest({ collection: 'shop', text, ...more }, caller)).suggestions.map((one) => one.text);

  it('completes what is typed, up to the middle of a syllable', async () => {
    for (const typed of ['로ㅈ', '로지', '로직'.slice(0, 1)]) expect((await suggest(typed))[0]).toBe('로지텍');
    expect(await suggest('wireless m', { limit: 2 })).toEqual(['wireless mouse', 'wireless mouse pad']);
    expect(await suggest('hidd')).toEqual([]);
  });

  it('says no word twice', async () => {
    for (const typed of ['마우스 ㅁ', 'mouse mo', 'wireless mouse wir']) {
      for (const text of await suggest(typed)) {
        const words = text.split(' ');
        expect(new Set(words).size, text).toBe(words.length);
      }
    }
    expect(await suggest('무선 ㅁ')).toContain('무선 마우스');
  });

  it('offers what the keys write in the other layout', async () => {
    const { suggestions } = await texts.suggest({ collection: 'shop', text: 'fhwl' }, caller);
    expect(suggestions[0]).toEqual({ text: '로지텍', kind: SuggestionKind.SUGGESTION_KIND_KEYBOARD, items: 2n });
  });

  it('has nothing to say to an empty text, a book, or in a collection without items', async () => {
    expect(await suggest('')).toEqual([]);
    expect(await suggest('wire'.repeat(100))).toEqual([]);
    expect(await suggest('wire', { collection: 'empty' })).toEqual([]);
  });

  it.each([
    ['a collection that is not there', { collection: 'none' }, 'COLLECTION_NOT_FOUND', 'collection'],
    ['too many', { limit: 21 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['none', { limit: 0 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
  ])('refuses suggestions from or of %s', async (_, more, code, field) => {
    await expect(suggest('wire', more)).rejects.toMatchObject({ code, field });
  });

  it('keeps the words of a tenant from another', async () => {
    const asked = texts.suggest({ collection: 'shop', text: 'wire' }, stranger);
    await expect(asked).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
  });

  it('takes a text apart, with the stop words and synonyms of a collection or without', async () => {
    const text = 'The mouse "무선 마우스" -pad';
    const answer = await texts.runAnalyzer({ collection: 'shop', text }, caller);
    expect(answer).toMatchObject({ phrases: ['무선 마우스'], excluded: ['pad'] });
    expect(answer.terms.slice(0, 3)).toEqual([
      { term: 'the', start: 0, end: 3, stopWord: true, synonyms: [], morpheme: false },
      { term: 'mous', start: 4, end: 9, stopWord: false, synonyms: ['마우 우스'], morpheme: false },
      { term: '무선', start: 11, end: 13, stopWord: false, synonyms: [], morpheme: false },
    ]);
    expect(answer.synonyms).toEqual([
      { start: 4, end: 9, word: '마우스', terms: ['마우', '우스'] },
      { start: 14, end: 17, word: 'mouse', terms: ['mous'] },
    ]);
    expect(answer.terms.at(-1)).toMatchObject({ term: '우스', start: 15, end: 17 });
    const plain = await texts.runAnalyzer({ collection: '', text }, caller);
    expect(plain.terms.some(({ stopWord, synonyms }) => stopWord || synonyms.length > 0)).toBe(false);
    const long = texts.runAnalyzer({ collection: '', text: 'x'.repeat(9_000) }, caller);
    await expect(long).rejects.toMatchObject({ code: 'FIELD_TOO_LARGE', field: 'text' });
  });
});
