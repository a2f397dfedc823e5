import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { attribute, FakeEmbedder, fakeVector, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { Search } from './search.ts';
import type { SearchRequest } from './search-request.ts';

const colors = ['black', 'white', 'red', 'blue', '검정'];
const things = ['mouse', 'keyboard', 'laptop', 'printer', '무선 마우스'];

/** 500 items; every one of them matches "device". */
function items(): ShopItem[] {
  return Array.from({ length: 500 }, (_, at) => ({
    itemId: `item-${String(at).padStart(3, '0')}`,
    title: `${colors[at % 5]} ${things[Math.floor(at / 5) % 5]} device ${at}`,
    body: 'with words '.repeat(at % 17),
    price: at,
    stock: at % 10 === 0 ? 0 : at,
    hidden: at === 7,
    categories: at % 2 === 0 ? ['even'] : ['odd', 'special'],
    attributes: { color: colors[at % 5], rare: at % 100 === 3, tags: ['a', `t${at % 50}`], weight: at / 10 },
  }));
}

describe.each(testDatabases())('search on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  const embedder = new FakeEmbedder();
  const ask = (request: Omit<SearchRequest, 'tenant' | 'collection'>) =>
    search.query({ tenant: 'shopper', collection: 'shop', ...request });
  const text = (words: string) => ({ kind: 'text', text: words }) as const;

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, 'shopper', [
      attribute('color', 'keyword'),
      attribute('rare', 'boolean'),
      attribute('tags', 'keyword', { array: true }),
      attribute('weight', 'number', { shown: false }),
    ]);
    await shop.put(items());
    search = new Search(database, new CollectionDirectory(database), embedder);
  });

  it('finds by words and by meaning, with the live row', async () => {
    const { hits, plan } = await ask({ by: text('black mouse') });
    expect(hits).toHaveLength(10);
    expect(hits[0]!.item!.title).toMatch(/black mouse/);
    expect(hits[0]!.item).toMatchObject({ collection: 'shop', attributes: { color: 'black' } });
    expect(hits[0]!.item!.attributes).not.toHaveProperty('weight');
    expect(hits[0]!.scores).toMatchObject({ lexical: expect.any(Number), dense: expect.any(Number) });
    expect(plan.legs.map((leg) => [leg.name, leg.method])).toEqual([
      ['lexical', 'bm25_exact'],
      ['dense', 'vector_exact'],
    ]);
    expect(plan).toMatchObject({
      complete: true,
      denseWeight: expect.closeTo(0.7 / 3, 9),
      model: 'fake-text',
      notes: [],
      collectionItems: 500n,
    });
  });

  it('finds Korean by character pairs', async () => {
    const { hits } = await ask({ by: text('무선마우스'), mode: 'lexical' });
    expect(hits.length).toBe(10);
    for (const hit of hits) expect(hit.item!.title).toContain('무선 마우스');
  });

  it('never shows hidden and deleted items', async () => {
    const hidden = await ask({ by: text('device 7'), limit: 600 });
    expect(hidden.hits.map((hit) => hit.itemId)).not.toContain('item-007');
    expect(hidden.hits).toHaveLength(499);
  });

  it.each(['hybrid', 'lexical', 'dense'] as const)('fills the page behind a filter that few pass: %s', async (mode) => {
    const filter = must(onField('rare', { $case: 'equals', value: true }));
    const { hits, plan } = await ask({ by: text('device'), mode, filter, limit: 5 });
    expect(hits.map((hit) => hit.itemId).sort()).toEqual(['item-003', 'item-103', 'item-203', 'item-303', 'item-403']);
    expect(plan.complete).toBe(true);
  });

  it('filters by lists, ranges, prefixes, stock and negation', async () => {
    const count = async (...conditions: Parameters<typeof must>) =>
      (await ask({ by: text('device'), filter: must(...conditions), limit: 1000 })).hits.length;
    expect(await count(onField('tags', { $case: 'equals', value: 't3' }))).toBe(10);
    expect(await count(onField('tags', { $case: 'in', value: { values: ['t3', 't4'] } }))).toBe(20);
    expect(await count(onField('tags', { $case: 'prefix', value: 't1' }))).toBe(110);
    expect(await count(onField('weight', { $case: 'range', value: { gte: 1, lt: 2 } }))).toBe(10);
    expect(await count(onField('price', { $case: 'range', value: { gt: 489 } }))).toBe(10);
    expect(await count(onField('in_stock', { $case: 'equals', value: false }))).toBe(50);
    expect(await count(onField('categories', { $case: 'equals', value: 'special' }))).toBe(249);
    expect(await count(onField('item_id', { $case: 'in', value: { values: ['item-001', 'item-007'] } }))).toBe(1);
    expect(await count(onField('color', { $case: 'exists', value: false }))).toBe(0);
    expect(await count(onField('title', { $case: 'prefix', value: '검정' }))).toBe(100);
    expect(await count(onField('created_at', { $case: 'range', value: { gt: '2020-01-01T00:00:00Z' } }))).toBe(499);
  });

  it('sees a sold-out, hidden or repriced item at commit', async () => {
    const filter = must(onField('in_stock', { $case: 'equals', value: true }));
    const first = async () => (await ask({ by: text('white keyboard device 6'), filter })).hits[0]!;
    const before = await first();
    const set = (change: string) =>
      database.query({ tenant: 'shopper' }, `update kindred.items set ${change} where item_id = $1`, [before.itemId]);
    await set('price = 4711');
    expect((await first()).item!.price).toBe(4711);
    await set('stock = 0');
    expect((await first()).itemId).not.toBe(before.itemId);
    await set(`stock = 5, hidden = true`);
    expect((await first()).itemId).not.toBe(before.itemId);
    await set(`hidden = false`);
    expect((await first()).itemId).toBe(before.itemId);
  });

  it.each(['hybrid', 'lexical', 'dense'] as const)('pages through everything once, in order: %s', async (mode) => {
    const all = await ask({ by: text('black mouse device'), mode, limit: 1000 });
    const seen: string[] = [];
    const scores: number[] = [];
    let pageToken = '';
    do {
      const page = await ask({ by: text('black mouse device'), mode, limit: 30, pageToken });
      seen.push(...page.hits.map((hit) => hit.itemId));
      scores.push(...page.hits.map((hit) => hit.score));
      if (page.nextPageToken !== '') expect(page.hits).toHaveLength(30);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(all.hits.map((hit) => hit.itemId).toSorted());
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it.each(['hybrid', 'lexical', 'dense'] as const)(
    'pages on with other page sizes, in the same order: %s',
    async (mode) => {
      const pages = async (limits: number[]) => {
        const ids: string[] = [];
        let pageToken = '';
        for (const limit of limits) {
          const page = await ask({ by: text('black mouse device'), mode, limit, pageToken });
          ids.push(...page.hits.map((hit) => hit.itemId));
          pageToken = page.nextPageToken;
        }
        return ids;
      };
      expect(await pages([20, 5, 75, 40])).toEqual(await pages([20, 20, 20, 20, 20, 20, 20]));
    },
  );

  it('misses nothing by a text without letters or digits where only words are searched', async () => {
    const { hits, plan } = await ask({ by: text('🐭🎧'), mode: 'lexical' });
    expect([hits, plan.complete]).toEqual([[], true]);
    expect(plan.notes).toEqual(['The text has no letters or digits: the lexical leg has nothing to look for']);
  });

  it('refuses the page token of another query, and garbage', async () => {
    const { nextPageToken } = await ask({ by: text('mouse') });
    await expect(ask({ by: text('laptop'), pageToken: nextPageToken })).rejects.toMatchObject({
      code: 'PAGE_TOKEN_MISMATCH',
      field: 'page_token',
    });
    await expect(ask({ by: text('mouse'), pageToken: "'; drop table items; --" })).rejects.toMatchObject({
      code: 'PAGE_TOKEN_INVALID',
    });
  });

  it('goes on with words alone when embedding fails, and says so', async () => {
    embedder.failure = new KindredError('EMBEDDING_UNAVAILABLE', '', 'the embedding service is down');
    try {
      const { hits, plan, nextPageToken } = await ask({ by: text('red printer') });
      expect(hits).toHaveLength(10);
      expect(plan.complete).toBe(false);
      expect(plan.notes[0]).toContain('lexical only');
      await expect(ask({ by: text('red printer'), mode: 'dense' })).rejects.toMatchObject({
        code: 'EMBEDDING_UNAVAILABLE',
      });
      embedder.failure = undefined;
      const second = await ask({ by: text('red printer'), pageToken: nextPageToken });
      expect(second.plan.legs.map((leg) => leg.name)).toEqual(['lexical']);
    } finally {
      embedder.failure = undefined;
    }
  });

  it('says when no item has a vector yet', async () => {
    const bare = await Shop.open(database, 'bare');
    await bare.put([{ itemId: 'a', title: 'one mouse' }], { vectors: false });
    const { hits, plan } = await search.query({ tenant: 'bare', collection: 'shop', by: text('mouse') });
    expect(hits.map((hit) => hit.itemId)).toEqual(['a']);
    expect(plan.notes.join()).toContain('lexical only');
    expect(plan.complete).toBe(false);
  });

  it('searches by vector, whatever its length', async () => {
    const values = [...fakeVector('blue laptop device 211')].map((value) => value * 7e200);
    const { hits, plan } = await ask({ by: { kind: 'vector', values, model: '' }, vectors: true });
    expect(hits[0]!.score).toBeGreaterThan(hits[9]!.score);
    expect(hits[0]!.score).toBeLessThanOrEqual(1.001);
    expect(hits[0]!.vector).toHaveLength(64);
    expect(plan.legs.map((leg) => leg.name)).toEqual(['dense']);
  });

  it.each([
    ['of another length', [1, 2, 3], '', 'VECTOR_DIMENSION_MISMATCH', 'vector.values'],
    ['with NaN', [1, Number.NaN], '', 'VECTOR_NOT_FINITE', 'vector.values[1]'],
    ['with infinity', [Number.POSITIVE_INFINITY], '', 'VECTOR_NOT_FINITE', 'vector.values[0]'],
    ['of zeros', Array(64).fill(0), '', 'VECTOR_ALL_ZERO', 'vector.values'],
    ['of another model', Array(64).fill(1), 'other', 'MODEL_MISMATCH', 'vector.model'],
  ])('refuses a vector %s', async (_, values, model, code, field) => {
    await expect(ask({ by: { kind: 'vector', values, model } })).rejects.toMatchObject({ code, field });
  });

  it('finds items like the given ones, without them', async () => {
    const itemIds = ['item-000', 'item-025'];
    const { hits } = await ask({ by: { kind: 'items', itemIds }, limit: 20 });
    expect(hits).toHaveLength(20);
    for (const id of itemIds) expect(hits.map((hit) => hit.itemId)).not.toContain(id);
    expect(hits[0]!.item!.title).toContain('black mouse');
    await expect(ask({ by: { kind: 'items', itemIds: ['item-000', "no'such"] } })).rejects.toMatchObject({
      code: 'ITEM_NOT_FOUND',
      field: 'item_ids.ids[1]',
    });
  });

  it('leans towards positive and away from negative examples', async () => {
    const by = { kind: 'recommend', positive: ['item-000'], negative: ['item-001'] } as const;
    const { hits } = await ask({ by, limit: 50 });
    expect(hits.map((hit) => hit.itemId)).not.toContain('item-001');
    const plain = await ask({ by: { kind: 'items', itemIds: ['item-000'] }, limit: 50 });
    const white = (result: typeof hits) => result.filter((hit) => hit.item!.title.startsWith('white')).length;
    expect(white(hits)).toBeLessThanOrEqual(white(plain.hits));
  });

  it('searches by a user, and says when nothing is known of one', async () => {
    await database.query(
      { tenant: 'shopper' },
      `insert into kindred.user_vectors (tenant_id, collection_id, user_id, model, embedding, events)
       select kindred.tenant(), $1, 'u1', $2, avg(embedding::vector), 1 from kindred.${shop.model.table} where item_id = 'item-002'`,
      [shop.collection.collectionId, shop.model.table],
    );
    const known = await ask({ by: { kind: 'user', userId: 'u1' } });
    expect(known.hits[0]!.itemId).toBe('item-002');
    const unknown = await ask({ by: { kind: 'user', userId: "o'nobody" } });
    expect(unknown.hits).toEqual([]);
    expect(unknown.plan.notes[0]).toContain('no vector');
  });

  it.each([
    ['limit 0', { limit: 0 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['limit 1001', { limit: 1001 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['a breadth of 0', { efSearch: 0 }, 'FIELD_INVALID', 'params.ef_search'],
    [
      'a weight of 2',
      { fusion: { method: 'normalized', denseWeight: 2 } as const },
      'FIELD_INVALID',
      'fusion.dense_weight',
    ],
  ])('refuses %s', async (_, more, code, field) => {
    await expect(ask({ by: text('mouse'), ...more })).rejects.toMatchObject({ code, field });
  });

  it('refuses an unknown collection and an undeclared attribute by name', async () => {
    await expect(search.query({ tenant: 'shopper', collection: "sh'op", by: text('mouse') })).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
      field: 'collection',
    });
    const filter = must(onField('colour', { $case: 'equals', value: 'red' }));
    await expect(ask({ by: text('mouse'), filter })).rejects.toMatchObject({ code: 'FILTER_FIELD_UNDECLARED' });
  });

  it('sees nothing of another tenant', async () => {
    await expect(search.query({ tenant: 'stranger', collection: 'shop', by: text('mouse') })).rejects.toMatchObject({
      code: 'COLLECTION_NOT_FOUND',
    });
  });

  it('takes quotes and emoji in every string as plain text', async () => {
    const evil = `'"; drop table kindred.items; -- \\ $1 🖱️ %s`;
    const conditions = ['color', 'tags', 'item_id', 'title', 'categories'].flatMap((field) => [
      onField(field, { $case: 'equals', value: evil }),
      onField(field, { $case: 'in', value: { values: [evil, 'x'] } }),
      onField(field, { $case: 'prefix', value: evil }),
    ]);
    for (const condition of conditions) {
      expect((await ask({ by: text(evil), filter: must(condition) })).hits).toEqual([]);
    }
    expect((await ask({ by: text(evil) })).hits.length).toBeGreaterThan(0);
    expect((await ask({ by: text('mouse') })).hits).toHaveLength(10);
  });

  it('answers a text without letters with a note, not an error', async () => {
    const { hits, plan } = await ask({ by: text('🖱️!!!') });
    expect(hits).toEqual([]);
    expect(plan.notes.length).toBeGreaterThan(0);
    expect(plan.complete).toBe(false);
  });
});
