import { Collection, type SearchSettings } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionService } from './collection.service.ts';

const tenant = 'default';
const settings: SearchSettings = {
  synonyms: [
    { words: ['notebook', '노트북', 'portable computer'], oneWay: false },
    { words: ['tv', 'oled'], oneWay: true },
  ],
  stopWords: ['the', '추천'],
  denseWeight: 0,
  denseWeightSource: 'learned from 78 judged queries, 2026-11-24',
  koreanAnalyzer: 'garu-ko',
};
const sets = (count: number) => Array.from({ length: count }, () => ({ words: ['a', 'b'], oneWay: false }));

describe.each(testDatabases())('the search settings of a collection on $name', ({ open }) => {
  let database: Database;
  let collections: CollectionService;
  const put = (search?: Partial<SearchSettings>) =>
    collections.put(tenant, Collection.fromPartial({ name: 'shop', search }));

  beforeAll(async () => {
    database = await open();
    collections = new CollectionService(database, new CollectionDirectory(database));
  });

  it('are stored, read back, kept where a change does not name them, and taken away', async () => {
    expect((await put(settings)).search).toEqual(settings);
    expect((await collections.get(tenant, 'shop')).search).toEqual(settings);
    expect((await new CollectionDirectory(database).get(tenant, 'shop')).search).toEqual(settings);
    expect((await put()).search).toEqual(settings);
    expect((await put({})).search).toBeUndefined();
    expect((await collections.get(tenant, 'shop')).search).toBeUndefined();
  });

  it('go with the collection, and its words too', async () => {
    await put(settings);
    expect(await database.query({ tenant }, 'select from kindred.vocabularies')).toHaveLength(1);
    await collections.delete(tenant, 'shop');
    expect(await database.query({ tenant }, 'select from kindred.vocabularies')).toEqual([]);
  });

  it('say what documents are analyzed by: at once in a new collection, by rewriting them in others', async () => {
    const considered: string[] = [];
    const consider = ({ name }: { name: string }) => considered.push(name);
    const watched = new CollectionService(database, new CollectionDirectory(database), { consider });
    const declare = (name: string, search?: Partial<SearchSettings>) =>
      watched.put(tenant, Collection.fromPartial({ name, search }));
    const analyzed = async (name: string) =>
      (await new CollectionDirectory(database).get(tenant, name)).documentsAnalyzer;
    await declare('new', { koreanAnalyzer: 'garu-ko' });
    expect(await analyzed('new')).toMatch(/^garu-ko \d/);
    await declare('new', { koreanAnalyzer: 'garu-ko', stopWords: ['the'] });
    expect(await analyzed('new')).toMatch(/^garu-ko \d/);
    await declare('new');
    expect(await analyzed('new')).toMatch(/^garu-ko \d/);
    await declare('new', {});
    expect(await analyzed('new')).toBe('mixed');
    await declare('old');
    expect(await analyzed('old')).toBe('');
    await declare('old', { koreanAnalyzer: 'garu-ko' });
    expect(await analyzed('old')).toBe('mixed');
    expect(considered).toEqual(['new', 'new', 'new', 'new', 'old', 'old']);
  });

  it('keep an analyzer that is not installed any more while something else is changed', async () => {
    await put({ koreanAnalyzer: 'garu-ko' });
    await database.query(
      { tenant },
      `update kindred.collections set search_settings = '{"koreanAnalyzer":"gone"}' where name = 'shop'`,
    );
    const stored = await put({ koreanAnalyzer: 'gone', stopWords: ['the'] });
    expect(stored.search).toMatchObject({ koreanAnalyzer: 'gone', stopWords: ['the'] });
    await put({});
  });

  it.each<[string, Partial<SearchSettings>, string, string]>([
    ['a set of one word', { synonyms: [{ words: ['a'], oneWay: false }] }, 'FIELD_MISSING', 'synonyms[0].words'],
    ['a million sets', { synonyms: sets(1_000_000) }, 'FIELD_TOO_LARGE', 'synonyms'],
    [
      'a long set',
      { synonyms: [{ words: Array(17).fill('a'), oneWay: false }] },
      'FIELD_TOO_LARGE',
      'synonyms[0].words',
    ],
    [
      'a word twice',
      { synonyms: [{ words: ['Mouse', 'rodent', 'mouses'], oneWay: false }] },
      'FIELD_INVALID',
      'synonyms[0].words[2]',
    ],
    ['emoji', { synonyms: [{ words: ['smile', '🙂'], oneWay: false }] }, 'FIELD_INVALID', 'synonyms[0].words[1]'],
    ['a null byte', { stopWords: ['a\u0000'] }, 'TEXT_HAS_NULL_BYTE', 'stop_words[0]'],
    ['a stop phrase', { stopWords: ['the', 'of the'] }, 'FIELD_INVALID', 'stop_words[1]'],
    ['a stop word of a book', { stopWords: ['x'.repeat(300)] }, 'FIELD_TOO_LARGE', 'stop_words[0]'],
    ['a weight above 1', { denseWeight: 1.5 }, 'FIELD_INVALID', 'dense_weight'],
    ['an analyzer that is not known', { koreanAnalyzer: 'nori' }, 'FIELD_INVALID', 'korean_analyzer'],
    ['no number', { denseWeight: Number.NaN }, 'FIELD_INVALID', 'dense_weight'],
  ])('are refused with %s', async (_, search, code, field) => {
    const refused = { code, field: `collection.search.${field}`, message: expect.stringMatching(/; | must be /) };
    await expect(put(search)).rejects.toMatchObject(refused);
  });
});
