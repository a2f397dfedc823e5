import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { runningKindred } from '../../../../test/support/running-kindred.ts';
import { failure } from '../fake-server.fake.spec.ts';
import { inferAttributes, Kindred } from '../index.ts';

interface Product {
  title: string;
  text: string;
  brand: string;
  year?: number;
  price?: number;
  tags?: string[];
}

const records: { id: string; metadata: Product }[] = [
  { id: '1', metadata: { title: 'Wireless mouse', text: 'quiet clicks', brand: 'Logitech', year: 2024, price: 24.9 } },
  { id: '2', metadata: { title: '무선 마우스', text: '조용한 클릭', brand: '로지텍', year: 2025, price: 19.9 } },
  {
    id: '3',
    metadata: { title: 'Mechanical keyboard', text: 'loud keys', brand: 'Keychron', year: 2023, tags: ['rgb'] },
  },
  { id: '4', metadata: { title: '기계식 키보드', text: '청축', brand: '한성' } },
];

describe.each(testDatabases())('an index on $name', ({ open }) => {
  const running = runningKindred(open);
  let kindred: Kindred;
  beforeAll(async () => {
    kindred = new Kindred({ address: running.address, deadlineMs: 30_000 });
    for (const name of ['products', 'products-eu']) {
      await kindred.collections.put({ name, attributes: inferAttributes(records) });
    }
    expect(await index().upsert(records, { wait: 'completed' })).toEqual({ upsertedCount: 4 });
  });
  afterAll(() => kindred.close());
  const index = () => kindred.index<Product>('products');
  const ids = async (query: Parameters<ReturnType<typeof index>['query']>[0]) =>
    (await index().query(query)).matches.map(({ id }) => id);

  it('finds by text, in Korean too, and brings metadata and values when they are asked for', async () => {
    const { matches, namespace } = await index().query({ topK: 2, text: '조용한 무선 마우스', includeMetadata: true });
    expect(namespace).toBe('');
    expect(matches[0]).toEqual({ id: '2', score: expect.any(Number), metadata: records[1]!.metadata });
    const [bare] = (await index().query({ topK: 1, text: 'wireless mouse' })).matches;
    expect(bare).toEqual({ id: '1', score: expect.any(Number) });
    const [full] = (await index().query({ topK: 1, text: 'wireless mouse', includeValues: true })).matches;
    const { dimension } = await index().describe();
    expect(full!.values).toHaveLength(dimension!);
  });

  it('finds by a vector of its model, and by a record, which is not its own match', async () => {
    const { vectors } = await kindred.embed({ texts: ['keyboard'], purpose: 'query' });
    expect((await ids({ topK: 1, vector: vectors[0]! }))[0]).toBe('3');
    expect(await ids({ topK: 10, id: '1' })).not.toContain('1');
  });

  it.each([
    [{ brand: '로지텍' }, ['2']],
    [{ brand: { $in: ['로지텍', 'Keychron'] }, price: { $exists: true } }, ['2']],
    [{ brand: { $nin: ['로지텍', 'Logitech'] } }, ['3', '4']],
    [{ brand: { $ne: '한성' }, year: { $gte: 2024, $lt: 2025 } }, ['1']],
    [{ year: { $ne: 2023 } }, ['1', '2', '4']],
    [{ $or: [{ tags: 'rgb' }, { price: { $lte: 19.9 } }] }, ['2', '3']],
    [{ $and: [{ year: { $gt: 2022 } }, { $or: [{ title: 'Wireless mouse' }, { brand: 'Keychron' }] }] }, ['1', '3']],
    [{ year: { $exists: false } }, ['4']],
  ])('filters by %j', async (filter, expected) => {
    const found = await ids({ topK: 10, text: 'mouse keyboard 마우스 키보드', mode: 'dense', filter });
    expect(found.sort()).toEqual(expected);
  });

  it('says of a key that was not declared what to do about it', async () => {
    const error = await failure(index().query({ topK: 1, text: 'x', filter: { colour: 'red' } }));
    expect(error).toMatchObject({ code: 'FILTER_FIELD_UNDECLARED', field: 'filter.must[0].field' });
    expect(error.message).toContain('Declared as filterable: brand');
  });

  it('fetches, updates single keys, removes them with null, and keeps what it was not told of', async () => {
    await index().upsert([{ id: 'u', metadata: { title: '연필', text: '노랑', brand: 'A' } }], { wait: 'completed' });
    await index().update({ id: 'u', metadata: { year: 1999, brand: null as never } }, { wait: 'completed' });
    expect(await index().fetch(['u', 'nobody'])).toEqual({
      records: { u: { id: 'u', metadata: { title: '연필', text: '노랑', year: 1999 } } },
      namespace: '',
    });
    const missing = await failure(index().update({ id: 'nobody', metadata: { year: 1 } }));
    expect(missing).toMatchObject({ code: 'ITEM_NOT_FOUND', field: 'id' });
    await index().delete('u', { wait: 'completed' });
    expect((await index().fetch({ ids: ['u'] })).records).toEqual({});
    expect((await index().fetch([])).records).toEqual({});
  });

  it('updates leave what is not shown, and of many at once none is lost', async () => {
    await kindred.collections.put({
      name: 'guarded',
      attributes: [{ name: 'acl', type: 'keyword', array: true, filterable: true, shown: false }],
    });
    const guarded = kindred.index('guarded');
    await guarded.upsert([{ id: '1', metadata: { title: '연필', acl: ['board'] } }], { wait: 'completed' });
    const keys = Array.from({ length: 10 }, (_, at) => `k${at}`);
    const price = kindred.patchItems([{ collection: 'guarded', itemId: 1, price: 9, stock: 2 }], { wait: 'completed' });
    await Promise.all(keys.map((key, at) => guarded.update({ id: 1, metadata: { [key]: at } }, { wait: 'completed' })));
    expect((await price)[0]).toMatchObject({ id: '1', status: 'completed' });
    const { metadata } = (await guarded.fetch(['1'])).records['1']!;
    expect(metadata).toEqual({
      title: '연필',
      price: 9,
      stock: 2,
      ...Object.fromEntries(keys.map((key, at) => [key, at])),
    });
    const filter = { acl: 'board' };
    expect((await guarded.query({ topK: 1, text: '연필', filter })).matches.map(({ id }) => id)).toEqual(['1']);
    await guarded.update(
      { id: '1', metadata: { title: 'purple pencil', price: null, stock: null } },
      { wait: 'completed' },
    );
    const [found] = (await guarded.query({ topK: 1, text: 'purple', mode: 'lexical', includeMetadata: true })).matches;
    expect(found!.metadata).not.toHaveProperty('price');
  });

  it('updates what is kept as JSON beside what fits', async () => {
    const kept = kindred.index('products', { unfit: 'keep' });
    await kept.upsert([{ id: 'j', metadata: { title: 'json', a: { b: 1 } as never, year: 1 } }], { wait: 'completed' });
    await kept.update({ id: 'j', metadata: { c: { d: 2 } as never, year: null } }, { wait: 'completed' });
    expect((await kept.fetch(['j'])).records.j!.metadata).toEqual({ title: 'json', a: { b: 1 }, c: { d: 2 } });
    await kept.delete('j', { wait: 'completed' });
  });

  it('says of each patch what became of it', async () => {
    const patches = [
      { collection: 'products', itemId: '1', price: 25 },
      { collection: 'products', itemId: 'nobody', price: 1 },
      { collection: 'nowhere', itemId: '1', price: 1 },
      { collection: 'products', itemId: '1', attributes: { year: 'last year' } },
      { collection: 'products', itemId: '1', price: -1 },
    ];
    const outcomes = await kindred.patchItems(patches, { wait: 'completed' });
    expect(outcomes.map(({ status, error }) => [status, error?.code, error?.field])).toEqual([
      ['completed', undefined, undefined],
      ['rejected', 'ITEM_NOT_FOUND', 'item_id'],
      ['rejected', 'COLLECTION_NOT_FOUND', 'collection'],
      ['rejected', 'ATTRIBUTE_TYPE_MISMATCH', 'attributes.year'],
      ['rejected', 'FIELD_INVALID', 'patches[4].price'],
    ]);
    await kindred.patchItems([{ ...patches[0]!, price: 24.9 }], { wait: 'completed' });
  });

  it('names the metadata that an update may not change', async () => {
    const error = await failure(index().update({ id: '1', metadata: { year: 'last year' as never } }));
    expect(error).toMatchObject({ code: 'ATTRIBUTE_TYPE_MISMATCH', field: 'metadata.year' });
    expect(error.message).toMatch(/^metadata\.year /);
  });

  it('overwrites a record of the same id as a whole', async () => {
    const put = (metadata: Product) => index().upsert({ records: [{ id: 'o', metadata }] }, { wait: 'completed' });
    await put({ title: '지우개', text: '하양', brand: 'A', year: 2000 });
    await put({ title: '지우개', text: '파랑', brand: 'B' });
    expect((await index().fetch(['o'])).records.o!.metadata).toEqual({ title: '지우개', text: '파랑', brand: 'B' });
    await index().delete(['o'], { wait: 'completed' });
  });

  it('writes the good records beside a refused one, and rejects naming that one', async () => {
    const batch = [
      { id: 'g', metadata: { title: 'good', text: '', brand: 'B', year: 1 } },
      { id: 'b', metadata: { title: 'bad', text: '', brand: 'B', year: 'last year' as never } },
    ];
    const error = await failure(index().upsert(batch, { wait: 'completed' }));
    expect(error).toMatchObject({ code: 'ATTRIBUTE_TYPE_MISMATCH', status: 'INVALID_ARGUMENT' });
    expect(error.field).toBe('records[1].metadata.year');
    expect(error.message).toMatch(
      /^1 of 2 were refused, the others are done; records\[1\]: metadata\.year .*a number like/,
    );
    expect(Object.keys((await index().fetch(['g', 'b'])).records)).toEqual(['g']);
    await index().delete({ ids: ['g'] }, { wait: 'completed' });
  });

  it.each<[string, () => Promise<unknown>, string, string]>([
    ['vectors', () => index().upsert([{ id: 'v', values: [0.1] }]), 'records[0].values', 'metadata.text'],
    [
      'sparse vectors',
      () => index().upsert([records[0]!, { id: 'v', sparseValues: {} } as never]),
      'records[1].sparseValues',
      'Leave them out',
    ],
    ['a record without an id', () => index().upsert([{ metadata: {} } as never]), 'records[0].id', 'give each record'],
    [
      'nested metadata',
      () => index().upsert([{ id: 'v', metadata: { a: {} } as never }]),
      'records[0].metadata.a',
      'a_city',
    ],
    ['topK of 2,000', () => index().query({ topK: 2_000, text: 'x' }), 'topK', '1 to 1000'],
    ['a sparse query', () => index().query({ topK: 1, sparseVector: {} } as never), 'sparseVector', 'give text'],
    ['a query for two things', () => index().query({ topK: 1, text: 'x', id: '1' }), '', 'one of text, id and vector'],
    ['a query for nothing', () => index().query({ topK: 1 }), '', 'one of text, id and vector'],
    [
      'a namespace in a call',
      () => index().query({ topK: 1, text: 'x', namespace: 'eu' } as never),
      'namespace',
      'index.namespace',
    ],
    ['an unknown option', () => index().query({ topK: 1, text: 'x', rerank: true } as never), 'rerank', 'leave it out'],
    ['new values', () => index().update({ id: '1', values: [1] }), 'values', 'metadata.text'],
    ['deletion by filter', () => index().delete({ filter: {} } as never), 'filter', 'query for the ids'],
    ['deletion of nothing', () => index().delete({}), 'ids', 'deleteAll'],
    ['deletion of undefined', () => index().delete(undefined as never), 'ids', 'deleteAll'],
    ['deletion of an id that is undefined', () => index().delete(['1', undefined as never]), 'ids[1]', 'a string or'],
  ])('refuses %s, naming the field and the way out', async (_, call, field, wayOut) => {
    const error = await failure(call());
    expect(error.field).toBe(field);
    expect(error.message).toContain(wayOut.replace('a_city', 'flatten'));
  });

  it('keeps the records of a namespace apart, empties it, and describes it', async () => {
    const eu = index().namespace('eu');
    expect((await eu.query({ topK: 5, text: 'mouse' })).matches).toEqual([]);
    await eu.upsert([{ id: '1', metadata: { title: '유럽 마우스', text: '', brand: 'EU' } }], { wait: 'completed' });
    expect(await eu.query({ topK: 5, text: '마우스' })).toMatchObject({ matches: [{ id: '1' }], namespace: 'eu' });
    expect((await index().fetch(['1'])).records['1']!.metadata!.brand).toBe('Logitech');
    expect(await eu.describe()).toMatchObject({ name: 'products', namespace: 'eu', totalRecordCount: 1 });
    await eu.delete({ deleteAll: true });
    expect(await eu.describe()).toMatchObject({ totalRecordCount: 0, filterable: ['brand', 'year', 'tags'] });
    expect(await index().describe()).toMatchObject({
      totalRecordCount: 4,
      model: expect.stringMatching(/^kindred-text@/),
    });
    expect((await failure(index().namespace('us').describe())).code).toBe('COLLECTION_NOT_FOUND');
  });
});
