import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collection, Item } from '@kindred/contracts';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const folder = mkdtempSync(join(tmpdir(), 'kindred-scenarios-'));
const printed: string[] = [];
const file = (text: string) => {
  writeFileSync(join(folder, 'home.json'), text);
  return join(folder, 'home.json');
};
const asked = () => server.calls.at(-1)!;

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  server.collections.set('상품', Collection.create({ name: '상품' }));
  server.items.set('1', Item.create({ collection: '상품', itemId: '1', title: '무선 마우스' }));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe('commands that recommend', () => {
  it('ask for what the options say', async () => {
    await run(
      'recommend',
      '-c',
      '상품',
      '--user',
      '김',
      '--scenario',
      'home',
      '--pick',
      'a',
      '--pick',
      'b',
      '--region',
      '서울',
    );
    expect(asked().request).toMatchObject({ userIds: ['김'], scenario: 'home', picks: ['a', 'b'], region: '서울' });
    await run('similar', '-c', '상품', '--item', '1', '--by', 'also-bought', '--user', '김', '--scenario', 'cart');
    expect(asked().request).toMatchObject({ itemIds: ['1'], by: 5, userId: '김', scenario: 'cart' });
    await run('similar', '-c', '상품', '--item', '1', '--session', 's');
    expect(asked().request).toMatchObject({ sessionId: 's' });
    await run('trending', '-c', '상품', '--category', '마우스', '--days', '0.5');
    expect(asked().request).toMatchObject({ category: '마우스', window: { seconds: 43_200n } });
    await run('next', '-c', '상품', '--session', 's', '--item', 'a', '--item', 'b');
    expect(asked().request).toMatchObject({ sessionId: 's', itemIds: ['a', 'b'] });
    await run('personalize', '-c', '상품', '--items', 'a, b', '--item', 'c,d', '--user', '김', '--language', 'ko');
    expect(asked().request).toMatchObject({ itemIds: ['a', 'b', 'c,d'], userIds: ['김'], language: 'ko' });
    expect(await run('trending', '-c', '상품')).toMatchObject({ code: 0 });
    expect(printed.join('\n')).toContain('무선 마우스');
  });

  it('say what is missing', async () => {
    expect(await run('next', '-c', '상품')).toMatchObject({ code: 2, line: expect.stringContaining('--session') });
    expect(await run('trending', '-c', '상품', '--days', '91')).toMatchObject({ code: 2 });
  });

  it('explain the absence of an item from a recommendation, or from a search', async () => {
    await run('explain-absence', '1', '-c', '상품', '--user', '김', '--scenario', 'home');
    expect(asked().request).toMatchObject({ itemId: '1', request: { $case: 'recommend', value: { userIds: ['김'] } } });
    expect(state.terminal.printed.join('\n')).toContain('bought: The person bought the item');
    expect(await run('explain-absence', '1', '-c', '상품')).toMatchObject({ code: 2 });
    expect(await run('explain-absence', '1', '-c', '상품', '--text', 'x', '--user', '김')).toMatchObject({ code: 2 });
  });

  it('explain it for a household and for nobody, as recommend answers them', async () => {
    await run('explain-absence', '1', '-c', '상품', '--user', '김', '--user', '이');
    expect(asked().request).toMatchObject({ request: { value: { userIds: ['김', '이'] } } });
    expect(await run('explain-absence', '1', '-c', '상품', '--scenario', 'home')).toMatchObject({ code: 0 });
    expect(asked().request).toMatchObject({ request: { value: { userIds: [], scenario: 'home' } } });
    const mixed = await run('explain-absence', '1', '-c', '상품', '--text', 'x', '--scenario', 'home');
    expect(mixed).toMatchObject({ code: 2, line: expect.stringContaining('not both') });
    expect(await run('explain-absence', '1', '-c', '상품', '--user', '김', '--session', 's')).toMatchObject({
      code: 2,
    });
  });
});

describe('kindred scenarios', () => {
  it('lists, shows and deletes', async () => {
    await run('scenarios', 'list', '-c', '상품');
    expect(state.terminal.printed.join('\n')).toMatch(/home +popular 1 +built in/);
    await run('scenarios', 'show', 'home', '-c', '상품');
    expect(state.terminal.printed.at(-1)).toMatch(/sources +popular 1\n.*declared +built in/s);
    await run('scenarios', 'show', 'home', '-c', '상품', '--json');
    expect(state.terminal.printed.join('\n')).toContain('"built_in": true');
    await run('scenarios', 'delete', 'home', '-c', '상품');
    expect(asked().request).toMatchObject({ collection: '상품', name: 'home' });
    expect(state.terminal.printed.join('\n')).toContain('deleted home');
  });

  it('shows every rule of a scenario', async () => {
    await run('scenarios', 'show', 'cart', '-c', '상품');
    const rules =
      'without bought (again after 30 days); never 성인; diversity 0.2, 2 per 브랜드; freshness 0.3, half in 14 days; ' +
      'half in 10 events; fatigue 0.7 after 3 impressions; randomize 0.1 of 5; logged';
    expect(state.terminal.printed.at(-1)).toContain(rules);
  });

  it('declares what a file says, as it is shown', async () => {
    const text = `{"name": "other", "built_in": true, "sources": [{"name": "popular", "weight": 0.5}],
      "exclude": {"seen": false, "disliked": false, "blocked_categories": ["성인"]},
      "quotas": [{"attribute": "brand", "max_per_value": 2}], "exploration": {"share": 0.1}}`;
    expect(await run('scenarios', 'put', 'home', '-c', '상품', '--file', file(text))).toMatchObject({ code: 0 });
    expect(asked().request.scenario).toMatchObject({
      collection: '상품',
      name: 'home',
      sources: [{ name: 'popular', weight: 0.5 }],
      exclude: { disliked: false, blockedCategories: ['성인'] },
      quotas: [{ attribute: 'brand', maxPerValue: 2 }],
      exploration: { share: 0.1 },
    });
  });

  it.each([
    ['{', 'is not valid JSON'],
    ['[]', 'must be a JSON object'],
    ['{"sources": [], "weights": 1}', 'has no field weights'],
    ['{"sources": [{"name": "popular", "share": 1}]}', 'has no field sources[0].share'],
    ['{"half_life": 3}', 'has no field half_life'],
    ['{"sources": "popular"}', 'sources is a text; give a list'],
    ['{"sources": [null]}', 'sources[0] is null; give an object'],
    ['{"sources": [{"name": "popular", "weight": "1"}]}', 'sources[0].weight is a text; give a number'],
    ['{"exclude": {"disliked": "false"}}', 'exclude.disliked is a text; give true or false'],
    ['{"exclude": {"blocked_categories": "성인"}}', 'exclude.blocked_categories is a text; give a list'],
    ['{"exclude": {"blocked_categories": [1]}}', 'exclude.blocked_categories[0] is a number; give a text'],
    ['{"freshness": true}', 'freshness is true or false; give an object'],
  ])('refuses %s', async (text, problem) => {
    const { code, line } = await run('scenarios', 'put', 'home', '-c', '상품', '--file', file(text));
    expect([code, line]).toEqual([2, expect.stringContaining(problem)]);
  });
});
