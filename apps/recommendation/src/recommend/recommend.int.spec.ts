import { type Filter, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { Cinema, type Event, idsOf } from '../cinema.fake.spec.ts';

const genreIs = (genre: string): Filter => ({
  must: [{ kind: { $case: 'field', value: { field: 'genre', test: { $case: 'equals', value: genre } } } }],
  should: [],
  mustNot: [],
});

const errorOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KindredError)) throw new Error(`no KindredError, but ${error}`);
  return { code: error.code, field: error.field };
};

/** Two circles of friends: one likes space films, the other one dramas; everybody has seen the hit. */
const crowd: Event[] = Array.from({ length: 12 }, (_, at) => `fan${at}`).flatMap((user, at) =>
  [...(at % 2 === 0 ? ['space1', 'space2', 'space3'] : ['drama1', 'drama2', 'drama3']), 'hit'].map((item) => ({
    user,
    item,
    type: 'rating',
    value: 5,
  })),
);

const films = [
  { id: 'space1', title: 'Space One', categories: ['space'], angle: 0 },
  { id: 'space2', categories: ['space'], angle: 5 },
  { id: 'space3', categories: ['space'], angle: 10 },
  { id: 'drama1', title: '기생충', categories: ['drama'], angle: 80 },
  { id: 'drama2', categories: ['drama'], angle: 85 },
  { id: 'drama3', categories: ['drama'], angle: 90 },
  { id: 'hit', categories: ['hit'], angle: 45 },
  { id: 'unseen', categories: ['space'], angle: 2 },
];

