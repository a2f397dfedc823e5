import { DecayCurve, type Boost as WireBoost } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, text, where } from './composed-shop.fake.spec.ts';

type Value = NonNullable<WireBoost['value']>;
const boost = (value: Value, weight = 1): WireBoost => ({ weight, value });
const decay = (field: string, origin: unknown, scale: number, more = {}): Value => ({
  $case: 'decay',
  value: { field, origin, scale, offset: 0, curve: DecayCurve.DECAY_CURVE_EXPONENTIAL, ...more },
});
const mouse = { by: text('mouse device'), mode: 2, with: { payload: true, vectors: false, explain: false } };

describe.each(testDatabases())('boosts on $name', ({ open }) => {
  let database: Database;
  let shop: ComposedShop;
  /** BM25 of every device, without boosts. */
  let relevance: Map<string, number>;

  beforeAll(async () => {
    database = await open();
    shop = new ComposedShop(database, 'boosted');
    await shop.stock('shop', devices());
    const scope = { tenant: 'boosted' };
    await database.query(
      scope,
      `insert into kindred.item_popularity (tenant_id, collection_id, item_id, score)
       select kindred.tenant(), collection_id, item_id, score from kindred.collections,
         (values ('d010', 0.5), ('d020', 0.25)) as p(item_id, score) where name = 'shop'`,
    );
    const plain = await shop.ask({ ...mouse, limit: 1_000 });
    relevance = new Map(plain.hits.map(({ itemId, score }) => [itemId, score]));
  });

  /** The ten best by a score that the test computes itself. */
  const best = (value: (at: number) => number, weight = 1) =>
    [...relevance]
      .map(([id, score]) => [id, score * (1 + weight * value(Number(id.slice(1))))] as const)
      .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
      .slice(0, 10);

  async function expectBest(value: Value, computed: (at: number) => number, weight = 1): Promise<void> {
    const { hits, plan } = await shop.ask({ ...mouse, boosts: [boost(value, weight)] });
    const expected = best(computed, weight);
    expect(hits.map(({ score }) => score)).toEqual(expected.map(([, score]) => expect.closeTo(score, 9)));
    for (const [at, { itemId, scores, score }] of hits.entries()) {
      const own = relevance.get(itemId)!;
      expect(scores.relevance).toBeCloseTo(own, 9);
      expect(score).toBeCloseTo(own * (1 + scores.boost!), 9);
      expect(scores.boost).toBeCloseTo(weight * computed(Number(itemId.slice(1))), 9);
      expect(at).toBeLessThan(10);
    }
    expect(plan!.complete).toBe(true);
  }

  it('lifts what a filter matches', () =>
    expectBest({ $case: 'filter', value: where('brand', 'Rare') }, (at) => (at % 100 === 99 ? 1 : 0), 3));

  it('lowers with a weight below 0', () =>
    expectBest({ $case: 'filter', value: where('brand', 'Acme') }, (at) => (at % 4 === 0 ? 1 : 0), -0.5));

  it('decays with the distance of a number', () =>
    expectBest(decay('price', 390, 20), (at) => 0.5 ** (Math.abs(at - 390) / 20), 5));

  it('decays with time, by a gaussian curve beyond an offset', () => {
    const origin = new Date(Date.UTC(2026, 0, 1) + 300 * 86_400_000).toISOString();
    const value = decay('released', origin, 10 * 86_400, {
      offset: 2 * 86_400,
      atScale: 0.3,
      curve: DecayCurve.DECAY_CURVE_GAUSSIAN,
    });
    return expectBest(value, (at) => 0.3 ** ((Math.max(0, Math.abs(at - 300) - 2) / 10) ** 2), 4);
  });

  it('decays with the distance of a place', () => {
    const meters = (at: number) => {
      const half = Math.cos((37.5665 * Math.PI) / 180) * Math.sin(((at - 200) / 2_000) * (Math.PI / 180));
      return 2 * 6_371_008.8 * Math.asin(Math.abs(half));
    };
    const value = decay('place', '37.5665,127.178', 1_000, { curve: DecayCurve.DECAY_CURVE_LINEAR });
    return expectBest(value, (at) => Math.max(0, 1 - 0.5 * (meters(at) / 1_000)), 2);
  });

  it('saturates a number at its pivot', () =>
    expectBest({ $case: 'field', value: { field: 'rating', pivot: 2, missing: 0 } }, (at) => {
      const rating = (at % 50) / 10;
      return rating / (rating + 2);
    }));

  it('lifts popular items, by the share of the most popular hit', () =>
    expectBest({ $case: 'popularity', value: {} }, (at) => ({ 10: 1, 20: 0.5 })[at] ?? 0, 2));

  it('adds boosts up', async () => {
    const boosts = [
      boost({ $case: 'popularity', value: {} }, 2),
      boost({ $case: 'filter', value: where('brand', 'LG') }, 0.5),
    ];
    const { hits } = await shop.ask({ ...mouse, boosts, limit: 400 });
    const found = hits.find(({ itemId }) => itemId === 'd010')!;
    expect(found.scores.boost).toBeCloseTo(2.5, 9);
  });

  it('reads popularity of the own tenant alone', async () => {
    const other = new ComposedShop(database, 'other');
    await other.stock('shop', devices().slice(0, 30));
    const { hits } = await other.ask({ ...mouse, boosts: [boost({ $case: 'popularity', value: {} })], limit: 30 });
    for (const { scores } of hits) expect(scores.boost).toBe(0);
  });

  it('pages through boosted hits once, in the same order', async () => {
    const boosts = [boost(decay('price', 390, 20), 5)];
    const all = idsOf(await shop.ask({ ...mouse, boosts, limit: 400 }));
    expect(all).toHaveLength(400);
    expect(await shop.everyPage({ ...mouse, boosts, limit: 90 })).toEqual(all);
  });

  it('pages on with other page sizes, in the same order', async () => {
    const boosts = [boost(decay('price', 390, 20), 5)];
    const all = idsOf(await shop.ask({ ...mouse, boosts, limit: 30 }));
    const ids: string[] = [];
    let pageToken = '';
    for (const limit of [10, 5, 15]) {
      const page = await shop.ask({ ...mouse, boosts, limit, pageToken });
      ids.push(...idsOf(page));
      pageToken = page.nextPageToken;
    }
    expect(ids).toEqual(all);
  });

  it('says when something beyond the pool could come in', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => ({
      itemId: `m${String(at).padStart(4, '0')}`,
      title: 'mouse',
      body: 'more words '.repeat(at % 30),
      attributes: { rating: at % 30 === 29 ? 5 : 0 },
    }));
    await shop.stock('many', many);
    const value: Value = { $case: 'field', value: { field: 'rating', pivot: 1, missing: 0 } };
    const request = { by: text('mouse'), mode: 2, collection: 'many' };
    const unsure = (await shop.ask({ ...request, boosts: [boost(value, 50)] })).plan!;
    expect(unsure.complete).toBe(false);
    expect(unsure.notes.join()).toContain('Boosts ordered the best 900 candidates');
    expect((await shop.ask({ ...request, boosts: [boost(value, 0.01)] })).plan!.complete).toBe(true);
  });
});
