import { RecommendRequest } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { answeringOf } from '../answering.ts';
import { Cinema, silent } from '../cinema.fake.spec.ts';
import { settingsOf } from '../settings.ts';
import { readListPage } from './table.store.ts';

const fans = Array.from({ length: 8 }, (_, at) => `fan${at}`);
const films = ['a', 'b', 'c', 'd', '무선 마우스'];

describe.each(testDatabases())('Tables on $name', ({ name, open }) => {
  let cinema: Cinema;

  beforeAll(async () => {
    cinema = await Cinema.open(await open(), name);
    await cinema.put(...films.map((id) => ({ id })));
    await cinema.did(...fans.flatMap((user, at) => films.slice(at % 3).map((item) => ({ user, type: 'like', item }))), {
      user: 'ann',
      type: 'like',
      item: 'c',
    });
    await cinema.rebuild();
  });

  it('answer the same from memory as list by list, where no memory is granted', async () => {
    const settings = { ...settingsOf(), tableBytes: 0 };
    const { answering } = answeringOf({
      database: cinema.database,
      readDatabase: cinema.database,
      settings,
      log: silent,
    });
    const request = RecommendRequest.fromPartial({ collection: 'films', userId: 'ann', limit: 20 });
    const { plan: _, ...inMemory } = await cinema.recommend(request);
    const caller = { ...cinema.caller(), requestId: inMemory.requestId };
    const { plan: __, ...byList } = await answering.recommend.recommend(request, caller);
    expect(inMemory.hits[0]!.scores.collaborative).toBe(1);
    expect(byList).toEqual(inMemory);
  });

  it('know of a rebuild at the next answer', async () => {
    await cinema.recommend({ userId: 'ann' });
    await cinema.put({ id: 'new' });
    await cinema.did(...fans.flatMap((user) => ['new', 'c'].map((item) => ({ user, type: 'purchase', item }))));
    await cinema.rebuild();
    const { hits } = await cinema.recommend({ userId: 'ann' });
    expect(hits.find((hit) => hit.itemId === 'new')!.scores.collaborative).toBeGreaterThan(0);
  });

  it('are read page by page, ids of every script whole', async () => {
    const collection = { tenant: cinema.tenant, collectionId: cinema.collectionId } as never;
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const rows = await readListPage(cinema.database, collection, 'taste', { after, most: 2 });
      for (const { item_id, ids, scores } of rows) {
        seen.push(item_id);
        expect(ids.length).toBe(scores.length);
        expect(ids.every((id) => [...films, 'new'].includes(id))).toBe(true);
      }
      if (rows.length < 2) break;
      after = rows.at(-1)!.item_id;
    }
    expect(seen).toContain('무선 마우스');
    expect(new Set(seen).size).toBe(seen.length);
  });
});
