import type { Database } from '@kindred/database';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, termVector, text, where } from './composed-shop.fake.spec.ts';

const mouse = { by: text('wireless mouse') };
const diverse = (strength: number) => ({ diversity: { strength, attribute: '' } });
const atMost = (attribute: string, maxPerValue: number) => ({ diversity: { strength: 0, attribute, maxPerValue } });
const by = (field: string, size?: number) => ({ groupBy: { field, size } });

/** Mean cosine of every two of the hits. */
function likeness(vectors: number[][]): number {
  const pairs = vectors.flatMap((one, at) => vectors.slice(at + 1).map((other) => [one, other] as const));
  const cosines = pairs.map(([one, other]) => one.reduce((sum, value, at) => sum + value * other[at]!, 0));
  return cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
}

describe.each(testDatabases())('diversity and groups on $name', ({ open }) => {
  let database: Database;
  let shop: ComposedShop;
  beforeAll(async () => {
    database = await open();
    shop = new ComposedShop(database, 'diverse');
    await shop.stock('shop', devices());
  });

  it('orders by relevance alone at strength 0, as a plain query of that depth does', async () => {
    const plain = await shop.ask({ ...mouse, limit: 200 });
    expect(idsOf(await shop.ask({ ...mouse, ...diverse(0) }))).toEqual(idsOf(plain).slice(0, 10));
  });

  it('brings hits that differ more, the best one first', async () => {
    const carried = { with: { vectors: true, explain: false } };
    const plain = await shop.ask({ ...mouse, ...diverse(0), ...carried });
    const different = await shop.ask({ ...mouse, ...diverse(0.7), ...carried });
    expect(different.hits).toHaveLength(10);
    expect(different.hits[0]!.itemId).toBe(plain.hits[0]!.itemId);
    const like = (answer: typeof plain) => likeness(answer.hits.map(({ vector }) => vector));
    expect(like(different)).toBeLessThan(like(plain) - 0.01);
  });

  it('shows at most so many hits of a value, on a full page, page after page', async () => {
    const { hits } = await shop.ask({ ...mouse, ...atMost('brand', 2), limit: 9 });
    const brands = hits.map(({ item }) => item!.attributes!.brand as string);
    expect(hits).toHaveLength(9);
    for (const brand of new Set(brands)) expect(brands.filter((one) => one === brand).length).toBeLessThanOrEqual(2);
    const all = await shop.everyPage({ ...mouse, ...atMost('brand', 2), limit: 3 });
    expect(all).toHaveLength(10);
    expect(all.slice(0, 9)).toEqual(hits.map(({ itemId }) => itemId));
  });

  it('counts each value of a list, attributes that are no filter, and built-in fields', async () => {
    expect(await shop.everyPage({ ...mouse, ...atMost('tags', 1), limit: 4 })).toHaveLength(5);
    expect(await shop.everyPage({ ...mouse, ...atMost('secret', 3) })).toHaveLength(6);
    expect(await shop.everyPage({ ...mouse, ...atMost('categories', 1) })).toHaveLength(2);
  });

  it('groups by a value: the best hits of each, groups in the order of their best', async () => {
    const { groups, hits, plan } = await shop.ask({ ...mouse, ...by('brand', 2), limit: 4 });
    expect(hits).toEqual([]);
    expect(groups).toHaveLength(4);
    for (const group of groups) {
      const best = await shop.ask({ ...mouse, filter: where('brand', group.value), limit: 2 });
      expect(group.hits.map(({ itemId }) => itemId)).toEqual(idsOf(best));
      expect(group.hits[0]!.item!.attributes!.brand).toBe(group.value);
    }
    const firsts = groups.map((group) => group.hits[0]!.score);
    expect(firsts).toEqual([...firsts].sort((left, right) => right - left));
    expect(plan!.steps.map(({ name }) => name)).toEqual(['plan', 'embed', 'database']);
  });

  it('fills the page of groups, and the groups, from beyond the first pool', async () => {
    const request = { ...mouse, filter: where('categories', 'odd'), ...by('brand', 4) };
    const { groups } = await shop.ask({ ...request, limit: 3 });
    expect(groups.map(({ value }) => value).sort()).toEqual(['Canon', 'Rare', '삼성'].sort());
    for (const group of groups) expect(group.hits).toHaveLength(4);
  });

  it('knows that there are no further groups, though one of them fills every pool', async () => {
    const items = Array.from({ length: 1_000 }, (_, at) => ({
      itemId: `c${String(at).padStart(4, '0')}`,
      title: at < 990 ? 'mouse' : 'a mouse among other things',
      attributes: at === 999 ? {} : { brand: at < 990 ? 'Acme' : `b${at}` },
    }));
    await shop.stock('crowd', items);
    const request = { by: text('mouse'), collection: 'crowd', ...by('brand', 1) };
    const { groups, plan, nextPageToken } = await shop.ask({ ...request, limit: 20 });
    expect(groups).toHaveLength(11);
    expect(groups[0]!.value).toBe('Acme');
    expect(nextPageToken).toBe('');
    expect(plan!).toMatchObject({ complete: true, notes: [] });
    const paged = await shop.everyPage({ ...request, limit: 3 });
    expect(paged).toEqual(groups.map(({ value }) => String(value)));
  });

  it('pages through groups once', async () => {
    const all = await shop.everyPage({ ...mouse, ...by('rating', 1), limit: 7 });
    expect(all).toHaveLength(50);
    expect(new Set(all).size).toBe(50);
  });

  it('puts items without the value into a group of their own', async () => {
    const items = ['a', 'b', 'c'].map((itemId, at) => ({
      itemId,
      title: 'mouse',
      attributes: at === 0 ? { brand: 'Acme' } : {},
    }));
    await shop.stock('few', items);
    const { groups } = await shop.ask({ ...mouse, collection: 'few', ...by('brand') });
    const found = groups.map(({ value, hits }) => [value, hits.map(({ itemId }) => itemId)]);
    expect(found).toEqual([
      ['Acme', ['a']],
      [undefined, ['b', 'c']],
    ]);
  });

  it('diversifies what is found by a vector, and says what it cannot tell apart', async () => {
    const values = Array.from(termVector('wireless mouse'));
    const request = { by: { $case: 'vector', value: { values, model: '' } } as const, ...diverse(0.5) };
    const pages = await shop.everyPage({ ...request, limit: 50 });
    expect(new Set(pages).size).toBe(400);
  });
});
