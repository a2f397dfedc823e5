import type { QueryRequest } from '@kindred/contracts';
import { Rerankers } from '@kindred/embedder';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerWith, FakeRerankServer } from '../../../../libs/embedder/src/rerank/fake-rerank-server.fake.spec.ts';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, idsOf, text } from './composed-shop.fake.spec.ts';

const rerank = { model: 'far', depth: 20, text: '' };
const query = { by: text('무선 mouse'), rerank };

describe.each(testDatabases())('reranking on $name', ({ open }) => {
  const server = new FakeRerankServer();
  let shop: ComposedShop;
  /** The same query without reranking, in the same pool. */
  const plain = (more: Partial<QueryRequest> = {}) =>
    shop.ask({ by: query.by, diversity: { strength: 0, attribute: '' }, ...more });

  beforeAll(async () => {
    await server.start();
    const parameters = { url: server.url, model: 'm', timeoutMs: 500 };
    const rerankers = new Rerankers([
      { name: 'far', provider: 'http', parameters },
      { name: 'folder', provider: 'onnx', parameters: { folder: 'nowhere' } },
    ]);
    shop = new ComposedShop(await open(), 'reranked', rerankers);
    await shop.stock('shop', devices());
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.asked.length = 0;
    server.fault = undefined;
  });

  /** Orders by the last number in the text, greatest first. */
  const byNumber = () => {
    server.fault = (response, { body }) => {
      const results = body.documents!.map((one, index) => ({
        index,
        relevance_score: Number(/device (\d+)/.exec(one)![1]),
      }));
      answerWith(response, { results });
    };
  };

  it('orders the best hits anew, and shows the new score beside the old ones', async () => {
    byNumber();
    const before = idsOf(await plain({ limit: 20 }));
    const { hits, plan } = await shop.ask(query);
    expect(hits.map(({ itemId }) => itemId)).toEqual([...before].sort().reverse().slice(0, 10));
    expect(hits[0]!.scores).toMatchObject({ rerank: hits[0]!.score, lexical: expect.any(Number) });
    expect(hits[0]!.item!.title).toContain('mouse');
    expect(plan!.steps.map(({ name }) => name)).toEqual(['plan', 'embed', 'database', 'rerank']);
    expect(server.asked[0]!.body).toMatchObject({ query: '무선 mouse' });
    expect(server.asked[0]!.body.documents).toHaveLength(20);
  });

  it('keeps what is behind the depth where it was, page after page', async () => {
    byNumber();
    const before = idsOf(await plain({ limit: 400 }));
    const all = await shop.everyPage({ ...query, limit: 15 });
    expect(all.slice(0, 20)).toEqual(before.slice(0, 20).sort().reverse());
    expect(all.slice(20, 200)).toEqual(before.slice(20, 200));
    expect(new Set(all).size).toBe(400);
  });

  it('compares with a text of its own where the query has none', async () => {
    const by = { $case: 'itemIds' as const, value: { ids: ['d000'] } };
    await shop.ask({ by, rerank: { ...rerank, text: '빨간 구두' } });
    expect(server.asked[0]!.body.query).toBe('빨간 구두');
  });

  it('reranks before it groups', async () => {
    byNumber();
    const { groups } = await shop.ask({ ...query, groupBy: { field: 'brand', size: 1 } });
    const firsts = groups.map(({ hits }) => hits[0]!.score);
    expect(firsts.slice(0, 2)).toEqual([...firsts.slice(0, 2)].sort((left, right) => right - left));
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['fails', (response: never) => answerWith(response, 'broken', 500), /Not reranked by "far": .*500 broken/],
    ['answers too few', (response: never) => answerWith(response, { results: [] }), /0 scores for 20 texts/],
    ['answers HTML', (response: never) => answerWith(response, '<html>'), /HTML/],
    ['is silent', () => undefined, /no answer within 500 ms/],
  ])('answers in the old order, with a note, when the server %s', async (_name, fault, note) => {
    server.fault = fault as never;
    const { hits, plan, nextPageToken } = await shop.ask(query);
    expect(hits.map(({ itemId }) => itemId)).toEqual(idsOf(await plain()));
    expect(plan!.notes.join()).toMatch(note);
    // Pages behind it stay in that order too, though the server is back.
    byNumber();
    const next = await shop.ask({ ...query, pageToken: nextPageToken });
    expect(idsOf(next)).toEqual(idsOf(await plain({ limit: 20 })).slice(10));
  });

  it('refuses a page behind reranked ones when the server is away', async () => {
    byNumber();
    const { nextPageToken } = await shop.ask(query);
    server.fault = (response) => answerWith(response, 'broken', 500);
    await expect(shop.ask({ ...query, pageToken: nextPageToken })).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
      message: expect.stringContaining('start without a token'),
    });
  });

  it('refuses a reranker that is unknown or cannot be opened, before anything is searched', async () => {
    shop.embedded.length = 0;
    const asked = (model: string) => expect(shop.ask({ ...query, rerank: { ...rerank, model } })).rejects;
    await asked('nope').toMatchObject({ code: 'MODEL_NOT_FOUND', field: 'rerank.model' });
    await asked('').toMatchObject({ code: 'MODEL_NOT_FOUND', field: 'rerank.model' });
    await asked('folder').toMatchObject({ code: 'MODEL_UNUSABLE', message: expect.stringContaining('MODEL_FOLDER') });
    expect(shop.embedded).toEqual([]);
  });
});
