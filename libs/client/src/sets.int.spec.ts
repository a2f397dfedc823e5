import { Item } from '@kindred/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeServer } from './fake-server.fake.spec.ts';

const { server, connect } = fakeServer();

beforeEach(() => {
  for (let at = 0; at < 5; at++) {
    const attributes = { brand: at < 3 ? '로지텍' : 'HP' };
    server.items.set(
      `i${at}`,
      Item.create({ collection: 'shop', itemId: `i${at}`, title: `마우스 ${at}`, price: at, attributes }),
    );
  }
});

describe('sets of items', () => {
  it('are counted by value and by range, under the names of their fields', async () => {
    const since = new Date('2026-01-01T00:00:00Z');
    const fields = [
      'brand',
      { field: 'price', ranges: [{ lt: 2 }] },
      { field: 'released', limit: 3, ranges: [{ gte: since }] },
    ];
    const { total, byField } = await connect().facet({ collection: 'shop', filter: 'price < 9', fields });
    expect(total).toBe(5n);
    expect(byField.brand!.values.map(({ value, count }) => [value, count])).toEqual([
      ['로지텍', 3n],
      ['HP', 2n],
    ]);
    expect(byField.price!.values).toMatchObject([{ range: { lt: 2 }, count: 1n }]);
    expect(server.calls.at(-1)!.request).toMatchObject({
      filter: { must: [{ kind: { value: { field: 'price' } } }] },
      fields: [
        { field: 'brand', limit: undefined },
        { field: 'price' },
        { limit: 3, ranges: [{ gte: '2026-01-01T00:00:00.000Z' }] },
      ],
    });
  });

  it('are read page by page, no further than somebody looks', async () => {
    const ids: string[] = [];
    for await (const { itemId } of connect().scroll({ collection: 'shop', orderBy: 'price', descending: true })) {
      ids.push(itemId);
    }
    expect(ids).toEqual(['i0', 'i1', 'i2', 'i3', 'i4']);
    expect(server.calls.map(({ request }) => [request.pageToken, request.orderBy, request.descending])).toEqual([
      ['', 'price', true],
      ['2', 'price', true],
      ['4', 'price', true],
    ]);
    server.calls.length = 0;
    for await (const { item } of connect().scroll({ collection: 'shop', pageSize: 1 })) {
      expect(item!.title).toBe('마우스 0');
      break;
    }
    expect(server.calls).toHaveLength(1);
  });

  it.each([Number.NaN, Number.MAX_SAFE_INTEGER])('are not read within %d ms, which is no time', async (deadlineMs) => {
    const read = connect().scroll({ collection: 'shop' }, { deadlineMs }).next();
    await expect(read).rejects.toMatchObject({ code: 'FIELD_INVALID', field: 'deadlineMs' });
    const patient = connect().scroll({ collection: 'shop' }, { deadlineMs: Infinity });
    expect((await patient.next()).value).toMatchObject({ itemId: 'i0' });
  });

  it('are not ordered by what is no name, and say what is one', async () => {
    const ordered = connect().scroll({ collection: 'shop', orderBy: { field: 'price' } as never });
    await expect(ordered.next()).rejects.toMatchObject({
      code: 'FIELD_INVALID',
      field: 'orderBy',
      message: expect.stringContaining('must be the name of a number or time field'),
    });
  });

  it('are asked for in batches, whose queries fail alone', async () => {
    const good = { collection: 'shop', text: '마우스' };
    const inputs = [...Array.from({ length: 100 }, () => good), { ...good, collection: 'no-such-collection' }, good];
    const outcomes = await connect().queryBatch(inputs);
    expect(server.calls.map(({ request }) => (request.queries as unknown[]).length)).toEqual([100, 2]);
    expect(outcomes.map(({ ok }) => ok)).toEqual(inputs.map((input) => input === good));
    expect(outcomes[100]).toMatchObject({
      error: { code: 'COLLECTION_NOT_FOUND', field: 'collection', message: '없음' },
    });
    expect(outcomes[101]).toMatchObject({ response: { requestId: 'b.1' } });
  });

  it('tell how they were planned and run', async () => {
    const { choices, postgresPlan, response } = await connect().explain({ collection: 'shop', text: '마우스' });
    expect(choices.map(({ method, chosen }) => [method, chosen])).toEqual([
      ['vector_index', true],
      ['vector_exact', false],
    ]);
    expect(postgresPlan).toContain('actual time');
    expect(response!.plan!.complete).toBe(true);
    expect(server.calls.at(-1)!.request).toMatchObject({ query: { by: { value: '마우스' } } });
  });

  it('lack an item for a reason, by name', async () => {
    const query = { collection: 'shop', text: '마우스', filter: 'price < 3' };
    expect(await connect().explainAbsence({ ...query, itemId: 'i1' })).toEqual({ position: 1, reasons: [] });
    expect(await connect().explainAbsence({ ...query, itemId: 7 })).toEqual({
      position: undefined,
      reasons: [{ cause: 'unknown_item', field: '', message: 'There is no item "7"' }],
    });
    expect(server.calls.at(-1)!.request).toMatchObject({ itemId: '7', query: { collection: 'shop', filter: {} } });
  });
});
