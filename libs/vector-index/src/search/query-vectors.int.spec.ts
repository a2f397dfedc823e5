import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import { FakeEmbedder, fakeVector, Shop } from '../shop.fake.spec.ts';
import { Search } from './search.ts';
import type { SearchRequest } from './search-request.ts';

const titles = ['black mouse', 'white keyboard', 'red printer', '무선 마우스', 'blue laptop', '검정 모니터'];

describe.each(testDatabases())('vectors of queries on $name', ({ name, open }) => {
  let shop: Shop;
  let search: Search;
  const embedder = new FakeEmbedder();
  const ask = (request: Omit<SearchRequest, 'tenant' | 'collection'>) =>
    search.query({ tenant: 'asking', collection: 'shop', ...request });
  const text = (words: string) => ({ kind: 'text', text: words }) as const;

  beforeAll(async () => {
    const database = await open();
    shop = await Shop.open(database, 'asking');
    await shop.put(
      Array.from({ length: 300 }, (_, at) => ({ itemId: `i${at}`, title: `${titles[at % titles.length]} ${at}` })),
    );
    search = new Search(database, new CollectionDirectory(database), embedder);
  });

  it('are never compared with vectors of another model', async () => {
    embedder.version = 'another';
    const { hits, plan } = await ask({ by: text('black mouse') });
    expect(hits).toHaveLength(10);
    expect(plan.legs.map((leg) => leg.name)).toEqual(['lexical']);
    expect(plan.notes[0]).toMatch(/embedded by fake-text another, the collection by fake-text/);
    await expect(ask({ by: text('black mouse'), mode: 'dense' })).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
    });
    embedder.version = shop.model.version;
  });

  async function expectBestOfAll(efSearch?: number): Promise<void> {
    embedder.others = ['white keyboard', '무선 마우스'];
    const { hits, plan } = await ask({ by: text('black mouse'), mode: 'dense', limit: 30, efSearch });
    embedder.others = [];
    const best = new Map<string, number>();
    for (const words of ['black mouse', 'white keyboard', '무선 마우스']) {
      const by = { kind: 'vector', values: [...fakeVector(words)], model: '' } as const;
      for (const hit of (await ask({ by, limit: 300, exact: true })).hits) {
        best.set(hit.itemId, Math.max(hit.score, best.get(hit.itemId) ?? -1));
      }
    }
    expect(hits).toHaveLength(30);
    for (const hit of hits) expect(hit.score).toBeCloseTo(best.get(hit.itemId)!, 2);
    expect(hits.every(({ item }) => /black mouse|white keyboard|무선 마우스/.test(item!.title))).toBe(true);
    if (efSearch !== undefined && name === 'postgres') expect(plan.legs[0]!.method).toBe('vector_hnsw');
  }

  it.each([
    { kind: 'items', itemIds: ['blank'] } as const,
    { kind: 'recommend', positive: ['blank'], negative: [] } as const,
  ])('compare nothing where they are of $kind that point nowhere', async (by) => {
    await shop.put([{ itemId: 'blank', title: '!!!' }]);
    const { hits, plan } = await ask({ by });
    expect(hits).toEqual([]);
    expect(plan.notes[0]).toContain('or one of nothing that it knows: nothing to compare with');
    const some = await ask({ by: { kind: 'items', itemIds: ['blank', 'i0'] }, limit: 1 });
    expect(some.hits[0]!.score).toBeGreaterThan(0.5);
  });

  it('count by the best one where several stand for a query, by a scan', () => expectBestOfAll());

  it('count by the best one where several stand for a query, by an index', async () => {
    await promote(shop.database, 'asking', shop.collection.collectionId, shop.model, { kind: 'hnsw' });
    search = new Search(shop.database, new CollectionDirectory(shop.database), embedder);
    await expectBestOfAll(200);
  });
});
