import { Distance, Prefetch, type QueryRequest, SearchMode } from '@kindred/contracts';
import { closenessOf, type Distance as Named } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, termVector, text, where } from './composed-shop.fake.spec.ts';

const model = { dimensions: 32 };
const named: [Named, Distance][] = [
  ['cosine', Distance.DISTANCE_COSINE],
  ['inner_product', Distance.DISTANCE_INNER_PRODUCT],
  ['l2', Distance.DISTANCE_L2],
  ['l1', Distance.DISTANCE_L1],
  ['hamming', Distance.DISTANCE_HAMMING],
  ['jaccard', Distance.DISTANCE_JACCARD],
];
const dense = SearchMode.SEARCH_MODE_DENSE;
const lexical = SearchMode.SEARCH_MODE_LEXICAL;
/** Of both signs, so that some items point the other way. */
const pointing = (words: string) => {
  const values = Array.from(termVector(words), (value, at) => value - (at % 3 === 0 ? 0.25 : 0));
  return { $case: 'vector', value: { values, model: '' } } as const;
};

describe.each(testDatabases())('queries of several parts, by every distance, on $name', ({ open }) => {
  let shop: ComposedShop;
  beforeAll(async () => {
    shop = new ComposedShop(await open(), 'distances');
    // Fewer than a leg is deep, so that shares begin at 0.
    await shop.stock('shop', devices().slice(0, 60));
  });
  const ask = (request: Partial<QueryRequest>, distance: Distance) =>
    shop.ask({ limit: 60, params: { exact: false, distance }, ...request });

  it.each(named)('counts the vectors of a hybrid search by %s', async (_name, distance) => {
    const by = text('wireless device 4');
    const plain = await ask({ by, mode: dense }, distance);
    const { hits } = await ask({ by, fusion: { method: 0, denseWeight: 1 } }, distance);
    expect(idsOf({ hits } as never)).toEqual(idsOf(plain));
    expect(hits[0]!.score).toBeCloseTo(1, 9);
    expect(new Set(hits.map(({ scores }) => scores.dense)).size).toBeGreaterThan(1);
    expect(hits.map(({ scores }) => scores.dense)).toEqual(plain.hits.map(({ score }) => expect.closeTo(score, 9)));
  });

  it('ranks hybrid, mixed and staged queries by L2 as by the cosine', async () => {
    const prefetch = [
      Prefetch.create({ by: text('mouse 7'), mode: lexical, limit: 50 }),
      Prefetch.create({ by: text('device 9'), mode: dense, limit: 50 }),
    ];
    const staged = (distance: Distance) => ({
      prefetch: prefetch.map((one) => ({ ...one, params: { exact: false, distance } })),
      params: undefined,
    });
    const parts = [
      { by: text('wireless'), weight: 1 },
      { by: pointing('device'), weight: 0.5 },
    ];
    const queries = [
      { by: text('wireless mouse 4') },
      { mix: { parts } },
      { by: text('wireless'), collections: ['more'] },
    ];
    await shop.stock('more', devices().slice(100, 130));
    for (const query of queries) await expectAlike((distance) => ask(query, distance));
    await expectAlike((distance) => ask(staged(distance), distance));
  });

  async function expectAlike(query: (distance: Distance) => ReturnType<typeof ask>): Promise<void> {
    const [cosine, l2] = [await query(Distance.DISTANCE_COSINE), await query(Distance.DISTANCE_L2)];
    expect(l2.hits.map(({ score }) => score)).toEqual(cosine.hits.map(({ score }) => expect.closeTo(score, 2)));
    expect(l2.hits[0]!.score).toBeGreaterThan(0);
    expect(idsOf(l2).slice(0, 3)).toEqual(idsOf(cosine).slice(0, 3));
  }

  it.each(named)('orders a mix of vectors and items by %s', async (_name, distance) => {
    const itemIds = { $case: 'itemIds' as const, value: { ids: ['d003'] } };
    const { hits } = await ask({ mix: { parts: [{ by: pointing('wireless device') }, { by: itemIds }] } }, distance);
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((left, right) => right - left));
    expect(new Set(scores).size).toBeGreaterThan(5);
    expect(idsOf({ hits } as never)).not.toEqual(idsOf({ hits } as never).toSorted());
  });

  it.each(named)('boosts by %s: never lowers a hit, and keeps the order of the boosted', async (name, distance) => {
    const by = pointing('wireless mouse device');
    const plain = await ask({ by }, distance);
    const place = new Map(idsOf(plain).map((id, at) => [id, at]));
    const before = new Map(plain.hits.map(({ itemId, score }) => [itemId, score]));
    for (const weight of [0.3, 1, 2, 10]) {
      const value = { $case: 'filter' as const, value: where('brand', 'LG') };
      const { hits } = await ask({ by, boosts: [{ weight, value }] }, distance);
      const lifted = hits.filter(({ scores }) => scores.boost! > 0);
      expect(lifted).toHaveLength(15);
      for (const { itemId, score, scores } of lifted) {
        expect(scores.relevance).toBeCloseTo(closenessOf({ distance: name, model }, before.get(itemId)!), 9);
        expect(scores.dense).toBeCloseTo(before.get(itemId)!, 9);
        expect(score).toBeGreaterThanOrEqual(scores.relevance!);
        expect(hits.findIndex((hit) => hit.itemId === itemId)).toBeLessThanOrEqual(place.get(itemId)!);
      }
      const own = lifted.map(({ itemId }) => before.get(itemId)!);
      for (const [at, score] of own.slice(1).entries()) expect(score).toBeLessThanOrEqual(own[at]! + 1e-9);
    }
  });

  it('refuses collections whose distances do not compare', async () => {
    const { database, tenant } = shop;
    await shop.stock('signs', devices().slice(0, 5));
    await database.query(
      { tenant },
      `update kindred.collections set index_settings = '{"kind": "hnsw", "distance": "hamming"}'::jsonb
        where tenant_id = $1 and name = 'signs'`,
      [tenant],
    );
    const both = { by: pointing('mouse'), collections: ['signs'] };
    await expect(shop.ask(both)).rejects.toMatchObject({ code: 'FIELD_INVALID', field: 'collections[0]' });
    expect((await ask(both, Distance.DISTANCE_HAMMING)).hits).toHaveLength(60);
  });
});