describe.each(testDatabases())('Recommend on $name', ({ name, open }) => {
  let database: Database;
  let cinema: Cinema;
  let tenants = 0;

  beforeAll(async () => {
    database = await open();
  });

  beforeEach(async () => {
    cinema = await Cinema.open(database, `${name}-${++tenants}`);
    await cinema.put(...films);
    await cinema.did(...crowd);
    await cinema.rebuild();
  });

  it('gives what people with the same taste like, and says why in both languages', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'space1' });
    const { hits, plan } = await cinema.recommend({ userId: 'ann' });
    expect(hits.slice(0, 2).map((hit) => hit.itemId)).toEqual(expect.arrayContaining(['space2', 'space3']));
    expect(hits[0]).toMatchObject({
      collection: 'films',
      reason: 'Because you liked Space One',
      scores: { collaborative: expect.any(Number), content: expect.any(Number) },
      item: { itemId: hits[0]!.itemId, categories: ['space'] },
    });
    expect(plan).toMatchObject({ complete: true, collectionItems: 8n });
    expect(plan!.legs.map((leg) => leg.name)).toEqual(['collaborative', 'next', 'content', 'popular']);
    await cinema.did({ user: 'bora', type: 'purchase', item: 'drama1' });
    const korean = await cinema.recommend({ userId: 'bora', language: 'ko-KR' });
    expect(korean.hits[0]!.reason).toBe('‘기생충’을 구매하셔서');
  });

  it('gives a new user what is popular, and nobody the same', async () => {
    const { hits, plan } = await cinema.recommend({ userId: 'never seen' });
    expect(hits[0]).toMatchObject({ itemId: 'hit', reason: 'Popular now', scores: { popular: 1 } });
    expect(hits).toHaveLength(8);
    expect(plan!.notes[0]).toContain('Nothing is known');
    expect(await cinema.ids({})).toEqual(hits.map((hit) => hit.itemId));
  });

  it('fills the page with what is new when nobody did anything yet', async () => {
    const empty = await Cinema.open(database, `${name}-empty-${++tenants}`);
    await empty.put({ id: 'a' }, { id: 'b' });
    const { hits, plan } = await empty.recommend({ userId: 'ann' });
    expect(plan!.notes).toEqual(['Nothing is known of this user or session in this collection yet: the newest items']);
    const nobody = await empty.recommend({ groupBy: { field: 'item_id', size: 1 } });
    expect(nobody.plan!.notes).toEqual(['No user or session was given: the newest items']);
    expect(hits.map((hit) => [hit.itemId, hit.reason])).toEqual([
      ['a', 'New'],
      ['b', 'New'],
    ]);
  });

  it('calls new only what was first stored lately, with payload and without', async () => {
    const old = await Cinema.open(database, `${name}-old-${++tenants}`);
    await old.put({ id: 'old' }, { id: 'new' });
    const aged = `update kindred.items set created_at = now() - interval '900 days' where tenant_id = kindred.tenant() and item_id = 'old'`;
    await database.query({ tenant: old.tenant }, aged);
    for (const payload of [true, false]) {
      const asked = { userId: 'ann', with: { payload, vectors: false, explain: false } };
      const { hits } = await old.recommend(asked);
      expect(hits.map((hit) => [hit.itemId, hit.reason, hit.scores])).toEqual([
        ['new', 'New', { newest: 1 }],
        ['old', 'More to discover', { newest: 1 }],
      ]);
      const list = await old.personalize({ ...asked, itemIds: ['old', 'new'], language: 'ko' });
      expect(list.hits.map((hit) => [hit.itemId, hit.reason, hit.scores])).toEqual([
        ['old', '목록에 있는 항목', {}],
        ['new', '새로 나온 항목', {}],
      ]);
      expect(list.plan!.legs.map((leg) => leg.name)).not.toContain('newest');
    }
  });

  it('never gives what was taken, in any way there is to take', async () => {
    await cinema.did(
      { user: 'ann', type: 'like', item: 'space1' },
      { user: 'ann', type: 'purchase', item: 'space2' },
      { user: 'ann', type: 'rating', item: 'drama1', value: 3 },
      { user: 'ann', type: 'watch_portion', item: 'drama2', value: 0.5 },
      { user: 'ann', type: 'watch_portion', item: 'drama3', value: 0.2 },
      { user: 'ann', type: 'view', item: 'hit' },
      { user: 'ann', type: 'impression', item: 'space3' },
    );
    expect((await cinema.ids({ userId: 'ann' })).toSorted()).toEqual(['drama3', 'hit', 'space3', 'unseen']);
  });

  it('lets a hide beat a like, whichever came last', async () => {
    await cinema.did(
      { user: 'ann', type: 'hide', item: 'space2', at: '2026-01-01T00:00:00Z' },
      { user: 'ann', type: 'view', item: 'space2', at: '2026-02-01T00:00:00Z' },
      { user: 'ann', type: 'like', item: 'space1', at: '2026-02-01T00:00:00Z' },
      { user: 'ann', type: 'dislike', item: 'space1', at: '2026-01-01T00:00:00Z' },
    );
    const { hits } = await cinema.recommend({ userId: 'ann' });
    expect(hits.map((hit) => hit.itemId)).not.toContain('space1');
    expect(hits.map((hit) => hit.itemId)).not.toContain('space2');
    expect(hits.every((hit) => !hit.reason.startsWith('Because'))).toBe(true);
  });

  it('drops what is sold out, hidden or deleted at its commit, and keeps what is not counted', async () => {
    const all = await cinema.ids({ userId: 'new' });
    expect(all).toContain('hit');
    await cinema.put({ id: 'hit', stock: 0 }, { id: 'space1', hidden: true }, { id: 'space2', stock: 1 });
    await database.query(
      { tenant: cinema.tenant },
      `update kindred.items set deleted = true where tenant_id = kindred.tenant() and item_id = 'drama1'`,
    );
    const left = await cinema.ids({ userId: 'new' });
    expect(left.toSorted()).toEqual(['drama2', 'drama3', 'space2', 'space3', 'unseen']);
  });

  it('shows an event in the next answer, before any message about it arrived', async () => {
    const before = await cinema.ids({ userId: 'ann' });
    await cinema.store({ user: 'ann', type: 'purchase', item: before[0]! });
    expect(await cinema.ids({ userId: 'ann' })).not.toContain(before[0]);
  });

  it('knows a guest by the session, and keeps that when the guest logs in', async () => {
    await cinema.did({ session: 's1', type: 'like', item: 'drama1' });
    const guest = await cinema.recommend({ sessionId: 's1' });
    expect(guest.hits[0]!.itemId).toMatch(/drama/);
    await cinema.did({ user: 'ann', type: 'like', item: 'drama2' });
    await cinema.identify('s1', 'ann');
    for (const request of [{ userId: 'ann' }, { sessionId: 's1' }, { userId: 'ann', sessionId: 's1' }]) {
      const ids = await cinema.ids(request);
      expect(ids[0]).toBe('drama3');
      expect(ids).not.toContain('drama1');
    }
    expect((await cinema.tasteRows()).filter((row) => row.session_id !== '')).toEqual([]);
  });

  it('joins a household: what one of them took or hid, nobody is given', async () => {
    await cinema.did(
      { user: 'ann', type: 'like', item: 'space1' },
      { user: 'bora', type: 'like', item: 'drama1' },
      { user: 'bora', type: 'hide', item: 'space2' },
    );
    const ids = await cinema.ids({ userIds: ['ann', 'bora'] });
    expect(ids).not.toContain('space1');
    expect(ids).not.toContain('drama1');
    expect(ids).not.toContain('space2');
    expect(ids.slice(0, 4)).toEqual(expect.arrayContaining(['space3', 'drama2']));
  });

  it('knows nothing of an erased user any more', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'space1' });
    await database.query({ tenant: cinema.tenant }, `delete from kindred.interactions where user_id = 'ann'`);
    await cinema.tell({ kind: 'deleted', user_id: 'ann' });
    expect((await cinema.tasteRows()).filter((row) => row.user_id === 'ann')).toEqual([]);
    expect(await cinema.ids({ userId: 'ann' })).toEqual(await cinema.ids({ userId: 'never seen' }));
  });

  it('pages through everything once, in one order', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'space1' });
    const whole = await cinema.ids({ userId: 'ann', limit: 100 });
    const pages: string[] = [];
    let pageToken = '';
    do {
      const page = await cinema.recommend({ userId: 'ann', limit: 2, pageToken });
      pages.push(...page.hits.map((hit) => hit.itemId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(pages).toEqual(whole);
    expect(whole).toHaveLength(7);
  });

  it('takes another limit behind a page, and goes on in the same order', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'space1' });
    const whole = await cinema.ids({ userId: 'ann', limit: 100 });
    const first = await cinema.recommend({ userId: 'ann', limit: 2 });
    const rest = await cinema.recommend({ userId: 'ann', limit: 100, pageToken: first.nextPageToken });
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(whole);
    expect(rest.nextPageToken).toBe('');
  });

  it('refuses page tokens of other requests, and made-up ones', async () => {
    const { nextPageToken: pageToken } = await cinema.recommend({ userId: 'ann', limit: 2 });
    for (const other of [
      { userId: 'bora', limit: 2 },
      { userId: 'ann', limit: 2, region: '서울' },
    ]) {
      expect(await errorOf(cinema.recommend({ ...other, pageToken }))).toEqual({
        code: 'PAGE_TOKEN_MISMATCH',
        field: 'page_token',
      });
    }
    expect(await errorOf(cinema.recommend({ pageToken: 'x' }))).toMatchObject({ code: 'PAGE_TOKEN_INVALID' });
  });

  it('gives a full page under a filter, and an empty one with a note where nothing matches', async () => {
    await cinema.did({ user: 'ann', type: 'like', item: 'drama1' });
    expect((await cinema.ids({ userId: 'ann', filter: genreIs('space') })).toSorted()).toEqual([
      'space1',
      'space2',
      'space3',
      'unseen',
    ]);
    const none = await cinema.recommend({ userId: 'ann', filter: genreIs('opera') });
    expect(none).toMatchObject({ hits: [], nextPageToken: '', plan: { complete: true } });
    expect(none.plan!.notes).toContain('No item that may be recommended matches the filter');
  });

  it('keeps to the most per value, and differs more when asked to', async () => {
    const capped = await cinema.recommend({ diversity: { strength: 0, attribute: 'genre', maxPerValue: 1 } });
    expect(capped.hits.map((hit) => hit.item!.categories[0]).toSorted()).toEqual(['drama', 'hit', 'space']);
    const different = await cinema.recommend({
      limit: 3,
      diversity: { strength: 0.6, attribute: '', maxPerValue: undefined },
    });
    const genres = different.hits.map((hit) => hit.item!.categories[0]);
    expect(new Set(genres.filter((genre) => genre !== 'hit')).size).toBe(2);
  });

  it('carries payload and vectors as asked', async () => {
    const [bare] = (await cinema.recommend({ with: { payload: false, vectors: true, explain: false } })).hits;
    expect(bare).toMatchObject({ item: undefined, vector: [expect.any(Number), expect.any(Number), 0] });
  });

  it.each([
    [{ scenario: 'checkout' }, 'FIELD_INVALID', 'scenario'],
    [{ limit: 0 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    [{ limit: 1_001 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    [{ language: 'tlh' }, 'FIELD_INVALID', 'language'],
    [{ collection: 'nowhere' }, 'COLLECTION_NOT_FOUND', 'collection'],
    [{ userId: 'a\u0000b' }, 'TEXT_HAS_NULL_BYTE', 'user_id'],
    [{ userIds: ['a', ''] }, 'FIELD_MISSING', 'user_ids[1]'],
    [{ filter: { ...genreIs('x'), must: [{}] } }, 'FILTER_INVALID', 'filter.must[0]'],
    [{ diversity: { strength: 2, attribute: '' } }, 'FIELD_INVALID', 'diversity.strength'],
    [{ diversity: { strength: 0, attribute: 'brand', maxPerValue: 1 } }, 'UNKNOWN_ATTRIBUTE', 'diversity.attribute'],
  ])('refuses %j by field', async (request, code, field) => {
    expect(await errorOf(cinema.recommend(request))).toEqual({ code, field });
  });

  it('takes quotes, emoji and Hangul in every id', async () => {
    const odd = `o'brien"; drop table kindred.items; -- 무선 🖱️`;
    await cinema.put({ id: odd, categories: ['space'] });
    await cinema.did({ user: odd, type: 'like', item: 'space1' }, { user: odd, type: 'hide', item: odd });
    expect(await cinema.ids({ userId: odd, sessionId: odd })).not.toContain(odd);
    expect(await cinema.ids({ userId: odd })).toContain('space2');
  });
});
