import { eq, where } from '@kindred/client';
import { AttributeType, Collection, Item } from '@kindred/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

const { server, run } = programRuns();
const printed: string[] = [];
const asked = () => server.calls.at(-1)!.request;

const commands = [
  ['search', '마우스'],
  ['recommend', '--user', '김', '--user', '이'],
  ['similar', '--item', '1'],
  ['personalize', '--items', '1,2'],
  ['trending'],
  ['next', '--session', 's'],
];

beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  const brand = { name: '브랜드', type: AttributeType.ATTRIBUTE_TYPE_KEYWORD, array: false, embedded: false };
  server.collections.set(
    '상품',
    Collection.fromPartial({ name: '상품', attributes: [{ ...brand, filterable: true }] }),
  );
  const item = (itemId: string, attributes: object) =>
    server.items.set(itemId, Item.fromPartial({ collection: '상품', itemId, title: `마우스 ${itemId}`, attributes }));
  item('1', { 브랜드: '로지텍' });
  item('2', {});
});
afterEach(() => vi.restoreAllMocks());

const boosts = [
  ['-0.5: 브랜드 = 4', { weight: -0.5, value: { $case: 'filter', value: where(eq('브랜드', '4')) } }],
  ['2:popularity', { weight: 2, value: { $case: 'popularity' } }],
  ['{"weight": 1, "field": "rating", "pivot": 3}', { value: { $case: 'field', value: { field: 'rating', pivot: 3 } } }],
  ['{"weight": 1, "filter": "브랜드 = 4"}', { value: { $case: 'filter', value: where(eq('브랜드', '4')) } }],
  [
    '{"weight": 1, "decay": {"field": "at", "scale": 60, "origin": {"latitude": 37.5, "longitude": 127}, "curve": "gaussian"}}',
    { weight: 1, value: { $case: 'decay', value: { field: 'at', scale: 60, origin: '37.5,127', curve: 2 } } },
  ],
] as const;

describe.each(commands)('kindred %s', (...command) => {
  const runs = (...options: string[]) => run(...command, '-c', '상품', ...options);

  it('asks for boosts, diversity and groups', async () => {
    expect(await runs(...boosts.flatMap(([text]) => ['--boost', text]))).toMatchObject({ code: 0 });
    expect(asked()).toMatchObject({ boosts: boosts.map(([, boost]) => boost) });
    await runs('--diversity', '0.3', '--max-per', '브랜드=2', '--group-by', '브랜드', '--group-size', '4');
    expect(asked()).toMatchObject({
      diversity: { strength: 0.3, attribute: '브랜드', maxPerValue: 2 },
      groupBy: { field: '브랜드', size: 4 },
    });
    await runs();
    expect(asked()).toMatchObject({ boosts: [] });
    expect(asked().diversity ?? asked().groupBy).toBeUndefined();
  });

  it('prints groups under the values that they share', async () => {
    await runs('--group-by', '브랜드');
    expect(printed.join('\n')).toMatch(/score.*\n\n브랜드 = 로지텍\n1 .*마우스 1.*\n\nwithout 브랜드\n2 .*마우스 2/);
  });
});

describe('kindred explain-absence', () => {
  it('asks as it was asked then', async () => {
    await run('explain-absence', '1', '-c', '상품', '--user', '김', '--max-per', '브랜드=1');
    expect(asked().request).toMatchObject({ value: { diversity: { attribute: '브랜드', maxPerValue: 1 } } });
  });
});

describe('wrong input', () => {
  it.each([
    [['--boost', '브랜드 = 로지텍'], '--boost "브랜드 = 로지텍" has no weight; write "0.5: brand = Logitech"'],
    [['--boost', 'much: popularity'], '--boost "much: popularity" has no weight'],
    [['--boost', '1: brand'], '--boost: the filter ends'],
    [['--boost', '{"weight": 1'], '--boost starts with "{" but is not JSON'],
    [['--boost', '{"weight": 1, "popular": true}'], 'has no value; give one of filter, decay, field, popularity'],
    [['--boost', '{"popularity": true}'], 'weight: '],
    [['--boost', '{"weight": 1, "decay": {"field": "at", "scale": "7d"}}'], 'decay: scale: '],
    [['--boost', '{"weight": 1, "decay": {"field": "at", "scale": 7, "curve": "round"}}'], 'decay: curve: '],
    [['--boost', '{"weight": 1, "popularity": true, "field": "rating"}'], 'Unrecognized key'],
    [['--diversity', '2'], "option '--diversity <strength>' argument '2' is invalid. Give a number from 0 to 1."],
    [['--max-per', 'brand=0'], 'Give attribute=number, like brand=2.'],
    [['--group-size', '2'], '--group-size needs --group-by <field>'],
    [['--group-by', 'brand', '--group-size', '101'], "option '--group-size <number>' argument '101' is invalid"],
  ])('is refused: %s', async (options, problem) => {
    expect(await run('trending', '-c', '상품', ...options)).toEqual({
      code: 2,
      line: expect.stringContaining(problem),
    });
  });
});
