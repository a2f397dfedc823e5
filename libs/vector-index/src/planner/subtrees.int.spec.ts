import type { Filter } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { passes } from '../filter/plain-filter.fake.spec.ts';
import { Search } from '../search/search.ts';
import { attribute, FakeEmbedder, fakeVector, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { MatchingItems } from './matching-items.ts';

const tenant = 'subtrees';
const count = 10_200;

/** Most items lie in a few wide trees, one in six hundred in a narrow one. */
function categoriesOf(at: number): string[] {
  const wide = `wide ${at % 3}/half ${at % 2}`;
  const narrow = ['전자/음향', '전자/음향/헤드폰', '전자/음향 기기', '전자//음향', '/전자/음향', '전자/음향/'];
  return at % 600 === 7 ? [wide, narrow[Math.floor(at / 600) % narrow.length]!] : [wide];
}

const items = Array.from(
  { length: count },
  (_, at): ShopItem => ({
    itemId: `item-${String(at).padStart(5, '0')}`,
    title: `speaker ${at}`,
    categories: categoriesOf(at),
    attributes: { brand: at % 4 === 3 ? 'acme' : 'other' },
  }),
);

describe.each(testDatabases())('trees of categories on $name', ({ open }) => {
  let database: Database;
  let shop: Shop;
  let search: Search;
  let directory: CollectionDirectory;
  const under = (prefix: string, ...more: Filter['must']) =>
    must(onField('categories', { $case: 'prefix', value: prefix }), ...more);
  const ask = (filter: Filter) =>
    search.query({
      tenant,
      collection: 'shop',
      by: { kind: 'vector', values: [...fakeVector('speaker 7')], model: '' },
      limit: 100,
      filter,
    });
  const expected = (filter: Filter) => items.filter((item) => passes(filter, item)).map(({ itemId }) => itemId);

  beforeAll(async () => {
    database = await open();
    shop = await Shop.open(database, tenant, [attribute('brand', 'keyword')]);
    await shop.put(items);
    directory = new CollectionDirectory(database);
    search = new Search(database, directory, new FakeEmbedder());
  }, 120_000);
  afterAll(() => directory.close());

  it.each(['전자/', '전자/음향/', '전자/음향/헤드폰/', '전자//', '/', '/전자/', '전자/음향//'])(
    'are found by the index over facts, root included: %s',
    async (prefix) => {
      const { hits, plan } = await ask(under(prefix));
      expect(plan.legs[0]!.settings.candidates).toBe('filter_index');
      expect(hits.map(({ itemId }) => itemId).sort()).toEqual(expected(under(prefix)));
      expect(hits.length).toBeGreaterThan(0);
      expect(plan.legs[0]!.examined).toBe(BigInt(hits.length));
    },
  );

  it('are narrowed by what else the filter demands, and are nothing where no item is', async () => {
    const filter = under('전자/', onField('brand', { $case: 'equals', value: 'acme' }));
    const { hits, plan } = await ask(filter);
    expect(hits.map(({ itemId }) => itemId).sort()).toEqual(expected(filter));
    expect(plan.legs[0]!.examined).toBe(BigInt(hits.length));
    expect((await ask(under('전자/없음/'))).hits).toEqual([]);
  });

  it('are estimated with their roots', async () => {
    const { plan } = await ask(under('wide 1/half 0/'));
    expect(plan.selectivity).toBeCloseTo(1 / 6, 1);
  });

  it('tell recommendations what passes', async () => {
    const matching = new MatchingItems(database);
    const of = { collection: shop.collection, items: BigInt(count) };
    const { ids } = await matching.of(of, under('전자/음향/'), 11);
    expect(ids!.sort()).toEqual(expected(under('전자/음향/')));
  });

  it('follow an item that moves, at its commit', async () => {
    const set = (categories: string[], id: string) =>
      database.query({ tenant }, 'update kindred.items set categories = $1 where item_id = $2', [categories, id]);
    const ids = async () => (await ask(under('전자/음향/헤드폰/'))).hits.map(({ itemId }) => itemId);
    const before = await ids();
    await set(['전자/음향/헤드폰/무선'], 'item-00001');
    expect((await ids()).sort()).toEqual(['item-00001', ...before].sort());
    await set(categoriesOf(1), 'item-00001');
    expect(await ids()).toEqual(before);
  });

  it('have all facts that a subtree filter can name, whatever the paths are', async () => {
    const part = fc.constantFrom('a', 'b', '가', '', ' ');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 3 }), path, async (categories, root) => {
        const item = { itemId: 'any', title: '', categories };
        const [row] = await database.query<{ has: boolean }>(
          { tenant },
          `select kindred.fact(1, '@under', to_jsonb($2::text)) = any(kindred.item_facts(1, '{}', $1)) as has`,
          [categories, root],
        );
        expect(row!.has).toBe(passes(under(`${root}/`), item));
      }),
      { numRuns: 100 },
    );
  });
});
