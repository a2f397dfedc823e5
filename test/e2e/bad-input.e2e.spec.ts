import { Kindred, KindredClientError } from '@kindred/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../support/embedded.ts';

const quotes = `'); drop table kindred.items; --`;

describe('bad input over gRPC', () => {
  let kindred: Embedded;
  let client: Kindred;

  beforeAll(async () => {
    kindred = await Embedded.start();
    client = new Kindred({ address: kindred.address });
    await client.collections.put({
      name: 'shop',
      attributes: [
        { name: 'brand', type: 'keyword', filterable: true },
        { name: 'weight', type: 'number', filterable: true },
      ],
    });
    const items = ['mouse', 'keyboard', 'camera'].map((title, index) => ({ collection: 'shop', itemId: index, title }));
    await Array.fromAsync(client.upsertItems(items, { wait: 'completed' }));
  });
  afterAll(async () => {
    client?.close();
    await kindred?.stop();
  });

  async function refusal(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(KindredClientError);
    const { code, field, message } = error as KindredClientError;
    expect(message).not.toMatch(/\bat .*[jt]s:\d+|select |insert /i);
    return `${code} ${field}`;
  }

  it('refuses items one by one, in order, and takes their neighbors', async () => {
    const item = { collection: 'shop', itemId: 'x', title: 'x' };
    const results = await Array.fromAsync(
      client.upsertItems(
        [
          { ...item, itemId: '🎧', title: quotes, attributes: { brand: quotes } },
          { ...item, itemId: '' },
          { ...item, body: 'x'.repeat(5_000_000) },
          { ...item, title: 'a\u0000b' },
          { ...item, collection: 'nowhere' },
          { ...item, attributes: { weight: 'heavy' } },
          { ...item, price: -1 },
          { ...item, itemId: 'after' },
        ],
        { wait: 'completed' },
      ),
    );
    const answers = results.map(({ status, error }) => (error ? `${error.code} ${error.field}` : status));
    expect(answers).toEqual([
      'completed',
      'FIELD_INVALID item.item_id',
      'FIELD_TOO_LARGE item.body',
      'TEXT_HAS_NULL_BYTE item.title',
      'COLLECTION_NOT_FOUND collection',
      'ATTRIBUTE_TYPE_MISMATCH attributes.weight',
      'FIELD_INVALID item.price',
      'completed',
    ]);
    const [stored] = await client.getItems({ collection: 'shop', itemIds: ['🎧'] });
    expect(stored).toMatchObject({ title: quotes, attributes: { brand: quotes } });
  });

  it('tells that a revision is stale', async () => {
    const write = async (revision: number) => {
      const items = [{ collection: 'shop', itemId: 'r', title: `r${revision}`, revision }];
      return (await Array.fromAsync(client.upsertItems(items, { wait: 'completed' })))[0]!.status;
    };
    expect(await write(5)).toBe('completed');
    expect(await write(4)).toBe('stale');
  });

  it('names the field of every query it cannot run', async () => {
    const query = (input: object) => refusal(client.query({ collection: 'shop', text: 'mouse', ...input } as never));
    const vector = (values: number[]) => refusal(client.query({ collection: 'shop', vector: values }));
    expect(await query({ collection: 'nowhere' })).toBe('COLLECTION_NOT_FOUND collection');
    expect(await query({ limit: 0 })).toMatch(/^LIMIT_OUT_OF_RANGE limit/);
    expect(await query({ limit: 1_000_000 })).toMatch(/^LIMIT_OUT_OF_RANGE limit/);
    expect(await query({ pageToken: 'garbage' })).toBe('PAGE_TOKEN_INVALID page_token');
    expect(await query({ filter: `color = '${quotes.replaceAll("'", '')}'` })).toMatch(
      /^FILTER_FIELD_UNDECLARED filter\.must\[0\]/,
    );
    expect(await query({ filter: 'weight = heavy' })).toMatch(/^FILTER_INVALID filter/);
    expect(await vector([1, 2, 3])).toMatch(/^VECTOR_DIMENSION_MISMATCH vector/);
    const { vectors } = await client.embed({ texts: ['mouse'] });
    expect(await vector(vectors[0]!.map(() => 0))).toMatch(/^VECTOR_ALL_ZERO vector/);
    expect(await vector(vectors[0]!.map((value, at) => (at === 3 ? Number.NaN : value)))).toMatch(
      /^VECTOR_NOT_FINITE vector/,
    );
  });

  it('refuses the page token of another query', async () => {
    const first = await client.query({ collection: 'shop', text: 'mouse keyboard camera', limit: 1 });
    const answer = refusal(
      client.query({ collection: 'shop', text: 'camera', limit: 1, pageToken: first.nextPageToken }),
    );
    expect(await answer).toBe('PAGE_TOKEN_MISMATCH page_token');
  });

  it('takes quotes, emoji and every script as plain text', async () => {
    for (const text of [quotes, '🎧🎧', '%_\\', '무선 “마우스”', 'עכבר', '\u0301']) {
      const { hits, plan } = await client.query({ collection: 'shop', text });
      // Nothing to look for is an empty page with a note, not an error.
      expect(hits.length > 0 || plan!.notes.length > 0).toBe(true);
    }
    expect(await client.count({ collection: 'shop', filter: `brand = "${quotes}"` })).toBe(1n);
  });
});
