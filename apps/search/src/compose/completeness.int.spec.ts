import { type Filter, Prefetch, type QueryRequest, SearchMode } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, text, where } from './composed-shop.fake.spec.ts';

const by = text('mouse device');
const lexical = SearchMode.SEARCH_MODE_LEXICAL;
const price = (bounds: object) => ({
  kind: { $case: 'field' as const, value: { field: 'price', test: { $case: 'range' as const, value: bounds } } },
});
const impossible = { must: [price({ lt: 5 }), price({ gt: 9 })], should: [], mustNot: [] } as Filter;
const stages = (...prefetch: Partial<Prefetch>[]) => ({ prefetch: prefetch.map((one) => Prefetch.create(one)) });
const boosts = [{ weight: 1, value: { $case: 'filter' as const, value: where('brand', 'LG') } }];

describe.each(testDatabases())('the completeness of composed queries on $name', ({ open }) => {
  let shop: ComposedShop;
  beforeAll(async () => {
    shop = new ComposedShop(await open(), 'complete');
    await shop.stock('shop', devices().slice(0, 60));
    await shop.stock('outlet', devices().slice(60, 70));
  });

  it.each<[string, Partial<QueryRequest>]>([
    ['boosts', { by, boosts }],
    ['groups', { by, groupBy: { field: 'brand', size: 2 } }],
    ['a mix', { mix: { parts: [{ by }, { by: { $case: 'itemIds', value: { ids: ['d003'] } }, weight: 0.5 }] } }],
    ['several collections', { by, collections: ['outlet'] }],
    ['stages that are ordered anew', { by, ...stages({ by, mode: lexical }) }],
    ['fused stages', stages({ by }, { by: text('wireless') })],
  ])('a filter that contradicts itself is answered without looking, with %s', async (_name, request) => {
    shop.embedded.length = 0;
    const { hits, groups, plan, nextPageToken } = await shop.ask({ ...request, filter: impossible });
    expect([hits, groups, nextPageToken]).toEqual([[], [], '']);
    expect(plan).toMatchObject({ complete: true, legs: [] });
    expect(plan!.notes.join()).toMatch(/filter\.must\[0\].*filter\.must\[1\]/);
    expect(plan!.collectionItems).toBeGreaterThan(0n);
    expect(shop.embedded).toEqual([]);
  });

  it('a stage whose filter contradicts itself hands nothing on, and says so', async () => {
    const { hits, plan } = await shop.ask({ by, ...stages({ by, filter: impossible }) });
    expect(hits).toEqual([]);
    expect(plan).toMatchObject({ complete: true, legs: [] });
    expect(plan!.notes.join()).toMatch(/^prefetch_0: filter/);
    const beside = await shop.ask(
      stages({ by, filter: impossible }, { by: text('wireless'), mode: lexical, limit: 100 }),
    );
    expect(beside.hits.length).toBeGreaterThan(0);
    expect(beside.plan).toMatchObject({ complete: true });
    expect(beside.plan!.legs.map(({ name }) => name)).toEqual(['prefetch_1.lexical']);
  });

  it('a stage whose filter matches nothing leaves nothing out', async () => {
    const { hits, plan } = await shop.ask({ by, ...stages({ by, filter: where('brand', 'nobody') }) });
    expect(hits).toEqual([]);
    expect(plan).toMatchObject({ complete: true, notes: [] });
  });

  it('a stage that hands all on is complete, one that its limit cut is not, on every page', async () => {
    const all = await shop.ask({ by, ...stages({ by, mode: lexical, limit: 100 }), limit: 5 });
    expect(all.plan).toMatchObject({ complete: true, notes: [] });
    for (const limit of [2, 10]) {
      const { hits, plan } = await shop.ask({ by, ...stages({ by, mode: lexical, limit: 3 }), limit });
      expect(hits).toHaveLength(Math.min(3, limit));
      expect(plan!.complete).toBe(false);
      expect(plan!.notes.join()).toContain('3 candidates are left of what the stages handed on, and more may match');
    }
  });

  it('a filter of one of the parts’ own collections may contradict itself alone', async () => {
    await shop.stock('listed', devices().slice(70, 75), {
      attributes: [{ name: 'rating', type: 'number', array: true, filterable: true, embedded: false, shown: true }],
    });
    const equal = (value: number) => where('rating', value).must[0]!;
    const filter = { must: [equal(1), equal(2)], should: [], mustNot: [] };
    const { hits, plan } = await shop.ask({ by, collections: ['listed'], filter });
    expect(idsOf({ hits } as never)).toEqual([]);
    expect(plan!.complete).toBe(true);
  });
});
