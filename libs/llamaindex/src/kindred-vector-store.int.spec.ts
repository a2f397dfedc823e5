import { Kindred } from '@kindred/client';
import { Document, NodeRelationship, TextNode } from '@llamaindex/core/schema';
import { type MetadataFilters, VectorStoreQueryMode } from '@llamaindex/core/vector-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { runningKindred } from '../../../test/support/running-kindred.ts';
import { KindredRetriever, KindredVectorStore } from './index.ts';

const mode = VectorStoreQueryMode.DEFAULT;

describe.each(testDatabases())('the vector store for LlamaIndex on $name', ({ open }) => {
  const running = runningKindred(open);
  let kindred: Kindred;
  let store: KindredVectorStore;
  let made = 0;
  beforeAll(() => {
    kindred = new Kindred({ address: running.address, deadlineMs: 30_000 });
  });
  afterAll(() => kindred.close());
  beforeEach(() => {
    made += 1;
    store = new KindredVectorStore({ kindred, collection: `nodes-${made}` });
  });

  const node = (id: string, text: string, metadata: object, document = 'manual') =>
    new TextNode({
      id_: id,
      text,
      metadata,
      relationships: { [NodeRelationship.SOURCE]: { nodeId: document, metadata: {} } },
    });
  const shop = () => [
    node('m', 'A wireless mouse with quiet clicks', { kind: 'mouse', price: 24.9 }),
    node('무', '조용한 무선 마우스', { kind: 'mouse', 색상: '검정', tags: ['무선', '조용'] }, '설명서'),
    node('k', 'A loud mechanical keyboard', { kind: 'keyboard', price: 89 }),
  ];
  const ask = (queryStr: string, filters?: MetadataFilters, similarityTopK = 10) =>
    store.query({ queryStr, similarityTopK, filters, mode });

  it('finds nodes as they were added, the nearest first, in Korean too', async () => {
    expect(await store.add(shop())).toEqual(['m', '무', 'k']);
    const { nodes, similarities, ids } = await ask('무선 마우스', undefined, 2);
    expect(ids[0]).toBe('무');
    expect(nodes![0]).toBeInstanceOf(TextNode);
    expect(nodes![0]!.toJSON()).toEqual(shop()[1]!.toJSON());
    expect(nodes![0]!.sourceNode?.nodeId).toBe('설명서');
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    expect((await ask('mechanical keyboard', undefined, 1)).ids).toEqual(['k']);
  });

  it.each([0, 5_000])('refuses similarityTopK of %d by that name', async (count) => {
    await expect(ask('mouse', undefined, count)).rejects.toMatchObject({
      code: 'LIMIT_OUT_OF_RANGE',
      field: 'similarityTopK',
      message: expect.stringMatching(/^similarityTopK is .*1 to 1000/),
    });
  });

  it('finds by a vector of its model', async () => {
    await store.add(shop());
    const queryEmbedding = (await store.embedModel.getQueryEmbedding({ type: 'text', text: 'keyboard' }))!;
    const { ids } = await store.query({ queryEmbedding, similarityTopK: 1, mode });
    expect(ids).toEqual(['k']);
    const [vector] = await store.embedModel.getTextEmbeddings(['keyboard']);
    expect(vector).toEqual(await store.embedModel.getTextEmbedding('keyboard'));
  });

  it('is empty where nothing was added to its collection', async () => {
    await kindred.collections.put({ name: `nodes-${made}` });
    expect(await store.add([])).toEqual([]);
    expect(await ask('마우스')).toEqual({ nodes: [], similarities: [], ids: [] });
  });

  it.each<[MetadataFilters, string[]]>([
    [{ filters: [{ key: 'kind', value: 'mouse', operator: '==' }] }, ['m', '무']],
    [{ filters: [{ key: 'kind', value: 'mouse', operator: '!=' }] }, ['k']],
    [
      {
        filters: [
          { key: 'price', value: 20, operator: '>=' },
          { key: 'price', value: 50, operator: '<' },
        ],
      },
      ['m'],
    ],
    [
      {
        filters: [
          { key: '색상', value: ['검정'], operator: 'in' },
          { key: 'price', value: 50, operator: '>' },
        ],
        condition: 'or',
      },
      ['k', '무'],
    ],
    [{ filters: [{ key: 'kind', value: ['mouse', 'x'], operator: 'nin' }] }, ['k']],
    [{ filters: [{ key: 'price', value: 24.9, operator: '<=' }] }, ['m']],
    [{ filters: [{ key: 'tags', value: ['rgb', '조용'], operator: 'any' }] }, ['무']],
    [{ filters: [{ key: 'tags', value: ['무선', '조용'], operator: 'all' }] }, ['무']],
    [{ filters: [{ key: 'tags', value: '무선', operator: 'contains' }] }, ['무']],
    [{ filters: [{ key: 'price', operator: 'is_empty' }] }, ['무']],
    [{ filters: [] }, ['k', 'm', '무']],
  ])('filters by %j', async (filters, expected) => {
    await store.add(shop());
    expect((await ask('mouse keyboard 마우스', filters)).ids.sort()).toEqual(expected);
  });

  it('replaces a node of the same id, and deletes by document', async () => {
    await store.add(shop());
    await store.add([node('무', '게임용 유선 마우스', { kind: 'gaming' }, '설명서')]);
    expect((await ask('유선', undefined, 1)).nodes![0]).toHaveProperty('text', '게임용 유선 마우스');
    await store.delete('manual');
    expect((await ask('mouse keyboard 마우스')).ids).toEqual(['무']);
    await store.delete('nobody');
    const inDocument = { queryStr: '마우스', similarityTopK: 5, mode, docIds: ['설명서'] };
    expect((await store.query(inDocument)).ids).toEqual(['무']);
    expect((await store.query({ ...inDocument, docIds: ['manual'] })).ids).toEqual([]);
  });

  it('deletes a document that was added whole, and whatever its id says', async () => {
    const document = (id_: string) => new Document({ id_, text: '조용한 키보드', metadata: { kind: 'keyboard' } });
    await store.add([document('d'), document('?!'), node('n', 'A mouse', { kind: 'mouse' }, '?!')]);
    await store.delete('?!');
    expect((await ask('키보드 mouse')).ids).toEqual(['d']);
    await store.delete('d');
    expect((await ask('키보드 mouse')).ids).toEqual([]);
  });

  it('takes documents too, and metadata of any kind', async () => {
    const metadata = { title: '설명서', loc: { from: 1 }, created_at: '2026-01-01', author: null, pages: 3 };
    await store.add([new Document({ id_: 'd', text: '키보드 설명서\n', metadata })]);
    const { nodes } = await ask('설명서', { filters: [{ key: 'pages', value: 3, operator: '==' }] });
    expect(nodes![0]!.metadata).toEqual(metadata);
    expect(nodes![0]).toHaveProperty('text', '키보드 설명서\n');
  });

  it('is read by a retriever', async () => {
    await store.add(shop());
    const filters: MetadataFilters = { filters: [{ key: 'kind', value: 'mouse', operator: '==' }] };
    const found = await new KindredRetriever(store, { similarityTopK: 1, filters }).retrieve('조용한 무선 마우스');
    expect(found).toMatchObject([{ node: { id_: '무', text: '조용한 무선 마우스' }, score: expect.any(Number) }]);
    expect(
      await new KindredRetriever(store).retrieve({ query: [{ type: 'text', text: 'mouse keyboard 마우스' }] }),
    ).toHaveLength(3);
  });

  it.each([
    [{ mode: VectorStoreQueryMode.MMR }, 'default, sparse, hybrid'],
    [{ mode, alpha: 0.5 }, 'alpha is not taken'],
    [{ mode, mmrThreshold: 0.5 }, 'mmrThreshold is not taken'],
    [
      { mode, filters: { filters: [{ key: 'kind', value: 'm', operator: 'text_match' as const }] } },
      'filters[0] (kind)',
    ],
    [
      { mode, filters: { filters: [{ key: 'kind', value: 'm', operator: '==' as const }], condition: 'not' as never } },
      'condition is "not"',
    ],
  ])('refuses %j, saying what to do', async (more, message) => {
    await expect(store.query({ queryStr: 'x', similarityTopK: 1, ...more })).rejects.toThrow(message);
  });
});
