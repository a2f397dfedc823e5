import { type Filter, SearchMode } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, promote } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, text, where } from './composed-shop.fake.spec.ts';

const count = 11_000;
const words = ['마우스', 'mouse', '키보드', 'lamp', '의자', 'cable', 'screen'];
const tenant = 'large';

/** Eight brands, of which the last has 20 items; a color that a tenth of them have. */
const brandOf = (at: number) => (at % 550 === 7 ? '희귀' : `brand ${at % 7}`);
const items = Array.from({ length: count }, (_, at) => ({
  itemId: `i${String(at).padStart(5, '0')}`,
  title: `${words[(at * 3) % 7]} ${words[(at >> 3) % 7]} ${at % 211}`,
  price: at,
  attributes: { brand: brandOf(at), tags: at % 10 === 1 ? ['sale'] : [] },
}));

// Below 10,000 items, and embedded, nothing is planned by what filters leave.
describe.skipIf(!hasPostgres()).each(testDatabases().filter(({ name }) => name === 'postgres'))(
  'groups of a large collection on $name',
  ({ open }) => {
    let database: Database;
    let shop: ComposedShop;
    beforeAll(async () => {
      database = await open();
      shop = new ComposedShop(database, tenant);
      await shop.stock('shop', items);
      const { collectionId } = await new CollectionDirectory(database).get(tenant, 'shop');
      await promote(database, tenant, collectionId, 'documents');
    }, 120_000);

    const grouped = (more: object) =>
      shop.ask({
        by: text('무선 마우스 mouse'),
        groupBy: { field: 'brand', size: 3 },
        mode: SearchMode.SEARCH_MODE_LEXICAL,
        ...more,
      });

    const below = (lt: number): Filter => ({
      must: [{ kind: { $case: 'field', value: { field: 'price', test: { $case: 'range', value: { lt } } } } }],
      should: [],
      mustNot: [],
    });

    it.each<[string, Filter | undefined, (at: number) => boolean]>([
      ['no filter', undefined, () => true],
      ['a tenth', where('tags', 'sale'), (at) => at % 10 === 1],
      ['few', below(300), (at) => at < 300],
    ])('are all that there are, each with its best: behind %s', async (_, filter, passes) => {
      const { groups, plan } = await grouped({ limit: 20, filter });
      const matching = items.filter(({ title }, at) => passes(at) && /마우스|mouse/.test(title));
      const brands = new Set(matching.map(({ attributes }) => attributes.brand));
      expect(new Set(groups.map(({ value }) => value))).toEqual(brands);
      for (const { value, hits } of groups) {
        const own = matching.filter(({ attributes }) => attributes.brand === value).length;
        expect(hits).toHaveLength(Math.min(3, own));
      }
      expect(plan!.complete).toBe(true);
    });
  },
);
