import { KindredClient } from '@kindred/client';
import { AttributeType, InteractionType, Wait } from '@kindred/contracts';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { runningKindred } from '../../../../test/support/running-kindred.ts';
import { mcpServer } from './mcp-server.ts';

const keyword = AttributeType.ATTRIBUTE_TYPE_KEYWORD;
const wait = Wait.WAIT_COMPLETED;
const items = [
  {
    itemId: '1',
    title: 'Wireless mouse',
    body: 'Quiet clicks',
    price: 24.9,
    stock: 3n,
    attributes: { 브랜드: 'Logitech' },
  },
  { itemId: '2', title: '무선 마우스', body: '조용한 클릭', price: 19.9, attributes: { 브랜드: '로지텍' } },
  {
    itemId: '3',
    title: '유선 마우스',
    body: `게임용. ${'가'.repeat(400)}`,
    price: 39,
    attributes: { 브랜드: '로지텍' },
  },
  { itemId: '4', title: 'Mechanical keyboard', body: 'Loud keys', price: 89, attributes: { 브랜드: 'Keychron' } },
].map((item) => ({ collection: 'shop', ...item }));

describe.each(testDatabases())('the tools on $name', ({ open }) => {
  const running = runningKindred(open);
  const clients: { close(): unknown }[] = [];
  let kindred: KindredClient;

  const connect = async (collection?: string, address = running.address) => {
    const client = new KindredClient({ address, deadlineMs: 30_000 });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await mcpServer({ client, address, version: '0.1.0', collection }).connect(far);
    const mcp = new Client({ name: 'test', version: '1' });
    await mcp.connect(near);
    clients.push(mcp, client);
    return mcp;
  };
  const call = async (mcp: Client, name: string, given: Record<string, unknown>) => {
    const { content, structuredContent, isError } = await mcp.callTool({ name, arguments: given });
    const [first] = content;
    return { text: first?.type === 'text' ? first.text : '', answer: structuredContent as Answer, isError };
  };
  interface Answer {
    hits: { item_id: string; text: string; reason?: string }[];
  }
  const ids = ({ answer }: { answer: Answer }) => answer.hits.map((hit) => hit.item_id);

  beforeAll(async () => {
    kindred = new KindredClient({ address: running.address, deadlineMs: 30_000 });
    clients.push(kindred);
    const attributes = [{ name: '브랜드', type: keyword, filterable: true }];
    await kindred.catalog.putCollection({ collection: { name: 'shop', attributes } });
    for await (const { result } of kindred.catalog.upsertItems(items.map((item) => ({ item, wait })))) {
      expect(result?.error).toBeUndefined();
    }
    const interactions = ['1', '2'].map((itemId) => ({
      eventId: `e${itemId}`,
      occurredAt: new Date('2026-01-01T00:00:00Z'),
      type: InteractionType.INTERACTION_TYPE_PURCHASE,
      userId: '김',
      collection: 'shop',
      itemId,
    }));
    await kindred.catalog.recordInteractions({ interactions, wait });
  });
  afterAll(async () => {
    for (const client of clients.reverse()) await client.close();
  });

  it('are three, with what they take, what they answer, and that they only read', async () => {
    const { tools } = await (await connect('shop')).listTools();
    expect(tools.map(({ name }) => name)).toEqual(['search', 'similar', 'recommend']);
    for (const { description, inputSchema, outputSchema, annotations } of tools) {
      expect(description).toContain('Default collection: "shop"');
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema?.properties).toHaveProperty('hits');
      expect(annotations).toMatchObject({ readOnlyHint: true });
    }
    expect(tools[0]!.inputSchema.required).toEqual(['query']);
  });

  it('search in Korean, with a filter, in few words and as data', async () => {
    const found = await call(await connect('shop'), 'search', {
      query: '조용한 무선 마우스',
      filter: '브랜드 = 로지텍',
    });
    expect(found.isError).toBeFalsy();
    expect(ids(found)).toEqual(['2', '3']);
    expect(found.answer).toMatchObject({
      collection: 'shop',
      hits: [{ title: '무선 마우스', text: '조용한 클릭', price: 19.9, attributes: { 브랜드: '로지텍' } }, {}],
      complete: true,
    });
    const [line, , plan] = found.text.split('\n');
    expect(line).toMatch(/^1\. 무선 마우스 \(item_id 2, score \d\.\d{3}, price 19\.90, 브랜드 로지텍\) 조용한 클릭$/);
    expect(plan).toMatch(/^hybrid: .*complete/);
  });

  it('shorten long texts', async () => {
    const { answer } = await call(await connect('shop'), 'search', { query: '게임용 유선', limit: 1 });
    expect([...answer.hits[0]!.text]).toHaveLength(301);
    expect(answer.hits[0]!.text).toMatch(/가…$/);
  });

  it('say that nothing matches', async () => {
    const { text, answer } = await call(await connect('shop'), 'search', { query: 'mouse', filter: 'price > 1000' });
    expect(text).toContain('Nothing in "shop" matches.');
    expect(answer.hits).toEqual([]);
  });

  it('take optional arguments that are empty for absent', async () => {
    const mcp = await connect('shop');
    const found = await call(mcp, 'search', { query: 'mouse', collection: '', filter: '' });
    expect(found).toMatchObject({ answer: { collection: 'shop' } });
    expect(ids(found)[0]).toBe('1');
    const popular = await call(mcp, 'recommend', { user_id: '', session_id: '', filter: '', limit: 1 });
    expect(ids(popular)).toHaveLength(1);
  });

  it('find similar items, and recommend with reasons in Korean', async () => {
    const mcp = await connect('shop');
    const alike = await call(mcp, 'similar', { item_ids: ['2'], limit: 2 });
    expect(ids(alike)).toHaveLength(2);
    expect(ids(alike)).not.toContain('2');
    const forKim = await call(mcp, 'recommend', { user_id: '김', language: 'ko' });
    expect(ids(forKim).sort()).toEqual(['3', '4']);
    expect(forKim.answer.hits[0]!.reason).toMatch(/[가-힣]/);
    expect(ids(await call(mcp, 'recommend', { filter: 'in_stock = true', limit: 1 }))).toHaveLength(1);
  });

  it.each<[string, string, Record<string, unknown>, string[]]>([
    [
      'an unknown field',
      'search',
      { query: 'x', filter: '브렌드 = a' },
      ['filter.must[0].field', 'did you mean "브랜드"'],
    ],
    ['a filter that cannot be read', 'search', { query: 'x', filter: 'price <' }, ['at character 8']],
    ['an unknown item', 'similar', { item_ids: ['없음'] }, ['item_ids', '없음']],
    ['an unknown collection', 'search', { query: 'x', collection: 'shpo' }, ['collection', 'give one of: shop']],
    ['an empty query', 'search', { query: '' }, ['query']],
    ['a misspelt argument', 'search', { query: 'x', fliter: 'price < 3' }, ['fliter']],
    ['too many hits', 'recommend', { limit: 1_000 }, ['limit', '50']],
    ['a user and a session', 'recommend', { user_id: 'a', session_id: 'b' }, ['user_id', 'give one of them']],
  ])('answer %s with an error that names the field and the way out', async (_, name, given, parts) => {
    const { text, isError } = await call(await connect('shop'), name, given);
    expect(isError).toBe(true);
    for (const part of parts) expect(text).toContain(part);
    expect(text).not.toMatch(/\n\s+at /);
  });

  it('take the only collection where none is named, and name those there are once it is not', async () => {
    const mcp = await connect();
    expect(ids(await call(mcp, 'search', { query: '무선', limit: 1 }))).toEqual(['2']);
    await kindred.catalog.putCollection({ collection: { name: 'films' } });
    const { text, isError } = await call(mcp, 'search', { query: '무선' });
    expect([isError, text]).toEqual([true, 'collection is missing; give one of: films, shop']);
    await kindred.catalog.deleteCollection({ name: 'films' });
  });

  it('say where nobody answers, and what to do', async () => {
    const { text, isError } = await call(await connect('shop', '127.0.0.1:1'), 'search', { query: '무선' });
    expect(isError).toBe(true);
    expect(text).toContain('no answer from 127.0.0.1:1. Is Kindred running?');
  });
});
