import { type Boost, DecayCurve, FusionMethod, Prefetch, type QueryRequest, SearchMode } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { Reranker } from '@kindred/embedder';
import { seededRandom } from '@kindred/ranking';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, text, where } from './composed-shop.fake.spec.ts';

const items = devices().slice(0, 260);
const by = text('wireless mouse');
const lexical = SearchMode.SEARCH_MODE_LEXICAL;
const rrf = { method: FusionMethod.FUSION_METHOD_RRF };
const cheap: Boost = {
  weight: 1,
  value: {
    $case: 'decay',
    value: { field: 'price', origin: 0, scale: 100, offset: 0, curve: DecayCurve.DECAY_CURVE_EXPONENTIAL },
  },
};
const parts = [{ by }, { by: text('device'), weight: 0.5 }, { by: text('무선'), weight: -0.2 }];
const stages = [
  Prefetch.create({ by, mode: lexical, limit: 1_000 }),
  Prefetch.create({ by: text('device'), limit: 1_000 }),
];
/** Puts the last of what it reads first. */
const backwards: Reranker = {
  name: 'backwards',
  rerank: async (_, texts) => texts.map((_text, at) => at),
  close: async () => {},
};

/** People who write between two pages: a third of what was just shown goes, better and worse items come, prices change. */
class Writers {
  /** Items that were there before the first page and still are. */
  readonly staying = new Set(items.map(({ itemId }) => itemId));
  private readonly scope: { tenant: string };
  private readonly random: () => number;
  private made = 0;

  constructor(
    private readonly shop: ComposedShop,
    seed: number,
  ) {
    this.scope = { tenant: shop.tenant };
    this.random = seededRandom(seed);
  }

  async write(shown: readonly string[]): Promise<void> {
    const gone = [...this.some(shown, 0.34), ...this.some(this.staying, 0.02)];
    for (const id of gone) this.staying.delete(id);
    await this.update('deleted = true', gone);
    await this.update('price = 400 - price', this.some(this.staying, 0.2));
    await this.add();
  }

  async add(): Promise<void> {
    const fresh = Array.from({ length: 12 }, (_, at) => ({
      itemId: `새 'item' ${this.made++} 🖱️`,
      title: at % 3 === 0 ? 'an other mouse device' : 'wireless mouse wireless mouse',
      price: Math.floor(this.random() * 400),
      attributes: { brand: 'New', rating: 9 + (at % 3) },
    }));
    await this.shop.put('shop', fresh);
  }

  private some(ids: Iterable<string>, share: number): string[] {
    return [...ids].filter(() => this.random() < share);
  }

  private async update(change: string, ids: readonly string[]): Promise<void> {
    await this.shop.database.query(this.scope, `update kindred.items set ${change} where item_id = any($1)`, [ids]);
  }
}

describe.each(testDatabases())('pages while others write on $name', ({ open }) => {
  let database: Database;
  let tenants = 0;
  beforeAll(async () => {
    database = await open();
  });

  async function stocked(): Promise<ComposedShop> {
    const shop = new ComposedShop(database, `writers${tenants++}`, { get: async () => backwards });
    await shop.stock('shop', items);
    return shop;
  }

  /** Hits or groups of all pages, with writes between them. */
  async function turned(
    shop: ComposedShop,
    request: Partial<QueryRequest>,
    write: (ids: readonly string[]) => Promise<void>,
  ): Promise<unknown[]> {
    const shown: unknown[] = [];
    for (let pageToken = ''; ; ) {
      const { hits, groups, nextPageToken } = await shop.ask({ ...request, pageToken });
      const ids = [...hits, ...groups.flatMap((group) => group.hits)].map(({ itemId }) => itemId);
      shown.push(...(request.groupBy ? groups.map(({ value }) => value) : ids));
      if (nextPageToken === '') return shown;
      expect(hits.length + groups.length).toBe(request.limit);
      pageToken = nextPageToken;
      await write(ids);
    }
  }

  it.each<[string, Partial<QueryRequest>]>([
    ['a hybrid search', { by, limit: 30 }],
    ['a hybrid search by ranks', { by, fusion: rrf as QueryRequest['fusion'], limit: 45 }],
    ['a lexical search', { by, mode: lexical, limit: 30 }],
    ['a search behind a filter', { by, filter: where('in_stock', true), limit: 25 }],
    ['a mix', { mix: { parts: parts as never }, limit: 40 }],
    ['boosts by what changes', { by, boosts: [cheap], limit: 40 }],
    ['diversity', { by, diversity: { strength: 0.6, attribute: '' }, limit: 40 }],
    ['fused stages', { prefetch: stages, limit: 40 }],
    ['a reranker', { by, rerank: { model: 'backwards', depth: 70, text: '' }, limit: 40 }],
  ])('show what stays exactly once, and nothing twice: %s', async (_, request) => {
    for (const seed of [1, 2]) {
      const shop = await stocked();
      const writers = new Writers(shop, seed);
      const shown = await turned(shop, request, (ids) => writers.write(ids));
      expect(new Set(shown).size).toBe(shown.length);
      expect([...writers.staying].filter((id) => !shown.includes(id))).toEqual([]);
    }
  });

  it.each([
    ['rating', 7],
    ['tags', 3],
  ])('show each group that stays exactly once: by %s', async (field, limit) => {
    const shop = await stocked();
    const writers = new Writers(shop, 3);
    const shown = await turned(shop, { by, groupBy: { field, size: 2 }, limit }, (ids) => writers.write(ids));
    expect(new Set(shown).size).toBe(shown.length);
    const left = items.filter(({ itemId }) => writers.staying.has(itemId));
    for (const value of left.flatMap(({ attributes }) => attributes![field])) expect(shown).toContain(value);
  });

  it('show at most so many hits of a value, whatever better ones come', async () => {
    const shop = await stocked();
    const writers = new Writers(shop, 4);
    const diversity = { strength: 0, attribute: 'brand', maxPerValue: 4 };
    const shown = await turned(shop, { by, diversity, limit: 6 }, () => writers.add());
    // Acme, 삼성, LG, Canon, Rare (2 items), and New, which comes behind the first page.
    expect(shown).toHaveLength(4 * 4 + 2 + 4);
    expect(shown.filter((id) => String(id).startsWith('새'))).toHaveLength(4);
  });
});
