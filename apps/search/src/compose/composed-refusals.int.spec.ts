import { type Boost, Decay, type FusionMethod, Prefetch, type QueryRequest, SearchMode } from '@kindred/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { ComposedShop, devices, text, where } from './composed-shop.fake.spec.ts';

const by = text('mouse');
const boosts = (value: Boost['value'], weight = 1) => ({ by, boosts: [{ weight, value }] });
const decay = (wanted: Partial<Decay>) => boosts({ $case: 'decay', value: Decay.create({ scale: 1, ...wanted }) });
const parts = (...weights: (number | undefined)[]) => ({ mix: { parts: weights.map((weight) => ({ by, weight })) } });
const stages = (...prefetch: Partial<Prefetch>[]) => ({ by, prefetch: prefetch.map((one) => Prefetch.create(one)) });
const nested = (levels: number): Partial<Prefetch> =>
  levels === 0 ? { by } : { by, prefetch: [Prefetch.create(nested(levels - 1))] };
const bad = (path: string, code = 'FIELD_INVALID') => [code, path] as const;

const cases: [string, Partial<QueryRequest>, readonly [string, string]][] = [
  ['mix beside a text', { by, ...parts(1) }, bad('mix')],
  ['a mix of nothing', parts(), bad('mix.parts', 'FIELD_MISSING')],
  [
    'a part without anything to search by',
    { mix: { parts: [{ weight: 1 }] } },
    bad('mix.parts[0].by', 'FIELD_MISSING'),
  ],
  ['a weight of 0', parts(1, 0), bad('mix.parts[1].weight')],
  ['a weight of NaN', parts(1, Number.NaN), bad('mix.parts[1].weight')],
  ['an endless weight', parts(Number.POSITIVE_INFINITY), bad('mix.parts[0].weight')],
  ['a mix that only pushes away', parts(-1, -2), bad('mix.parts')],
  ['too many parts', parts(...new Array<number>(17).fill(1)), bad('mix.parts')],
  ['an empty text in a part', { mix: { parts: [{ by: text(' ') }] } }, bad('mix.parts[0].text', 'FIELD_MISSING')],
  [
    'an unknown item in a part',
    { mix: { parts: [{ by: { $case: 'itemIds', value: { ids: ['nope'] } } }] } },
    bad('mix.parts[0].item_ids.ids[0]', 'ITEM_NOT_FOUND'),
  ],
  [
    'lexical mode without a text',
    { mix: { parts: [{ by: { $case: 'userId', value: 'u' } }] }, mode: SearchMode.SEARCH_MODE_LEXICAL },
    bad('mix.parts[0].mode'),
  ],
  ['a hundred nested stages', stages(nested(100)), bad('prefetch[0].prefetch[0].prefetch[0].prefetch[0].prefetch[0]')],
  ['a hundred stages', stages(...new Array(100).fill({ by })), bad('prefetch')],
  ['a stage without anything', stages({}), bad('prefetch[0].by', 'FIELD_MISSING')],
  ['a stage that hands nothing on', stages({ by, limit: 0 }), bad('prefetch[0].limit')],
  ['too many candidates', stages(...new Array(6).fill({ by, limit: 1_000 })), bad('prefetch')],
  ['a weight of 0 of a stage', stages({ by, weight: 0 }), bad('prefetch[0].weight')],
  [
    'an undeclared field in a stage',
    stages({ by }, { by, filter: where('nope', 1) }),
    bad('prefetch[1].filter.must[0].field', 'FILTER_FIELD_UNDECLARED'),
  ],
  [
    'a dense weight where stages are fused',
    { ...stages({ by }), by: undefined, fusion: { method: 0, denseWeight: 0.5 } },
    bad('fusion.dense_weight'),
  ],
  [
    'a mode where stages are fused',
    { ...stages({ by }), by: undefined, mode: SearchMode.SEARCH_MODE_DENSE },
    bad('mode'),
  ],
  ['a mode of a stage that is none', stages({ by, mode: 99 as SearchMode }), bad('prefetch[0].mode')],
  [
    'a fusion of stages that is none',
    { ...stages({ by }), by: undefined, fusion: { method: 77 as FusionMethod } },
    bad('fusion.method'),
  ],
  ['nothing but boosts', { ...boosts({ $case: 'popularity', value: {} }), by: undefined }, bad('by', 'FIELD_MISSING')],
  ['groups by nothing', { by, groupBy: { field: '' } }, bad('group_by.field', 'FIELD_MISSING')],
  [
    'groups by an undeclared field',
    { by, groupBy: { field: 'brnd' } },
    bad('group_by.field', 'FILTER_FIELD_UNDECLARED'),
  ],
  ['groups by a place', { by, groupBy: { field: 'place' } }, bad('group_by.field')],
  ['groups by what is not shown', { by, groupBy: { field: 'acl' } }, bad('group_by.field')],
  ['groups of nothing', { by, groupBy: { field: 'brand', size: 0 } }, bad('group_by.size')],
  ['a diversity beyond 1', { by, diversity: { strength: 1.5, attribute: '' } }, bad('diversity.strength')],
  ['a diversity of NaN', { by, diversity: { strength: Number.NaN, attribute: '' } }, bad('diversity.strength')],
  [
    'an attribute without a maximum',
    { by, diversity: { strength: 0, attribute: 'brand' } },
    bad('diversity.max_per_value', 'FIELD_MISSING'),
  ],
  [
    'a maximum without an attribute',
    { by, diversity: { strength: 0, attribute: '', maxPerValue: 1 } },
    bad('diversity.attribute', 'FIELD_MISSING'),
  ],
  [
    'an undeclared attribute',
    { by, diversity: { strength: 0, attribute: 'nope', maxPerValue: 1 } },
    bad('diversity.attribute', 'UNKNOWN_ATTRIBUTE'),
  ],
  ['a boost of nothing', boosts(undefined), bad('boosts[0].value', 'FIELD_MISSING')],
  ['a boost of weight 0', boosts({ $case: 'popularity', value: {} }, 0), bad('boosts[0].weight')],
  [
    'a boost by a wrong filter',
    boosts({ $case: 'filter', value: where('rating', 'high') }),
    bad('boosts[0].filter.must[0].equals', 'FILTER_INVALID'),
  ],
  ['a decay without a field', decay({}), bad('boosts[0].decay.field', 'FIELD_MISSING')],
  ['a decay of scale 0', decay({ field: 'price', scale: 0 }), bad('boosts[0].decay.scale')],
  ['a decay of scale NaN', decay({ field: 'price', scale: Number.NaN }), bad('boosts[0].decay.scale')],
  ['an offset below 0', decay({ field: 'price', origin: 1, offset: -1 }), bad('boosts[0].decay.offset')],
  ['an at_scale of 1', decay({ field: 'price', origin: 1, atScale: 1 }), bad('boosts[0].decay.at_scale')],
  ['a decay of a keyword', decay({ field: 'brand', origin: 1 }), bad('boosts[0].decay.field')],
  [
    'a decay of an undeclared field',
    decay({ field: 'nope', origin: 1 }),
    bad('boosts[0].decay.field', 'FILTER_FIELD_UNDECLARED'),
  ],
  ['a number without an origin', decay({ field: 'price' }), bad('boosts[0].decay.origin', 'FIELD_MISSING')],
  ['a number’s origin as a text', decay({ field: 'price', origin: '9' }), bad('boosts[0].decay.origin')],
  ['a time’s origin as a number', decay({ field: 'released', origin: 5 }), bad('boosts[0].decay.origin')],
  ['a place off the globe', decay({ field: 'place', origin: '91,0' }), bad('boosts[0].decay.origin')],
  [
    'a pivot of 0',
    boosts({ $case: 'field', value: { field: 'price', pivot: 0, missing: 0 } }),
    bad('boosts[0].field.pivot'),
  ],
  [
    'a pivot of a keyword',
    boosts({ $case: 'field', value: { field: 'brand', pivot: 1, missing: 0 } }),
    bad('boosts[0].field.field'),
  ],
  ['too many boosts', { by, boosts: new Array(17).fill({ weight: 1 }) }, bad('boosts')],
  ['a limit of 0', { ...parts(1), limit: 0 }, bad('limit', 'LIMIT_OUT_OF_RANGE')],
  ['a rerank depth of 0', { by, rerank: { model: '', depth: 0, text: '' } }, bad('rerank.depth')],
  ['an unknown reranker', { by, rerank: { model: 'nope', text: '' } }, bad('rerank.model', 'MODEL_NOT_FOUND')],
  [
    'reranking without a text',
    { by: { $case: 'itemIds', value: { ids: ['d000'] } }, rerank: { model: '', text: '' } },
    bad('rerank.text', 'FIELD_MISSING'),
  ],
  ['too many collections', { by, collections: Array.from({ length: 16 }, (_, at) => `c${at}`) }, bad('collections')],
  ['an unknown collection', { ...parts(1), collection: 'nope' }, bad('collection', 'COLLECTION_NOT_FOUND')],
  ['a made-up token', { ...parts(1), pageToken: 'AAAA' }, bad('page_token', 'PAGE_TOKEN_INVALID')],
];

