import { FusionMethod, Prefetch, type QueryRequest, SearchMode } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { rrfFuse, shareFuse } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, shopAttributes, termVector, text, where } from './composed-shop.fake.spec.ts';

const lexical = SearchMode.SEARCH_MODE_LEXICAL;
const dense = SearchMode.SEARCH_MODE_DENSE;
const stage = (prefetch: Partial<Prefetch>) => Prefetch.create(prefetch);
const mix = (...parts: NonNullable<QueryRequest['mix']>['parts']) => ({ mix: { parts } });
const vectorOf = (words: string) =>
  ({ $case: 'vector', value: { values: Array.from(termVector(words)), model: '' } }) as const;
const itemIds = (...ids: string[]) => ({ $case: 'itemIds' as const, value: { ids } });

describe.each(testDatabases())('mixes, stages and collections on $name', ({ open }) => {
  let database: Database;
  let shop: ComposedShop;
  const everything = async (request: Partial<QueryRequest>) => {
    const { hits } = await shop.ask({ limit: 1_000, ...request });
    return new Map(hits.map(({ itemId, score }) => [itemId, score]));
  };

  beforeAll(async () => {
    database = await open();
    shop = new ComposedShop(database, 'staged');
    await shop.stock('shop', devices());
  });

  it('adds up the parts of a mix as shares of their best', async () => {
    const one = await everything({ by: vectorOf('wireless') });
    const other = await everything({ by: vectorOf('words') });
    const parts = [
      { by: vectorOf('wireless'), weight: 0.7 },
      { by: vectorOf('words'), weight: 0.3 },
    ];
    const { hits, plan } = await shop.ask({ ...mix(...parts), limit: 20 });
    const expected = shareFuse([
      { weight: 0.7, scores: one },
      { weight: 0.3, scores: other },
    ]);
    expect(hits.map(({ score }) => score)).toEqual(
      [...expected.values()].slice(0, 20).map((each) => expect.closeTo(each, 6)),
    );
    expect(Object.keys(hits[0]!.scores).sort()).toEqual(['part_0', 'part_1']);
    expect(plan!.legs.map(({ name }) => name)).toEqual(['part_0.dense', 'part_1.dense']);
  });

  it('pushes away with a weight below 0', async () => {
    const liked = { by: text('mouse device'), weight: 1 };
    const disliked = { by: text('wireless'), weight: -0.8 };
    const plain = await shop.ask({ ...mix(liked), limit: 20 });
    const pushed = await shop.ask({ ...mix(liked, disliked), limit: 20 });
    const wireless = ({ hits }: typeof plain) => hits.filter(({ item }) => item!.title.includes('wireless')).length;
    expect(wireless(plain)).toBeGreaterThan(0);
    expect(wireless(pushed)).toBe(0);
    expect(pushed.hits).toHaveLength(20);
  });

  it('mixes a text, a vector and items, filters all of them, and fills the page', async () => {
    const parts = [
      { by: text('무선 마우스'), weight: 1 },
      { by: vectorOf('device'), weight: 0.5 },
      { by: itemIds('d003'), weight: 0.5 },
    ];
    const { hits } = await shop.ask({ ...mix(...parts), filter: where('brand', 'Rare'), limit: 4 });
    expect(idsOf({ hits } as never).sort()).toEqual(['d099', 'd199', 'd299', 'd399']);
  });

  it('pages through a mix once', async () => {
    const parts = [
      { by: text('wireless'), weight: 1 },
      { by: vectorOf('device'), weight: -0.2 },
    ];
    const all = await shop.everyPage({ ...mix({ by: text('mouse device') }, ...parts), limit: 70 });
    expect(all).toHaveLength(400);
    expect(new Set(all).size).toBe(400);
  });

  it('orders the candidates of a stage anew', async () => {
    const prefetch = [stage({ by: text('wireless'), mode: lexical, limit: 30 })];
    const candidates = new Set(idsOf(await shop.ask({ by: text('wireless'), mode: lexical, limit: 30 })));
    const byVector = [...(await everything({ by: vectorOf('words device') }))].filter(([id]) => candidates.has(id));
    const { hits, plan } = await shop.ask({ by: vectorOf('words device'), prefetch, limit: 30 });
    expect(idsOf({ hits } as never).sort()).toEqual([...candidates].sort());
    expect(hits.map(({ score }) => score)).toEqual(byVector.map(([, score]) => expect.closeTo(score, 6)));
    expect(hits[0]!.scores).toMatchObject({ dense: expect.any(Number), prefetch_0: expect.any(Number) });
    expect(plan!.legs.map(({ name }) => name)).toEqual(['prefetch_0.lexical', 'dense']);
    // A stage's candidates are all compared, and nothing else.
    expect(plan!.legs.map(({ examined }) => examined)).toEqual([0n, 30n]);
    expect(plan!.recallEstimate).toBe(1);
  });

  it.each([
    ['shares', undefined, (legs: Parameters<typeof shareFuse>[0]) => shareFuse(legs)],
    [
      'ranks',
      { method: FusionMethod.FUSION_METHOD_RRF, rrfK: 20 },
      (legs: Parameters<typeof rrfFuse>[0]) => rrfFuse(legs, 20),
    ],
  ])('fuses stages by weighted %s', async (_name, fusion, fuse) => {
    const prefetch = [
      stage({ by: text('wireless mouse'), mode: lexical, limit: 50, weight: 0.5 }),
      stage({ by: text('device words'), mode: dense, limit: 40, weight: 2 }),
      stage({ by: vectorOf('무선'), limit: 30 }),
    ];
    const lists = await Promise.all([
      shop.ask({ by: text('wireless mouse'), mode: lexical, limit: 50 }),
      shop.ask({ by: text('device words'), mode: dense, limit: 40 }),
      shop.ask({ by: vectorOf('무선'), limit: 30 }),
    ]);
    const weights = [0.5, 2, 1];
    const legs = lists.map(({ hits }, at) => ({
      weight: weights[at]!,
      scores: new Map(hits.map(({ itemId, score }) => [itemId, score])),
    }));
    const { hits } = await shop.ask({ prefetch, fusion, limit: 25 });
    const expected = [...fuse(legs)].slice(0, 25);
    expect(hits.map(({ score }) => score)).toEqual(expected.map(([, score]) => expect.closeTo(score, 6)));
  });

  it('nests stages, with a filter of their own beside the query’s', async () => {
    const inner = stage({ by: text('mouse'), filter: where('brand', 'Acme'), limit: 60 });
    const prefetch = [stage({ by: vectorOf('wireless'), limit: 10, prefetch: [inner] })];
    const { hits, plan } = await shop.ask({ by: text('device'), prefetch, filter: where('categories', 'even') });
    expect(hits).toHaveLength(10);
    for (const { item } of hits) expect(item).toMatchObject({ categories: ['even'], attributes: { brand: 'Acme' } });
    expect(plan!.legs.map(({ name }) => name)).toContain('prefetch_0.prefetch_0.lexical');
  });

  it('says what to raise when the stages handed on too few', async () => {
    const prefetch = [stage({ by: text('mouse'), limit: 5 })];
    const { hits, plan, nextPageToken } = await shop.ask({ prefetch });
    expect(hits).toHaveLength(5);
    expect(nextPageToken).toBe('');
    expect(plan!.notes.join()).toContain('raise the limit of a prefetch stage');
  });

  describe('of several collections', () => {
    beforeAll(async () => {
      const outlet = ['wireless mouse', 'wireless', 'mouse pad', '무선 mouse'];
      await shop.stock(
        'outlet',
        outlet.map((title, at) => ({ itemId: `d00${at}`, title, attributes: { brand: 'Acme' } })),
      );
      const films = [{ itemId: 'f1', title: 'wireless mouse of the year' }];
      await shop.stock('films', films, { attributes: shopAttributes.slice(1) });
      await shop.stock('foreign', [{ itemId: 'x', title: 'wireless mouse' }], { model: 'other' });
    });
    const both = { collections: ['outlet'] };

    it('merges them, and hits say where they are from', async () => {
      const { hits, plan } = await shop.ask({ by: text('wireless mouse'), ...both, limit: 20 });
      expect(hits[0]).toMatchObject({ collection: 'outlet', itemId: 'd000', item: { title: 'wireless mouse' } });
      expect(new Set(hits.map(({ collection }) => collection))).toEqual(new Set(['shop', 'outlet']));
      const scores = hits.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((left, right) => right - left));
      expect(plan!.collectionItems).toBe(404n);
      expect(plan!.legs.map(({ settings }) => settings.collection)).toEqual(['shop', 'shop', 'outlet', 'outlet']);
    });

    it('compares cosines of one model as they are', async () => {
      const by = vectorOf('wireless mouse');
      const merged = await shop.ask({ by, ...both, limit: 100 });
      const apart = [
        ...(await shop.ask({ by, limit: 100 })).hits,
        ...(await shop.ask({ by, collection: 'outlet' })).hits,
      ];
      const best = apart.map(({ score }) => score).sort((left, right) => right - left);
      expect(merged.hits.map(({ score }) => score)).toEqual(
        best.slice(0, 100).map((score) => expect.closeTo(score, 9)),
      );
    });

    it('looks in the others for what looks like items of the first', async () => {
      const by = itemIds('d000');
      const { hits } = await shop.ask({ collection: 'outlet', collections: ['shop'], by, limit: 50 });
      expect(hits.filter(({ collection }) => collection === 'shop').length).toBeGreaterThan(10);
      expect(hits).not.toContainEqual(expect.objectContaining({ collection: 'outlet', itemId: 'd000' }));
      // The same id in the other collection is another item.
      expect(hits).toContainEqual(expect.objectContaining({ collection: 'shop', itemId: 'd000' }));
    });

    it('pages through both once', async () => {
      const all = await shop.everyPage({ by: text('wireless mouse device'), ...both, limit: 130 });
      expect(all).toHaveLength(404);
    });

    it('refuses what does not compare or does not fit, and says which collection', async () => {
      const by = text('wireless');
      const refusal = (request: Partial<QueryRequest>) => expect(shop.ask({ by, ...request })).rejects;
      await refusal({ collections: ['outlet', 'foreign'] }).toMatchObject({
        code: 'MODEL_MISMATCH',
        field: 'collections[1]',
      });
      await refusal({ collections: ['outlet', 'nowhere'] }).toMatchObject({
        code: 'COLLECTION_NOT_FOUND',
        field: 'collections[1]',
      });
      await refusal({ collections: ['films'], filter: where('brand', 'Acme') }).toMatchObject({
        code: 'FILTER_FIELD_UNDECLARED',
        field: 'filter.must[0].field',
        message: expect.stringContaining('films'),
      });
      await refusal({ collections: ['shop'] }).toMatchObject({ code: 'FIELD_INVALID', field: 'collections[0]' });
      const found = await shop.ask({ by, collections: ['foreign'], mode: lexical, limit: 200 });
      expect(found.hits.map(({ collection }) => collection)).toContain('foreign');
    });
  });
});
