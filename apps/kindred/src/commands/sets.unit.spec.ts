import { Collection, Item } from '@kindred/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const text = () => state.terminal.printed.join('\n');
const ask = (...args: string[]) => run(...args, '-c', '상품');

beforeEach(() => {
  server.collections.set('상품', Collection.create({ name: '상품' }));
  for (let at = 0; at < 5; at++) {
    const attributes = { brand: at < 3 ? '로지텍' : 'HP' };
    server.items.set(
      `i${at}`,
      Item.create({ collection: '상품', itemId: `i${at}`, title: `마우스 ${at}`, price: at, attributes }),
    );
  }
});

describe('kindred facet', () => {
  it('counts by value and by range', async () => {
    expect(await ask('facet', 'brand', 'price=..10,10..50', '-f', 'price < 30')).toEqual({ code: 0, line: '' });
    expect(server.calls.at(-1)!.request).toMatchObject({
      filter: { must: [{ kind: { value: { field: 'price' } } }] },
      fields: [
        { field: 'brand', limit: 10, ranges: [] },
        { field: 'price', ranges: [{ lt: 10 }, { gte: 10, lt: 50 }] },
      ],
    });
    for (const part of [/brand +items/, /로지텍 +3/, /HP +2/, /\.\.10 +1/, /10\.\.50 +1/, /2 values/, /5 items/]) {
      expect(text()).toMatch(part);
    }
    await ask('facet', 'brand', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({
      total: 5,
      facets: [{ field: 'brand', distinct: 2 }],
    });
  });

  it.each([['price=10'], ['price=..'], ['price=1..2..3'], ['price=']])('refuses %s', async (field) => {
    expect(await ask('facet', field)).toMatchObject({ code: 2, line: expect.stringContaining('low..high') });
  });
});

describe('kindred items list', () => {
  it('shows a page and how to see the next', async () => {
    expect(await ask('items', 'list', '-n', '2', '--order-by', 'price', '--desc', '--show', 'brand')).toEqual({
      code: 0,
      line: '',
    });
    expect(server.calls.at(-1)!.request).toMatchObject({ limit: 2, orderBy: 'price', descending: true });
    expect(text()).toMatch(/i0 +마우스 0 +로지텍 +0\.00/);
    expect(text()).toContain('more with --page-token 2');
  });

  it('prints every item as a JSON line', async () => {
    await ask('items', 'list', '--all', '-n', '2');
    expect(state.terminal.printed.map((line) => JSON.parse(line).item_id)).toEqual(['i0', 'i1', 'i2', 'i3', 'i4']);
  });
});

describe('kindred explain', () => {
  it('shows the ways that were weighed and what PostgreSQL did', async () => {
    expect(await ask('explain', '마우스', '--mode', 'dense', '--recall-target', '0.95')).toEqual({ code: 0, line: '' });
    expect(server.calls.at(-1)!.request).toMatchObject({
      query: { by: { value: '마우스' }, mode: 3, params: { recallTarget: 0.95 } },
    });
    expect(text()).toMatch(/→ +dense +vector_index +0\.4 ms +0\.970 +enough is found/);
    expect(text()).toMatch(/ {2}dense +vector_exact +2(\.0)? ms +1\.000/);
    expect(text()).toContain('What PostgreSQL did\nLimit (actual time');
    await ask('explain', '마우스', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({ statement: 'select 1' });
    expect(await ask('explain', '마우스', '--recall-target', '1.5')).toMatchObject({ code: 2 });
  });
});

describe('kindred explain-absence', () => {
  it('tells the reasons, or the place', async () => {
    expect(await ask('explain-absence', '없음', '--text', '무선 마우스', '--mode', 'lexical')).toEqual({
      code: 0,
      line: '',
    });
    expect(server.calls.at(-1)!.request).toMatchObject({ itemId: '없음', query: { limit: 10, mode: 2 } });
    expect(text()).toBe('unknown_item: There is no item "없음"');
    await ask('explain-absence', 'i1', '--text', '마우스');
    expect(text()).toContain('i1 is there, at place 1.');
    await ask('explain-absence', '없음', '--text', '마우스', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!)).toMatchObject({ reasons: [{ cause: 'unknown_item' }] });
  });
});
