import { KindredError, SimilarBy } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema } from '../cinema.fake.spec.ts';

describe.each(testDatabases())('Similar on $name', ({ name, open }) => {
  let cinema: Cinema;

  beforeAll(async () => {
    cinema = await Cinema.open(await open(), name);
    await cinema.put(
      { id: 'a', title: '올드보이', categories: ['dark'], angle: 0 },
      { id: 'liked with a', categories: ['dark'], angle: 90 },
      { id: 'next to a', categories: ['light'], angle: 3 },
      { id: 'far', categories: ['light'], angle: 85 },
      { id: 'popular', angle: 60 },
      { id: 'lonely' },
    );
    const fans = Array.from({ length: 6 }, (_, at) => `fan${at}`);
    await cinema.did(
      ...fans.flatMap((user) => ['a', 'liked with a'].map((item) => ({ user, type: 'like', item }))),
      ...fans.flatMap((user) => ['x', 'y'].map((more) => ({ user: user + more, type: 'purchase', item: 'popular' }))),
    );
    await cinema.rebuild();
  });

  it('blends what the same people like with what is alike, and leaves the item itself out', async () => {
    const { hits, plan } = await cinema.similar({ itemIds: ['a'] });
    expect(hits.slice(0, 2).map((hit) => hit.itemId)).toEqual(['liked with a', 'next to a']);
    expect(hits[0]!.reason).toBe('People who liked 올드보이 liked this too');
    expect(hits[1]!.reason).toBe('Similar in content');
    expect(hits.map((hit) => hit.itemId)).not.toContain('a');
    expect(plan).toMatchObject({ complete: true, model: 'plane' });
  });

  it('looks at one side alone when asked to', async () => {
    const byContent = await cinema.similar({ itemIds: ['a'], by: SimilarBy.SIMILAR_BY_CONTENT, language: 'ko' });
    expect(byContent.hits[0]).toMatchObject({ itemId: 'next to a', reason: '내용이 비슷한 항목' });
    const byPeople = await cinema.similar({ itemIds: ['a'], by: SimilarBy.SIMILAR_BY_INTERACTIONS, language: 'ko' });
    expect(byPeople.hits.map((hit) => hit.itemId)).toEqual(['liked with a']);
    expect(byPeople.hits[0]!.reason).toBe('‘올드보이’를 좋아한 분들이 함께 좋아한 항목');
  });

  it('takes a basket, and gives nothing that is in it', async () => {
    const { hits } = await cinema.similar({ itemIds: ['a', 'next to a', 'a'] });
    const ids = hits.map((hit) => hit.itemId);
    expect(ids[0]).toBe('liked with a');
    expect(ids).not.toContain('a');
    expect(ids).not.toContain('next to a');
  });

  it('gives what is popular, and says so, where nothing is known of the item', async () => {
    const { hits, plan } = await cinema.similar({ itemIds: ['lonely'] });
    expect(hits[0]).toMatchObject({ itemId: 'popular', reason: 'Popular now' });
    expect(plan!.notes).toContain('Nothing similar was found: what is popular');
  });

  it('speaks of nothing popular where nothing is left at all', async () => {
    const alone = await Cinema.open(cinema.database, `${name}-alone`);
    await alone.put({ id: 'a', angle: 0 });
    const { hits, plan } = await alone.similar({ itemIds: ['a'] });
    expect(hits).toEqual([]);
    expect((await alone.recommend({})).plan!.notes).toEqual(['No user or session was given: the newest items']);
    expect((await alone.next({ itemIds: ['a'] })).plan!.notes).toEqual([
      'Nobody turned to anything after these items yet',
      'Nothing is left to recommend in this collection',
    ]);
    await alone.put({ id: 'b' });
    const next = await alone.next({ itemIds: ['a'] });
    expect(next.hits[0]).toMatchObject({ itemId: 'b', reason: 'New' });
    expect(next.plan!.notes).toEqual(['Nobody turned to anything after these items yet: the newest items']);
    const listed = await alone.personalize({ itemIds: ['b', 'a'] });
    expect(listed.plan!.notes).toEqual(['Nothing is known that this person likes: the items are in the given order']);
    expect(plan!.notes.slice(-2)).toEqual([
      'Nothing similar was found',
      'Nothing is left to recommend in this collection',
    ]);
  });

  it('tells what is excluded from what nobody did', async () => {
    const kept = await Cinema.open(cinema.database, `${name}-kept`);
    await kept.put({ id: 'a' }, { id: 'b' });
    await kept.did(
      ...['kim', 'lee', 'park'].flatMap((user) => ['a', 'b'].map((item) => ({ user, type: 'like', item }))),
      { user: 'ann', type: 'hide', item: 'b' },
    );
    await kept.rebuild();
    const by = SimilarBy.SIMILAR_BY_INTERACTIONS;
    const { plan } = await kept.similar({ itemIds: ['a'], userId: 'ann', by });
    expect(plan!.notes.slice(0, 2)).toEqual([
      'All that people liked who liked the items is excluded',
      'Nothing similar is left',
    ]);
    const basket = await kept.similar({ itemIds: ['a', 'b'], by });
    expect(basket.plan!.notes[0]).toBe('Nobody who liked the items liked anything else yet');
    const next = await kept.next({ itemIds: ['a'], userId: 'ann' });
    expect(next.plan!.notes[0]).toBe('All that people turned to after these items is excluded');
  });

  it('pages through everything once', async () => {
    const whole = (await cinema.similar({ itemIds: ['a'] })).hits.map((hit) => hit.itemId);
    const first = await cinema.similar({ itemIds: ['a'], limit: 2 });
    const second = await cinema.similar({ itemIds: ['a'], limit: 2, pageToken: first.nextPageToken });
    expect([...first.hits, ...second.hits].map((hit) => hit.itemId)).toEqual(whole.slice(0, 4));
  });

  it.each([
    [{ itemIds: ['a', 'nothing'] }, 'ITEM_NOT_FOUND', 'item_ids[1]'],
    [{ itemIds: [] }, 'FIELD_MISSING', 'item_ids'],
    [{ itemIds: ['a'], by: 99 as SimilarBy }, 'FIELD_INVALID', 'by'],
    [{ itemIds: ['a\u0000'] }, 'TEXT_HAS_NULL_BYTE', 'item_ids[0]'],
  ])('refuses %j by field', async (request, code, field) => {
    const error = await cinema.similar(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KindredError);
    expect(error).toMatchObject({ code, field });
  });
});