describe('composed queries', () => {
  let shop: ComposedShop;
  const [databases] = testDatabases();
  beforeAll(async () => {
    shop = new ComposedShop(await databases!.open(), 'refused');
    await shop.stock('shop', devices().slice(0, 40));
  });

  it.each(cases)('refuse %s by its field', async (_name, request, [code, field]) => {
    shop.embedded.length = 0;
    await expect(shop.ask(request)).rejects.toMatchObject({ code, field, message: expect.stringMatching(/[;:,] \S/) });
  });

  it('refuse the token of another query, and of a plain one', async () => {
    const { nextPageToken } = await shop.ask({ ...parts(1) });
    const mismatch = { code: 'PAGE_TOKEN_MISMATCH', field: 'page_token' };
    await expect(shop.ask({ ...parts(2), pageToken: nextPageToken })).rejects.toMatchObject(mismatch);
    await expect(shop.ask({ by, pageToken: nextPageToken })).rejects.toMatchObject(mismatch);
    const plain = await shop.ask({ by });
    await expect(shop.ask({ ...parts(1), pageToken: plain.nextPageToken })).rejects.toMatchObject(mismatch);
  });

  it('refuse a wrong field before anything is embedded', async () => {
    shop.embedded.length = 0;
    await expect(shop.ask({ by, groupBy: { field: 'nope' } })).rejects.toMatchObject({ field: 'group_by.field' });
    expect(shop.embedded).toEqual([]);
  });
});
