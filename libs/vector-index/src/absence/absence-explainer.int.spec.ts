import { AbsenceCause, type Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { Search } from '../search/search.ts';
import type { SearchRequest } from '../search/search-request.ts';
import { attribute, FakeEmbedder, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { AbsenceExplainer } from './absence-explainer.ts';

const items: ShopItem[] = [
  ...Array.from({ length: 40 }, (_, at) => ({
    itemId: `mouse-${String(at).padStart(2, '0')}`,
    title: `무선 마우스 mouse ${'grey '.repeat(at)}`,
    price: at,
    attributes: { color: at % 2 === 0 ? 'red' : 'blue' },
  })),
  { itemId: 'hidden', title: '무선 마우스 mouse', hidden: true, price: 5, attributes: { color: 'red' } },
  { itemId: 'deleted', title: '무선 마우스 mouse', deleted: true },
  { itemId: 'desk', title: '책상', price: 5, attributes: { color: 'red' } },
];

const causeOf = (name: string) => AbsenceCause[`ABSENCE_CAUSE_${name}` as keyof typeof AbsenceCause];
const equals = (field: string, value: unknown) => onField(field, { $case: 'equals', value });
const range = (bounds: object) => onField('price', { $case: 'range', value: bounds });
const nested = (filter: Filter) => ({ kind: { $case: 'filter' as const, value: filter } });

describe.each(testDatabases())('why an item is absent, on $name', ({ open }) => {
  let database: Database;
  let search: Search;
  let directory: CollectionDirectory;
  const text = { kind: 'text', text: '무선 마우스 mouse' } as const;
  const ask = (itemId: string, more: Partial<SearchRequest> = {}, tenant = 'absent') =>
    new AbsenceExplainer(database, directory, search).explain(
      { tenant, collection: 'shop', by: text, ...more },
      itemId,
    );
  const causes = async (...asked: Parameters<typeof ask>) =>
    (await ask(...asked)).reasons.map(({ cause }) => AbsenceCause[cause].replace('ABSENCE_CAUSE_', ''));

  beforeAll(async () => {
    database = await open();
    const shop = await Shop.open(database, 'absent', [attribute('color', 'keyword')]);
    await shop.put(items);
    await shop.put([{ itemId: 'unembedded', title: '트랙볼' }], { vectors: false });
    const other = await Shop.open(database, 'other tenant', []);
    await other.put([{ itemId: 'secret', title: '무선 마우스 mouse' }]);
    directory = new CollectionDirectory(database);
    search = new Search(database, directory, new FakeEmbedder());
  });

  it('is not asked where it is there: its position is told, on later pages too', async () => {
    const { hits, nextPageToken } = await search.query({ tenant: 'absent', collection: 'shop', by: text });
    expect(await ask(hits[3]!.itemId)).toEqual({ position: 4n, reasons: [] });
    const second = await search.query({ tenant: 'absent', collection: 'shop', by: text, pageToken: nextPageToken });
    expect(await ask(second.hits[0]!.itemId, { pageToken: nextPageToken })).toEqual({ position: 11n, reasons: [] });
  });

  it('tells the state of the item, and nothing of another tenant’s', async () => {
    expect(await causes('no such item')).toEqual(['UNKNOWN_ITEM']);
    const secret = await ask('secret');
    const unknown = await ask('geheim');
    expect(secret.reasons[0]!.message.replace('secret', 'geheim')).toBe(unknown.reasons[0]!.message);
    expect(await causes('deleted')).toEqual(['DELETED']);
    expect(await causes('hidden')).toEqual(['HIDDEN']);
  });

  it('names each condition of the filter that the item does not meet', async () => {
    const filter: Filter = {
      must: [equals('color', 'red'), range({ gte: 30 }), nested(must(range({ lt: 100 }), equals('color', 'blue')))],
      should: [equals('color', 'green'), nested({ must: [], should: [equals('color', 'red')], mustNot: [] })],
      mustNot: [range({ lte: 5 }), equals('color', 'blue')],
    };
    const paths = async (itemId: string, asked: Filter) =>
      (await ask(itemId, { filter: asked })).reasons
        .filter(({ cause }) => cause === causeOf('FILTERED'))
        .map(({ field }) => field);
    expect(await paths('mouse-04', { ...filter, should: [] })).toEqual([
      'filter.must[1]',
      'filter.must[2].filter.must[1]',
      'filter.must_not[0]',
    ]);
    expect(await paths('mouse-05', { must: [], should: filter.should, mustNot: [] })).toEqual(['filter.should']);
    expect(await paths('mouse-04', { must: [], should: filter.should, mustNot: [] })).toEqual([]);
    // A contradiction is answered without looking; why this item is not there can be told all the same.
    expect(await paths('mouse-04', must(range({ lt: 5 }), range({ gt: 9 })))).toEqual(['filter.must[1]']);
    expect(await causes('hidden', { filter: must(equals('color', 'blue')) })).toEqual(['HIDDEN', 'FILTERED']);
  });

  it('knows the examples of the query', async () => {
    expect(await causes('mouse-00', { by: { kind: 'items', itemIds: ['mouse-00', 'mouse-01'] } })).toEqual([
      'IS_EXAMPLE',
    ]);
    const by = { kind: 'recommend', positive: ['mouse-00'], negative: ['desk'] } as const;
    expect(await causes('desk', { by })).toEqual(['IS_EXAMPLE']);
  });

  it.each<[string, Partial<SearchRequest>, string[], string]>([
    ['a phrase', { by: { kind: 'text', text: '"마우스 무선"' } }, ['TEXT_CONDITION'], '"마우스 무선" together'],
    ['an excluded word', { by: { kind: 'text', text: '무선 -mouse' } }, ['TEXT_CONDITION'], 'The item has "mouse"'],
    [
      'several of them',
      { by: { kind: 'text', text: '"무선 마우스" "grey mouse" -grey -red' }, mode: 'lexical' },
      ['TEXT_CONDITION', 'TEXT_CONDITION'],
      '"grey mouse" together',
    ],
  ])('tells what the marks of the text ask of it: %s', async (_name, request, expected, message) => {
    const { reasons } = await ask('mouse-30', request);
    expect(reasons.map(({ cause }) => cause)).toEqual(expected.map(causeOf));
    expect(reasons[0]).toMatchObject({ field: 'text', message: expect.stringContaining(message) });
    expect(reasons[0]!.message).toContain('text_options.literal');
  });

  it('knows no marks in a text that is taken as it is', async () => {
    const by = { kind: 'text', text: '"마우스 무선" -mouse' } as const;
    expect(await causes('mouse-30', { by, textOptions: { literal: true } })).toEqual(['OUTRANKED']);
  });

  it('tells that nothing was compared: no taste of the user, no words in the text', async () => {
    const { reasons } = await ask('mouse-30', { by: { kind: 'user', userId: 'nobody' } });
    expect(reasons).toEqual([
      {
        cause: causeOf('NOTHING_COMPARED'),
        field: 'user_id',
        message: expect.stringContaining('The user has no vector'),
      },
    ]);
    expect(await causes('desk', { by: { kind: 'items', itemIds: ['unembedded'] } })).toEqual(['NOTHING_COMPARED']);
    expect(await causes('desk', { by: { kind: 'text', text: '🐭' } })).toEqual(['NO_TERM_MATCHES', 'NOTHING_COMPARED']);
    expect(await causes('desk', { by: { kind: 'text', text: '🐭' }, mode: 'lexical' })).toEqual(['NO_TERM_MATCHES']);
  });

  it('tells what keeps it out of the legs: no term of the text, no vector, an old one', async () => {
    expect(await causes('desk', { mode: 'lexical' })).toEqual(['NO_TERM_MATCHES']);
    expect(await causes('unembedded', { mode: 'dense' })).toEqual(['NOT_EMBEDDED']);
    expect(await causes('unembedded')).toEqual(['NO_TERM_MATCHES', 'NOT_EMBEDDED']);
    const set = (hash: string) =>
      database.query(
        { tenant: 'absent' },
        `update kindred.items set content_hash = ${hash} where item_id = 'mouse-39' returning content_hash`,
      );
    const [before] = await database.query<{ content_hash: Buffer }>(
      { tenant: 'absent' },
      `select content_hash from kindred.items where item_id = 'mouse-39'`,
    );
    await set(`sha256('changed')`);
    expect(await causes('mouse-39', { mode: 'dense' })).toEqual(['OUTRANKED', 'STALE_VECTOR']);
    await set(`'\\x${before!.content_hash.toString('hex')}'`);
    expect(await causes('mouse-39', { mode: 'dense' })).toEqual(['OUTRANKED']);
  });

  it.each(['hybrid', 'lexical', 'dense'] as const)('tells the exact place of what is out-ranked: %s', async (mode) => {
    const all = await search.query({ tenant: 'absent', collection: 'shop', by: text, mode, limit: 1000, exact: true });
    const itemId = 'mouse-37';
    const place = all.hits.findIndex((hit) => hit.itemId === itemId) + 1;
    expect(place).toBeGreaterThan(10);
    const { position, reasons } = await ask(itemId, { mode });
    expect(position).toBeUndefined();
    expect(reasons.map(({ cause }) => cause)).toEqual([causeOf('OUTRANKED')]);
    expect(reasons[0]!.message).toContain(`place ${place} of all that match`);
    expect(reasons[0]!.message).toContain('the last hit of the page, place 10, has ');
    // Behind a filter places are those of the filtered set.
    const filter = must(equals('color', 'blue'));
    const few = await search.query({ tenant: 'absent', collection: 'shop', by: text, mode, limit: 1000, filter });
    const fewer = few.hits.findIndex((hit) => hit.itemId === itemId) + 1;
    expect((await ask(itemId, { mode, filter })).reasons[0]!.message).toContain(`place ${fewer} of all that match`);
  });

  it('sees what an approximate index passed by', async () => {
    const forgetful = {
      query: async (request: SearchRequest) => {
        const answer = await search.query(request);
        if (request.exact) return answer;
        const legs = answer.plan.legs.map((leg) => ({
          ...leg,
          method: leg.name === 'dense' ? 'vector_hnsw' : leg.method,
        }));
        return { ...answer, hits: answer.hits.slice(1), plan: { ...answer.plan, legs } };
      },
    };
    const [first] = (await search.query({ tenant: 'absent', collection: 'shop', by: text, mode: 'dense' })).hits;
    const request = { tenant: 'absent', collection: 'shop', by: text, mode: 'dense' } as const;
    const { reasons } = await new AbsenceExplainer(database, directory, forgetful).explain(request, first!.itemId);
    expect(reasons).toMatchObject([{ cause: causeOf('MISSED_BY_INDEX') }]);
    expect(reasons[0]!.message).toContain('place 1 of all that match');
    expect(reasons[0]!.message).toContain('params.ef_search');
  });

  it.each([
    ['', 'FIELD_MISSING'],
    ['가'.repeat(86), 'FIELD_INVALID'],
    ['a\u0000', 'FIELD_INVALID'],
  ])('refuses the id %j', async (itemId, code) => {
    await expect(ask(itemId)).rejects.toMatchObject({ code, field: 'item_id' });
  });
});
