import { AbsenceCause, Prefetch, QueryRequest, SearchMode } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { defaultMediaLimits } from '@kindred/embedder';
import { AbsenceExplainer, CollectionDirectory, Search } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedSearch } from '../compose/composed-search.ts';
import { ComposedShop, devices, termVector, text, where } from '../compose/composed-shop.fake.spec.ts';
import { AbsenceService } from './absence.service.ts';

const lexical = SearchMode.SEARCH_MODE_LEXICAL;
const by = text('mouse device');
const boost = (brand: string, weight: number) => ({
  boosts: [{ weight, value: { $case: 'filter' as const, value: where('brand', brand) } }],
});
const stages = (...prefetch: Partial<Prefetch>[]) => ({ prefetch: prefetch.map((one) => Prefetch.create(one)) });
const user = (id: string) => ({ $case: 'userId' as const, value: id });

/** Puts the last first. */
const rerankers = {
  get: async () => ({
    name: 'backwards',
    rerank: async (_query: string, texts: readonly string[]) => texts.map((_, at) => at),
    close: async () => {},
  }),
};

describe.each(testDatabases())('why a composed query lacks an item, on $name', ({ open }) => {
  let shop: ComposedShop;
  let service: AbsenceService;
  const tenant = 'composed absence';

  beforeAll(async () => {
    const database: Database = await open();
    shop = new ComposedShop(database, tenant, rerankers as never);
    await shop.stock('shop', devices().slice(0, 60));
    await shop.stock('outlet', [{ itemId: 'o1', title: 'mouse device', attributes: { brand: 'LG' } }]);
    await shop.stock('outlet two', [{ itemId: 'o2', title: 'desk', attributes: { brand: 'LG' } }]);
    const directory = new CollectionDirectory(database);
    const embed = async (_tenant: string, { name, version }: { name: string; version: string }, input: object) => {
      return { model: { name, version }, vector: termVector('text' in input ? String(input.text) : '') };
    };
    const search = new Search(database, directory, { embed });
    const composed = new ComposedSearch(database, directory, search, rerankers as never);
    const media = { limits: defaultMediaLimits, resources: {} };
    service = new AbsenceService(new AbsenceExplainer(database, directory, search), composed, media);
  });

  const ask = (itemId: string, request: Partial<QueryRequest>) => {
    const query = QueryRequest.create({ collection: 'shop', ...request });
    const { signal } = new AbortController();
    return service.explain({ query, itemId }, { tenant, role: 'reader', requestId: 'r' }, signal);
  };
  const told = async (itemId: string, request: Partial<QueryRequest>) => {
    const { position, reasons } = await ask(itemId, request);
    expect(position).toBeUndefined();
    return reasons.map(({ cause, field, message }) => {
      return { cause: AbsenceCause[cause].replace('ABSENCE_CAUSE_', ''), field, message };
    });
  };
  const first = async (request: Partial<QueryRequest>) => (await shop.ask(request)).hits[0]!.itemId;

  it('gives the place of what is there: among the hits, or its group’s among the groups', async () => {
    const boosted = { by, ...boost('LG', 1) };
    const { hits } = await shop.ask(boosted);
    expect(await ask(hits[4]!.itemId, boosted)).toEqual({ position: 5n, reasons: [] });
    const grouped = { by, groupBy: { field: 'brand', size: 2 } };
    const { groups } = await shop.ask(grouped);
    expect(await ask(groups[1]!.hits[1]!.itemId, grouped)).toEqual({ position: 2n, reasons: [] });
  });

  it('tells the full quota of a value, and the full group', async () => {
    const { hits } = await shop.ask({ by, filter: where('brand', 'LG'), limit: 60 });
    const second = hits[1]!.itemId;
    const quota = await told(second, { by, diversity: { strength: 0, attribute: 'brand', maxPerValue: 1 } });
    expect(quota).toMatchObject([{ cause: 'QUOTA', field: 'diversity.max_per_value' }]);
    expect(quota[0]!.message).toMatch(/place \d+ of all that match, but better ones have the 1 that/);
    const group = await told(second, { by, groupBy: { field: 'brand', size: 1 } });
    expect(group).toMatchObject([{ cause: 'QUOTA', field: 'group_by.size' }]);
  });

  it('counts groups in front of the item’s', async () => {
    const { groups } = await shop.ask({ by, groupBy: { field: 'rating', size: 1 }, limit: 50 });
    const reasons = await told(groups[30]!.hits[0]!.itemId, { by, groupBy: { field: 'rating', size: 1 } });
    expect(reasons).toMatchObject([{ cause: 'OUTRANKED', message: expect.stringContaining('group 31') }]);
  });

  it('gives the place that boosts leave, with what they did', async () => {
    const itemId = await first({ by });
    const brand = devices().find((one) => one.itemId === itemId)!.attributes!.brand as string;
    const reasons = await told(itemId, { by, ...boost(brand, -0.95) });
    expect(reasons).toMatchObject([{ cause: 'OUTRANKED', message: expect.stringMatching(/boosts of -0.950 made/) }]);
  });

  it('tells what the reranker put behind others', async () => {
    const itemId = await first({ by });
    const reasons = await told(itemId, { by, rerank: { model: 'backwards', depth: 50, text: '' } });
    expect(reasons).toMatchObject([{ cause: 'OUTRANKED', field: 'rerank' }]);
  });

  it('names the part of a mix that says something of the item', async () => {
    const parts = [
      { by: text('"device mouse"'), weight: 1 },
      { by: user('nobody'), weight: 1 },
    ];
    const reasons = await told('d007', { mix: { parts } });
    expect(reasons.map(({ cause, field }) => [cause, field])).toEqual([
      ['TEXT_CONDITION', 'mix.parts[0].text'],
      ['NOTHING_COMPARED', 'mix.parts[1].user_id'],
    ]);
    expect(reasons[0]!.message).toMatch(/^mix.parts\[0\]: The item does not have/);
  });

  it('tells the query’s filter from that of a stage', async () => {
    const request = {
      filter: where('brand', 'LG'),
      ...stages({ by, filter: where('categories', 'even'), mode: lexical }),
    };
    const reasons = await told('d001', { ...request, by });
    expect(reasons.map(({ cause, field }) => [cause, field])).toEqual([
      ['FILTERED', 'filter.must[0]'],
      ['FILTERED', 'prefetch[0].filter.must[0]'],
      ['NOT_LISTED', 'prefetch'],
    ]);
    // Fused stages are behind the query's filter too.
    expect((await told('d001', request)).map(({ field }) => field)).toContain('filter.must[0]');
  });

  it('tells that no stage handed it on', async () => {
    const reasons = await told('d059', stages({ by, limit: 3, mode: lexical }));
    expect(reasons).toMatchObject([{ cause: 'NOT_LISTED', field: 'prefetch' }]);
  });

  it('knows the items of further collections', async () => {
    const collections = ['outlet', 'outlet two'];
    expect((await ask('o1', { by, collections, limit: 100 })).position).toBeDefined();
    const words = { by, collections, mode: lexical };
    expect(await told('o2', words)).toMatchObject([
      { cause: 'NO_TERM_MATCHES', message: expect.stringMatching(/^outlet two: None of the text's terms/) },
    ]);
    expect(await told('nowhere', words)).toMatchObject([
      { cause: 'UNKNOWN_ITEM', message: expect.stringContaining('in "shop", "outlet", "outlet two"') },
    ]);
  });

  it('refuses what the query refuses', async () => {
    await expect(ask('d001', { by, groupBy: { field: 'acl' } })).rejects.toMatchObject({ field: 'group_by.field' });
    await expect(ask('', { by, collections: ['outlet'] })).rejects.toMatchObject({ field: 'item_id' });
  });
});
