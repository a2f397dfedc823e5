import { describe, expect, it } from 'vitest';
import { failure, fakeServer, unavailable } from './fake-server.fake.spec.ts';
import type { ItemInput } from './index.ts';

const { server, connect } = fakeServer();

describe('upsertItems', () => {
  const item = (itemId: string | number): ItemInput => ({ collection: 'shop', itemId });
  const collect = async (outcomes: AsyncIterable<{ id: string; status: string; index: number }>) => {
    const all = [];
    for await (const outcome of outcomes) all.push(outcome);
    return all;
  };

  it('yields what became of each item, in order, and a refused one stops nothing', async () => {
    const outcomes = await collect(connect().upsertItems([item('가'), item(''), item(3)]));
    expect(outcomes).toMatchObject([
      { index: 0, id: '가', status: 'acknowledged' },
      { index: 1, status: 'rejected', error: { code: 'FIELD_MISSING', field: 'item.item_id' } },
      { index: 2, id: '3', status: 'acknowledged' },
    ]);
  });

  it('sends plain attributes as they are', async () => {
    const attributes = {
      color: '검정',
      sizes: [1, 2],
      since: new Date('2026-01-01T00:00:00Z'),
      none: null,
      vegan: false,
    };
    await collect(connect().upsertItems([{ ...item('a'), attributes, stock: 0, price: 9.5, revision: 2n ** 60n }]));
    expect(server.items.get('a')).toMatchObject({
      attributes: { color: '검정', sizes: [1, 2], since: '2026-01-01T00:00:00.000Z', vegan: false },
      stock: 0n,
      price: 9.5,
      revision: 2n ** 60n,
    });
  });

  it('reads an endless source no faster than the server answers', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield item(read);
      }
    }
    let seen = 0;
    for await (const _ of connect().upsertItems(endless())) {
      seen += 1;
      expect(read - seen).toBeLessThanOrEqual(2_000);
      if (seen === 5_000) break;
    }
  });

  it('closes the source when its reader stops', async () => {
    let closed = false;
    async function* source() {
      try {
        for (let n = 0; ; n += 1) yield item(n);
      } finally {
        closed = true;
      }
    }
    for await (const _ of connect().upsertItems(source())) break;
    await expect.poll(() => closed).toBe(true);
  });

  it('throws what the source throws', async () => {
    async function* source() {
      yield item(1);
      throw new Error('the file is broken');
    }
    await expect(collect(connect().upsertItems(source()))).rejects.toThrow('the file is broken');
  });

  it('begins again with every item as long as nothing was answered', async () => {
    server.failures.push(unavailable(), unavailable());
    const outcomes = await collect(connect().upsertItems(Array.from({ length: 50 }, (_, n) => item(n))));
    expect(outcomes.map(({ id }) => Number(id))).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(server.calls).toHaveLength(3);
  });

  it('is not tried again once something was answered', async () => {
    server.onUpsert = (_, index) => {
      if (index === 2) throw unavailable();
    };
    const seen: string[] = [];
    const upsert = async () => {
      for await (const { id } of connect().upsertItems([1, 2, 3, 4].map(item))) seen.push(id);
    };
    expect((await failure(upsert())).code).toBe('DATABASE_UNAVAILABLE');
    expect(seen).toEqual(['1', '2']);
    expect(server.calls).toHaveLength(1);
  });

  it('may go on for longer than the deadline, which counts the wait for one answer', async () => {
    server.onUpsert = () => new Promise((resolve) => setTimeout(resolve, 30));
    expect(
      await collect(connect({ deadlineMs: 250 }).upsertItems(Array.from({ length: 12 }, (_, n) => item(n)))),
    ).toHaveLength(12);
    server.onUpsert = () => new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await failure(collect(connect({ deadlineMs: 200 }).upsertItems([item(1)])))).code).toBe(
      'DEADLINE_EXCEEDED',
    );
  });

  it('waits for a slow source and for a slow reader', async () => {
    async function* slow() {
      yield item(1);
      await new Promise((resolve) => setTimeout(resolve, 300));
      yield item(2);
    }
    const seen: string[] = [];
    for await (const { id } of connect({ deadlineMs: 100 }).upsertItems(slow())) {
      seen.push(id);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(seen).toEqual(['1', '2']);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    server.onUpsert = (_, index) => {
      if (index === 1) controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    await expect(collect(connect().upsertItems([1, 2, 3].map(item), { signal }))).rejects.toThrow('enough');
  });

  it('of nothing is nothing', async () => {
    expect(await collect(connect().upsertItems([]))).toEqual([]);
  });
});
