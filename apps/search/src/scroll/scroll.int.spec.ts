import { type Filter, ScrollRequest } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, Search } from '@kindred/vector-index';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { attribute, must, onField, Shop, type ShopItem } from '../../../../libs/vector-index/src/shop.fake.spec.ts';
import { testDatabases } from '../../../../test/support/databases.ts';
import '../../../../test/support/seeded-properties.ts';
import { SetService } from '../set.service.ts';

type Wanted = Partial<ScrollRequest>;
const { signal } = new AbortController();
const times = ['2025-01-01T00:00:00Z', '2025-06-01T12:00:00.123+09:00'];

/** 90 items with many ties, and a third without each value. */
const items = Array.from({ length: 90 }, (_, at): ShopItem => {
  const attributes = {
    weight: at % 3 === 0 ? undefined : (at % 5) - 2.5,
    made: at % 3 === 1 ? undefined : times[at % 2],
  };
  const price = at % 3 === 2 ? undefined : (at % 4) / 10;
  return { itemId: `물건-${String(at).padStart(2, '0')}`, title: `물건 ${at}`, price, hidden: at === 50, attributes };
});

describe.each(testDatabases())('scrolling on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let sets: SetService;
  const scroll = (request: Wanted, tenant = 'scrolled') =>
    sets.scroll(
      ScrollRequest.create({ collection: 'shop', ...request }),
      { tenant, role: 'reader', requestId: 'r' },
      signal,
    );

  async function all(request: Wanted): Promise<string[]> {
    const ids: string[] = [];
    for (let pageToken = ''; ; ) {
      const page = await scroll({ ...request, pageToken });
      ids.push(...page.items.map((hit) => hit.itemId));
      if (page.nextPageToken === '') return ids;
      expect(page.items).toHaveLength(request.limit!);
      pageToken = page.nextPageToken;
    }
  }

  beforeAll(async () => {
    database = await open();
    const declared = [
      attribute('weight', 'number'),
      attribute('made', 'time'),
      attribute('sizes', 'number', { array: true }),
      attribute('color', 'keyword', { shown: false }),
    ];
    shop = await Shop.open(database, 'scrolled', declared);
    await shop.put(items);
    const directory = new CollectionDirectory(database);
    sets = new SetService(database, directory, new Search(database, directory).filters);
  });

  const placeOf = (item: ShopItem, field: string): number | undefined => {
    if (field === 'price') return item.price;
    const value = item.attributes![field] as number | string | undefined;
    return typeof value === 'string' ? Date.parse(value) : value;
  };

  it.each([1, 7, 30, 89, 90])(
    'gives every item once, in order, those without a value last: pages of %i',
    async (limit) => {
      const filter = must(onField('item_id', { $case: 'prefix', value: '물건' }));
      for (const orderBy of ['', 'item_id', 'price', 'weight', 'made']) {
        for (const descending of [false, true]) {
          const sign = descending ? -1 : 1;
          const byId = orderBy === '' || orderBy === 'item_id';
          const sorted = items
            .filter((one) => !one.hidden)
            .sort((a, b) => {
              const id = a.itemId < b.itemId ? -1 : 1;
              if (byId) return sign * id;
              const [x, y] = [placeOf(a, orderBy), placeOf(b, orderBy)];
              if (x === y) return id;
              if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
              return sign * (x - y);
            });
          expect(await all({ filter, orderBy, descending, limit })).toEqual(sorted.map((one) => one.itemId));
        }
      }
    },
  );

  it('neither skips nor repeats what stays, while others write', async () => {
    const writer = await Shop.open(database, 'written', [attribute('weight', 'number')]);
    const staying = items.map((one) => ({ ...one, hidden: false, attributes: { weight: one.attributes!.weight } }));
    const change = fc.record({ at: fc.nat(200), deleted: fc.boolean(), price: fc.constantFrom(0, 0.15, 9) });
    const batch = fc.uniqueArray(change, { maxLength: 4, selector: ({ at }) => at });
    const orders = fc.constantFrom('', 'price', 'weight');
    const property = fc.asyncProperty(
      orders,
      fc.boolean(),
      fc.array(batch, { minLength: 12, maxLength: 12 }),
      async (orderBy, descending, batches) => {
        await writer.put(staying, { vectors: false });
        const writes: Promise<void>[] = [];
        const ids: string[] = [];
        for (let pageToken = ''; ; ) {
          const rows = batches[writes.length % batches.length]!.map(({ at, deleted, price }): ShopItem => {
            return {
              itemId: `물건-${String(at).padStart(3, '0')}x`,
              title: '새',
              price,
              deleted,
              attributes: { weight: price },
            };
          });
          // Not waited for: it commits while the next page is read.
          writes.push(writer.put(rows, { vectors: false }));
          const page = await scroll({ orderBy, descending, limit: 9, pageToken }, 'written');
          ids.push(...page.items.map((hit) => hit.itemId));
          if (page.nextPageToken === '') break;
          pageToken = page.nextPageToken;
        }
        await Promise.all(writes);
        expect(ids.filter((id) => !id.endsWith('x')).toSorted()).toEqual(staying.map((one) => one.itemId));
        if (orderBy === '') expect(new Set(ids).size).toBe(ids.length);
      },
    );
    await fc.assert(property, { numRuns: 12 });
  });

  it('carries the live row, and vectors or nothing where asked', async () => {
    const [plain] = (await scroll({ limit: 1 })).items;
    expect(plain).toMatchObject({ collection: 'shop', item: { title: '물건 0', price: 0 }, vector: [] });
    const [bare] = (await scroll({ limit: 1, with: { payload: false, vectors: true, explain: false } })).items;
    expect(bare!.item).toBeUndefined();
    expect(bare!.vector).toHaveLength(64);
  });

  it('binds a token to its request, but not to the size of the page', async () => {
    const { nextPageToken: pageToken } = await scroll({ orderBy: 'price', limit: 5 });
    expect((await scroll({ orderBy: 'price', limit: 50, pageToken })).items).toHaveLength(50);
    const filter: Filter = must(onField('price', { $case: 'exists', value: true }));
    for (const other of [{ orderBy: 'weight' }, { orderBy: 'price', descending: true }, { orderBy: 'price', filter }]) {
      await expect(scroll({ ...other, pageToken })).rejects.toMatchObject({
        code: 'PAGE_TOKEN_MISMATCH',
        field: 'page_token',
      });
    }
    const forged = Buffer.from(pageToken, 'base64url');
    forged.write('x', 18);
    for (const garbage of ['x', '가', `${pageToken}=`, forged.toString('base64url'), 'A'.repeat(5_000)]) {
      await expect(scroll({ orderBy: 'price', pageToken: garbage })).rejects.toMatchObject({
        code: 'PAGE_TOKEN_INVALID',
      });
    }
  });

  it('is of the tenant alone', async () => {
    await expect(scroll({}, 'a stranger')).rejects.toMatchObject({ code: 'COLLECTION_NOT_FOUND' });
    const { nextPageToken: pageToken } = await scroll({ limit: 5 });
    await Shop.open(database, 'neighbor');
    await expect(scroll({ limit: 5, pageToken }, 'neighbor')).rejects.toMatchObject({ code: 'PAGE_TOKEN_MISMATCH' });
  });

  it.each<[string, Wanted, string, string]>([
    ['limit 0', { limit: 0 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['limit 1001', { limit: 1_001 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['an undeclared order', { orderBy: '무게' }, 'FILTER_FIELD_UNDECLARED', 'order_by'],
    ['an order of words', { orderBy: 'color' }, 'FIELD_INVALID', 'order_by'],
    ['an order of lists', { orderBy: 'sizes' }, 'FIELD_INVALID', 'order_by'],
    ['an order of categories', { orderBy: 'categories' }, 'FIELD_INVALID', 'order_by'],
  ])('refuses %s by its field', async (_, request, code, field) => {
    await expect(scroll(request)).rejects.toMatchObject({ code, field });
  });
});
