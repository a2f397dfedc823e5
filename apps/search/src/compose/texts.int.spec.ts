import { type QueryRequest, SearchMode, type TextOptions, Typos } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, refreshVocabulary } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, idsOf, text } from './composed-shop.fake.spec.ts';

const lexical = SearchMode.SEARCH_MODE_LEXICAL;
const boosts = [{ weight: 0.5, value: { $case: 'popularity' as const, value: {} } }];
const textOptions = (options: Partial<TextOptions>): TextOptions => {
  return { typos: Typos.TYPOS_UNSPECIFIED, highlight: false, withoutSynonyms: false, literal: false, ...options };
};

const gear = [
  { itemId: 'logi', title: '로지텍 무선 마우스', body: '조용한 클릭' },
  { itemId: 'en', title: 'Wireless mouse', body: 'with a receiver' },
  { itemId: 'laptop', title: 'Laptop sleeve', body: 'for thin computers' },
  { itemId: 'notebook', title: 'Notebook sleeve', body: 'paper or not' },
];

describe.each(testDatabases())('the texts of composed queries on $name', ({ open }) => {
  let shop: ComposedShop;
  const ask = (words: string, more: Partial<QueryRequest> = {}) =>
    shop.ask({ by: text(words), mode: lexical, boosts, ...more });

  beforeAll(async () => {
    const database: Database = await open();
    shop = new ComposedShop(database, 'texts');
    const { tenant } = shop;
    await shop.stock('shop', gear);
    await shop.stock('films', [{ itemId: 'f', title: 'The notebook, a film about a mouze' }]);
    const settings = { synonyms: [{ words: ['notebook', 'laptop'], oneWay: false }], stopWords: ['the'] };
    await database.query(
      { tenant },
      `update kindred.collections set search_settings = $1::jsonb where tenant_id = $2 and name = 'shop'`,
      [JSON.stringify(settings), tenant],
    );
    for (const name of ['shop', 'films']) {
      const collection = await new CollectionDirectory(database).get(tenant, name);
      expect(await refreshVocabulary(database, collection)).toBe('built');
    }
  });

  it.each([
    ['로지택 마우스', '로지텍', 'logi'],
    ['wireles', 'wireless', 'en'],
  ])('mends typing errors beside a boost: %s', async (words, meant, found) => {
    const { hits, plan } = await ask(words);
    expect(hits[0]!.itemId).toBe(found);
    expect(plan!.notes.join()).toContain(`"${meant}" is looked for too`);
    expect((await ask('wireles', { textOptions: textOptions({ typos: Typos.TYPOS_OFF }) })).hits).toEqual([]);
  });

  it('suggests what was meant where the query has one text, and nothing where it has several', async () => {
    const { suggestions } = await ask('무선 마우쓰');
    expect(suggestions.map((one) => one.text)).toContain('무선 마우스');
    const parts = ['마우쓰', 'wireles'].map((words) => ({ by: text(words), weight: 1 }));
    const mixed = await shop.ask({ mix: { parts }, mode: lexical });
    expect(idsOf(mixed).toSorted()).toEqual(['en', 'logi']);
    expect(mixed.suggestions).toEqual([]);
    expect(mixed.plan!.notes).toContainEqual(expect.stringMatching(/^part_1: No item has "wireles"/));
  });

  it('knows the synonyms and stop words of each collection', async () => {
    const both = { collections: ['films'] };
    const { hits, plan } = await ask('the notebook', both);
    expect(idsOf({ hits } as never).toSorted()).toEqual(['f', 'laptop', 'notebook']);
    expect(plan!.notes).toEqual(['shop: Stop words are left out: the']);
    const { hits: strict } = await ask('notebook', { textOptions: textOptions({ withoutSynonyms: true }) });
    expect(idsOf({ hits: strict } as never)).toEqual(['notebook']);
  });

  it('shows where the terms stand, those of the replacement too, in hits and in groups, with and without payload', async () => {
    const options = { textOptions: textOptions({ highlight: true }), collections: ['films'] };
    const { hits } = await ask('wireles mouze', options);
    const marked = Object.fromEntries(
      hits.map(({ itemId, highlights }) => [
        itemId,
        highlights.flatMap(({ text: part, spans }) => spans.map(({ start, end }) => part.slice(start, end))),
      ]),
    );
    expect(marked.en).toContain('Wireless');
    expect(marked.f).toContain('mouze');
    const { groups } = await shop.ask({
      by: text('마우스'),
      mode: lexical,
      groupBy: { field: 'brand', size: 1 },
      with: { payload: false, vectors: false, explain: false },
      textOptions: textOptions({ highlight: true }),
    });
    expect(groups[0]!.hits[0]).toMatchObject({ itemId: 'logi', matchedFields: ['title'], item: undefined });
    expect((await ask('mouse')).hits[0]!.highlights).toEqual([]);
  });

  it('marks nothing of a part that pushes away', async () => {
    const parts = [
      { by: text('mouse'), weight: 1 },
      { by: text('receiver'), weight: -0.1 },
    ];
    const options = { mode: lexical, textOptions: textOptions({ highlight: true }) };
    const { hits } = await shop.ask({ mix: { parts }, ...options });
    expect(hits.find(({ itemId }) => itemId === 'en')).toMatchObject({ matchedFields: ['title'] });
  });

  it('says what quotation marks and - asked for where that leaves nothing', async () => {
    const { hits, plan } = await ask('sleeve "no such thing" -paper');
    expect(hits).toEqual([]);
    expect(plan!.notes.join()).toContain('has the words in quotation marks together and lacks the words behind -');
  });

  it('pages on as it began, whatever the vocabulary has learned since', async () => {
    const all = await shop.everyPage({ by: text('wireles sleve'), mode: lexical, boosts, limit: 1 });
    expect(all.toSorted()).toEqual(['en', 'laptop', 'notebook']);
  });
});
