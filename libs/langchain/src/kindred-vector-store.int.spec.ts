import { Kindred, KindredClientError } from '@kindred/client';
import { Document } from '@langchain/core/documents';
import { FakeEmbeddings } from '@langchain/core/utils/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { runningKindred } from '../../../test/support/running-kindred.ts';
import { KindredEmbeddings, KindredVectorStore } from './index.ts';

describe.each(testDatabases())('the vector store on $name', ({ open }) => {
  const running = runningKindred(open);
  let kindred: Kindred;
  let embeddings: KindredEmbeddings;
  let store: KindredVectorStore;
  let made = 0;
  beforeAll(() => {
    kindred = new Kindred({ address: running.address, deadlineMs: 30_000 });
    embeddings = new KindredEmbeddings(kindred);
  });
  afterAll(() => kindred.close());
  beforeEach(() => {
    made += 1;
    store = new KindredVectorStore(embeddings, { kindred, collection: `docs-${made}` });
  });

  const shop = [
    new Document({
      id: 'm',
      pageContent: 'A wireless mouse with quiet clicks',
      metadata: { kind: 'mouse', price: 24.9 },
    }),
    new Document({
      id: '무',
      pageContent: '조용한 무선 마우스',
      metadata: { kind: 'mouse', 색상: '검정', tags: ['무선'] },
    }),
    new Document({ id: 'k', pageContent: 'A loud mechanical keyboard', metadata: { kind: 'keyboard', price: 89 } }),
  ];

  it('is empty at first', async () => {
    const empty = await KindredVectorStore.fromDocuments([], embeddings, { kindred, collection: `docs-${made}` });
    expect(await empty.similaritySearch('mouse')).toEqual([]);
    expect(await empty.similaritySearchVectorWithScore(await embeddings.embedQuery('mouse'), 3)).toEqual([]);
    expect(await empty.maxMarginalRelevanceSearch('mouse', { k: 3 })).toEqual([]);
    await empty.addDocuments(shop);
    expect(await empty.similaritySearch('mouse', 4, { kind: 'keyboard' })).toHaveLength(1);
  });

  it('says which collection there is not, instead of being empty', async () => {
    const error = await store.similaritySearch('mouse').catch((reason) => reason);
    expect(error).toBeInstanceOf(KindredClientError);
    expect(error).toMatchObject({ code: 'COLLECTION_NOT_FOUND', field: 'collection' });
  });

  it.each([0, 1.5, 5_000])('refuses k of %d by that name', async (k) => {
    const refused = { code: 'LIMIT_OUT_OF_RANGE', field: 'k', message: expect.stringMatching(/^k is .*1 to 1000/) };
    await expect(store.similaritySearch('mouse', k)).rejects.toMatchObject(refused);
    await expect(store.similaritySearchVectorWithScore([1], k)).rejects.toMatchObject(refused);
    await expect(store.maxMarginalRelevanceSearch('mouse', { k })).rejects.toMatchObject(refused);
    const fetched = store.maxMarginalRelevanceSearch('mouse', { k: 1, fetchK: k });
    await expect(fetched).rejects.toMatchObject({ field: 'fetchK' });
  });

  it('finds documents as they were added, the nearest first, in Korean too', async () => {
    expect(await store.addDocuments(shop)).toEqual(['m', '무', 'k']);
    expect(await store.similaritySearch('quiet wireless mouse', 1)).toEqual([shop[0]]);
    expect(await store.similaritySearch('무선 마우스', 1)).toEqual([shop[1]]);
    const scored = await store.similaritySearchWithScore('mechanical keyboard', 3);
    expect(scored[0]![0]).toEqual(shop[2]);
    const scores = scored.map(([, score]) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('keeps metadata of another type than the first documents had', async () => {
    await store.addDocuments(shop);
    const other = { kind: ['mouse', 'gaming'], price: 'on request', '': 'no name' };
    const added = new Document({ id: 'o', pageContent: 'A mouse of another shop', metadata: other });
    await store.addDocuments([added]);
    expect(await store.similaritySearch('A mouse of another shop', 1)).toEqual([added]);
    expect(await store.similaritySearch('mouse', 10, { kind: 'mouse' })).toHaveLength(2);
  });

  it('finds by a vector', async () => {
    await store.addDocuments(shop);
    const vector = await embeddings.embedQuery('keyboard');
    const [best] = await store.similaritySearchVectorWithScore(vector, 1);
    expect(best).toEqual([shop[2], expect.any(Number)]);
  });

  it('finds no more than k, also where fewer match', async () => {
    await store.addDocuments(shop);
    expect(await store.similaritySearch('mouse', 2)).toHaveLength(2);
    expect(await store.similaritySearch('mouse', 10, { kind: 'mouse' })).toHaveLength(2);
  });

  it.each([
    [{ kind: 'mouse' }, ['m', '무']],
    [{ price: { $gte: 20, $lt: 50 } }, ['m']],
    [{ $or: [{ 색상: '검정' }, { kind: { $nin: ['mouse'] } }] }, ['k', '무']],
    [{ tags: { $in: ['무선', 'rgb'] } }, ['무']],
    [{ price: { $exists: false } }, ['무']],
  ])('filters by %j', async (filter, expected) => {
    await store.addDocuments(shop);
    const found = await store.similaritySearch('mouse keyboard 마우스', 10, filter);
    expect(found.map(({ id }) => id).sort()).toEqual(expected);
  });

  it('says of metadata that was not declared what to do about it', async () => {
    await store.addDocuments(shop);
    await expect(store.similaritySearch('mouse', 1, { kidn: 'mouse' })).rejects.toThrow(
      'Declared as filterable: kind, 색상, tags',
    );
  });

  it('gives back metadata of any kind, as splitters and loaders make it', async () => {
    const metadata = {
      title: '설명서',
      loc: { lines: { from: 1, to: 9 } },
      created_at: '2026-01-01',
      price: 'free',
      author: null,
      pages: 3,
    };
    const id = 'with/슬래시 and blanks';
    await store.addDocuments([new Document({ id, pageContent: '키보드 설명서\n', metadata })]);
    const [found] = await store.similaritySearch('설명서', 1, { pages: 3 });
    expect(found).toEqual(new Document({ id, pageContent: '키보드 설명서\n', metadata }));
  });

  it('replaces a document of the same id', async () => {
    await store.addDocuments(shop);
    const changed = { pageContent: '게임용 유선 마우스', metadata: { kind: 'gaming' } };
    expect(await store.addDocuments([changed], { ids: ['무'] })).toEqual(['무']);
    expect(await store.similaritySearch('유선 마우스', 1)).toEqual([new Document({ id: '무', ...changed })]);
    expect(await store.similaritySearch('마우스', 10, { 색상: '검정' })).toEqual([]);
    expect(await store.similaritySearch('mouse keyboard 마우스', 10)).toHaveLength(3);
  });

  it('gives documents without an id one of their own', async () => {
    const ids = await store.addDocuments([
      { pageContent: 'same', metadata: {} },
      { pageContent: 'same', metadata: {} },
    ]);
    expect(new Set(ids).size).toBe(2);
    const found = await store.similaritySearch('same', 10);
    expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('deletes by ids, also ones that are not there, and everything', async () => {
    await store.addDocuments(shop);
    await store.delete({ ids: ['m', 'nobody'] });
    expect((await store.similaritySearch('mouse keyboard 마우스', 10)).map(({ id }) => id).sort()).toEqual(['k', '무']);
    await store.delete({ deleteAll: true });
    expect(await store.similaritySearch('mouse keyboard 마우스', 10)).toEqual([]);
  });

  it('is made from texts, with metadata for each or for all', async () => {
    const config = { kindred, collection: `docs-${made}` };
    const each = await KindredVectorStore.fromTexts(['사과', '바나나'], [{ n: 1 }, { n: 2 }], embeddings, config);
    expect(await each.similaritySearch('바나나', 1)).toMatchObject([{ pageContent: '바나나', metadata: { n: 2 } }]);
    const all = { kindred, collection: `all-${made}` };
    const same = await KindredVectorStore.fromTexts(['사과', '바나나'], { source: '과일' }, embeddings, all);
    expect(await same.similaritySearch('과일', 10, { source: '과일' })).toHaveLength(2);
  });

  it('finds what is near and unlike itself, as a retriever too', async () => {
    const twin = new Document({
      id: 'm2',
      pageContent: 'A wireless mouse with quiet clicks.',
      metadata: { kind: 'mouse' },
    });
    await store.addDocuments([...shop, twin]);
    const near = await store.maxMarginalRelevanceSearch('quiet wireless mouse', { k: 2, lambda: 0.9 });
    expect(near.map(({ id }) => id).sort()).toEqual(['m', 'm2']);
    const spread = await store
      .asRetriever({ k: 2, searchType: 'mmr', searchKwargs: { lambda: 0 } })
      .invoke('quiet mouse');
    expect(spread.map(({ id }) => id).sort()).not.toEqual(['m', 'm2']);
    const retriever = store.asRetriever({ k: 1, filter: { kind: 'keyboard' } });
    expect(await retriever.invoke('마우스')).toEqual([shop[2]]);
  });

  it('refuses vectors and other embeddings, saying what to do', async () => {
    const config = { kindred, collection: `docs-${made}` };
    expect(() => new KindredVectorStore(new FakeEmbeddings() as never, config)).toThrow(
      'new KindredEmbeddings(kindred)',
    );
    await expect(store.addVectors()).rejects.toThrow('addDocuments');
    await expect(store.addDocuments(shop, { ids: ['1'] })).rejects.toThrow('1 for 3 documents');
    await expect(store.delete({ filter: { kind: 'mouse' } } as never)).rejects.toThrow('query for the ids');
  });
});

describe.each(testDatabases())('the embeddings on $name', ({ open }) => {
  const running = runningKindred(open);

  it('are unit vectors, in order, however many', async () => {
    const kindred = new Kindred({ address: running.address });
    const embeddings = new KindredEmbeddings(kindred);
    const texts = Array.from({ length: 130 }, (_, at) => `마우스 ${at}`);
    const vectors = await embeddings.embedDocuments(texts);
    expect(vectors).toHaveLength(130);
    expect(Math.hypot(...vectors[7]!)).toBeCloseTo(1, 5);
    expect(vectors[129]).toEqual((await embeddings.embedDocuments([texts[129]!]))[0]);
    expect(await embeddings.embedDocuments([])).toEqual([]);
    kindred.close();
  });
});
