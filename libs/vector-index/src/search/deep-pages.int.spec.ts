import type { Database } from '@kindred/database';
import { seededRandom } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionDirectory } from '../collection-directory.ts';
import { promote } from '../promotion.ts';
import { attribute, FakeEmbedder, must, onField, Shop, type ShopItem } from '../shop.fake.spec.ts';
import { Search, type SearchResult } from './search.ts';
import type { SearchRequest } from './search-request.ts';

const count = 3_000;
const tenant = 'deep';
const words = [
  'black',
  'white',
  'mouse',
  'keyboard',
  'laptop',
  'printer',
  '마우스',
  '키보드',
  'cable',
  'screen',
  'lamp',
];

function items(): ShopItem[] {
  const random = seededRandom(11);
  const word = () => words[Math.floor(words.length * random() ** 2)];
  return Array.from({ length: count }, (_, at) => ({
    itemId: `item-${String(at).padStart(4, '0')}`,
    title: `${Array.from({ length: 3 + (at % 6) }, word).join(' ')} ${at % 400}`,
    attributes: { fifth: random() < 0.2 },
  }));
}

describe.each(testDatabases())('deep pages on $name', ({ name, open }) => {
  let database: Database;
  let search: Search;
  const ask = (request: Partial<SearchRequest>) =>
    search.query({
      tenant,
      collection: 'shop',
      by: { kind: 'text', text: 'white keyboard cable 17' },
      // Who names a breadth gets the index, small as the collection is.
      efSearch: 40,
      ...request,
    });
  const fifth = must(onField('fifth', { $case: 'equals', value: true }));
  const idsOf = (pages: readonly SearchResult[]) => pages.flatMap(({ hits }) => hits.map(({ itemId }) => itemId));
  const depthsOf = ({ plan }: SearchResult) => plan.legs.map(({ settings }) => Number(settings.depth));

  async function turned(request: Partial<SearchRequest>, most = Number.POSITIVE_INFINITY): Promise<SearchResult[]> {
    const pages = [await ask(request)];
    for (let pageToken = pages[0]!.nextPageToken; pageToken !== '' && pages.length < most; ) {
      const page = await ask({ ...request, pageToken });
      pages.push(page);
      pageToken = page.nextPageToken;
    }
    return pages;
  }

  beforeAll(async () => {
    database = await open();
    const index = { kind: 'hnsw', m: 8, efConstruction: 32 } as const;
    const shop = await Shop.open(database, tenant, [attribute('fifth', 'boolean')], index);
    await shop.put(items());
    const { collectionId } = shop.collection;
    await promote(database, tenant, collectionId, 'documents');
    if (name === 'postgres') await promote(database, tenant, collectionId, shop.model, index);
    search = new Search(database, new CollectionDirectory(database), new FakeEmbedder());
  }, 120_000);

  it('are found by the indexes of the first page, in pools as deep as what was shown takes', async () => {
    const pages = await turned({ limit: 50 }, 12);
    const lexical = database.features.textSearch === null ? 'bm25_exact' : 'bm25_index';
    const dense = name === 'postgres' ? 'vector_hnsw' : 'vector_exact';
    for (const { hits, plan } of pages) {
      expect(plan.legs.map(({ method }) => method)).toEqual([lexical, dense]);
      expect([hits.length, plan.complete, plan.notes]).toEqual([50, true, []]);
    }
    const depths = [100, 200, 400, 400, 800, 800, 800, 800, 1_600, 1_600, 1_600, 1_600];
    expect(pages.map(depthsOf)).toEqual(depths.map((depth) => [depth, depth]));
    expect(new Set(idsOf(pages)).size).toBe(600);
  });

  it('read no vector that the index does not give', async (context) => {
    if (name !== 'postgres') return context.skip('PGlite has no index of vectors');
    const pageToken = (await turned({ limit: 50 }, 4)).at(-1)!.nextPageToken;
    const { postgresPlan } = await search.explain({
      tenant,
      collection: 'shop',
      by: { kind: 'text', text: 'white keyboard cable 17' },
      efSearch: 40,
      limit: 50,
      pageToken,
    });
    const reads = postgresPlan
      .split('\n')
      .filter((line) => / on vectors_/.test(line) && !line.includes('never executed'));
    expect(reads.length).toBeGreaterThan(0);
    for (const line of reads) expect(line).toMatch(/Index Scan using/);
  });

  it.each<[string, Partial<SearchRequest>, number]>([
    ['hybrid', {}, count],
    ['by ranks', { fusion: { method: 'rrf', k: 60 } }, count],
    ['behind a filter', { filter: fifth }, items().filter(({ attributes }) => attributes!.fifth).length],
  ])('are full and show each match once, to the last, with no score above one before: %s', async (_, request, all) => {
    const pages = await turned({ limit: 130, ...request });
    for (const { hits } of pages.slice(0, -1)) expect(hits).toHaveLength(130);
    const ids = idsOf(pages);
    expect([ids.length, new Set(ids).size]).toEqual([all, all]);
    const scores = pages.flatMap(({ hits }) => hits.map(({ score }) => score));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it.each(['hybrid', 'lexical'] as const)('hold what one page as deep would hold: %s', async (mode) => {
    const pages = await turned({ mode, limit: 50 }, 20);
    const one = await ask({ mode, limit: 1_000, exact: true });
    const ids = new Set(idsOf(pages));
    const held = one.hits.filter(({ itemId }) => ids.has(itemId)).length / ids.size;
    expect(held).toBeGreaterThan(mode === 'lexical' ? 0.999 : 0.95);
  });
});
