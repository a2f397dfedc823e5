import { AttributeType, InteractionType } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { headerOf, mapHeaders } from './header-mapping.ts';
import { inferAttributes } from './infer-attributes.ts';
import { interactionOfRow } from './interaction-of-row.ts';
import { itemOfRow } from './item-of-row.ts';
import { parseBoolean, parseInstant, parseList, parseNumber, parseTime } from './parse-value.ts';

describe('mapping headers to fields', () => {
  it('knows the usual Korean and English names', () => {
    const mapping = mapHeaders(
      ['상품번호', '상품명', '설명', '가격', '재고', '카테고리', '이미지', '브랜드'],
      'items',
      [],
    );
    expect([...mapping.values()]).toEqual([
      'item_id',
      'title',
      'body',
      'price',
      'stock',
      'categories',
      'image_url',
      'attributes.브랜드',
    ]);
    expect([...mapHeaders(['Item ID', 'Name', 'Price'], 'items', []).values()]).toEqual(['item_id', 'title', 'price']);
  });

  it('lets --map and --id-column win, and leaves a column out for "-"', () => {
    const maps = ['상품명=title', '제조사=supplier', '메모=-', 'name=attributes.model'];
    const mapping = mapHeaders(['코드', 'name', '상품명', '제조사', '메모'], 'items', maps, '코드');
    expect([...mapping.entries()]).toEqual([
      ['상품명', 'title'],
      ['제조사', 'attributes.supplier'],
      ['메모', null],
      ['name', 'attributes.model'],
      ['코드', 'item_id'],
    ]);
  });

  it('gives a field to one column only: the second becomes an attribute', () => {
    const mapping = mapHeaders(['id', 'sku', 'name', 'title'], 'items', []);
    expect(headerOf(mapping, 'item_id')).toBe('id');
    expect(mapping.get('sku')).toBe('attributes.sku');
    expect(mapping.get('title')).toBe('attributes.title');
  });

  it('names the columns there are when a mapped one is missing', () => {
    expect(() => mapHeaders(['a', 'b'], 'items', ['c=title'])).toThrow(
      '--map names the column "c", but the file has: a, b',
    );
    expect(() => mapHeaders(['a'], 'items', ['a'])).toThrow('write header=field');
    expect(() => mapHeaders(['a'], 'interactions', ['a=color'])).toThrow('an interaction has no field "color"');
  });
});

describe('reading values', () => {
  it.each([
    ['12,900', 12900],
    ['₩12,900', 12900],
    ['12900원', 12900],
    ['$19.99', 19.99],
    ['-3.5', -3.5],
    [7, 7],
    ['12,50', undefined],
    ['cheap', undefined],
    ['', undefined],
    [Number.NaN, undefined],
  ])('reads the number in %j', (value, expected) => {
    expect(parseNumber(value)).toBe(expected);
  });

  it.each([
    ['2025-03-02', '2025-03-02T00:00:00.000Z'],
    ['2025.3.2', '2025-03-02T00:00:00.000Z'],
    ['2025-03-02 10:30', '2025-03-02T10:30:00.000Z'],
    ['2025-03-02T10:30:00+09:00', '2025-03-02T01:30:00.000Z'],
    ['yesterday', undefined],
    ['2025-13-40', undefined],
  ])('reads the time in %j', (value, expected) => {
    expect(parseTime(value)).toBe(expected);
  });

  it('takes seconds, milliseconds and microseconds since 1970', () => {
    const expected = '2000-07-30T18:45:03.000Z';
    for (const value of ['964982703', 964982703, '964982703000', 964982703000000]) {
      expect(parseInstant(value)?.toISOString()).toBe(expected);
    }
  });

  it('reads lists in three spellings and booleans in two languages', () => {
    expect(parseList('Action|Crime')).toEqual(['Action', 'Crime']);
    expect(parseList('["a","b",""]')).toEqual(['a', 'b']);
    expect(parseList('[not json]')).toEqual(['[not json]']);
    expect([parseBoolean('예'), parseBoolean('No'), parseBoolean('maybe')]).toEqual([true, false, undefined]);
  });
});

describe('inferring attributes', () => {
  const rows = [
    {
      id: '0012',
      brand: '한결',
      weight: '78',
      wireless: '예',
      genres: 'a|b',
      released: '2025-01-01',
      code: '007',
      about: 'x '.repeat(80),
    },
    {
      id: '0013',
      brand: '소리숲',
      weight: '',
      wireless: '아니오',
      genres: 'c',
      released: '2025-02-01',
      code: '008',
      about: 'y '.repeat(80),
    },
  ];
  const inferred = inferAttributes(rows, mapHeaders(Object.keys(rows[0]!), 'items', ['about=about']));
  const byName = Object.fromEntries(inferred.map((attribute) => [attribute.name, attribute]));

  it('tells numbers, booleans, times, lists, prose and keywords apart', () => {
    expect(byName.weight?.type).toBe(AttributeType.ATTRIBUTE_TYPE_NUMBER);
    expect(byName.wireless?.type).toBe(AttributeType.ATTRIBUTE_TYPE_BOOLEAN);
    expect(byName.released?.type).toBe(AttributeType.ATTRIBUTE_TYPE_TIME);
    expect(byName.genres).toMatchObject({ type: AttributeType.ATTRIBUTE_TYPE_KEYWORD, array: true, filterable: true });
    expect(byName.about).toMatchObject({ type: AttributeType.ATTRIBUTE_TYPE_TEXT, embedded: true, filterable: false });
  });

  it('keeps codes with leading zeros as keywords that are not searched, and searches brands', () => {
    expect(byName.code).toMatchObject({
      type: AttributeType.ATTRIBUTE_TYPE_KEYWORD,
      embedded: false,
      filterable: true,
    });
    expect(byName.brand).toMatchObject({
      type: AttributeType.ATTRIBUTE_TYPE_KEYWORD,
      embedded: true,
      filterable: true,
    });
  });
});

describe('a row as an item', () => {
  const headers = ['상품번호', '상품명', '가격', '재고', '무게'];
  const mapping = mapHeaders(headers, 'items', ['무게=weight']);
  const weight = {
    name: 'weight',
    type: AttributeType.ATTRIBUTE_TYPE_NUMBER,
    array: false,
    filterable: true,
    embedded: false,
    shown: true,
  };
  const read = (row: Record<string, unknown>) => itemOfRow(row, 'shop', mapping, new Map([['weight', weight]]));

  it('reads the cells as their fields say', () => {
    const result = read({ 상품번호: ' S-1 ', 상품명: '무선 마우스', 가격: '12,900원', 재고: '5', 무게: '78' });
    expect(result).toMatchObject({
      item: {
        collection: 'shop',
        itemId: 'S-1',
        title: '무선 마우스',
        price: 12900,
        stock: 5n,
        attributes: { weight: 78 },
      },
    });
  });

  it('leaves empty cells out: no stock is not sold out', () => {
    const result = read({ 상품번호: 'S-1', 상품명: '', 가격: '', 재고: '', 무게: '' });
    expect(result).toMatchObject({ item: { price: undefined, stock: undefined, attributes: {} } });
  });

  it.each([
    [{ 상품번호: 'S-1', 가격: '비쌈' }, '가격 (price)', '"비쌈" is not a number'],
    [{ 상품번호: 'S-1', 재고: '1.5' }, '재고 (stock)', '"1.5" is not a whole number'],
    [{ 상품번호: 'S-1', 무게: 'heavy' }, '무게 (attributes.weight)', '"heavy" is not a number'],
    [{ 상품번호: '', 상품명: 'x' }, '상품번호 (item_id)', 'is empty; every item needs an id'],
    [{ 상품번호: 'S-1', extra: { nested: { deep: 1 } } }, 'extra', 'is nested'],
  ])('names the column and the reason for %j', (row, field, reason) => {
    expect(read(row)).toMatchObject({ problem: { field, reason: expect.stringContaining(reason) } });
  });

  const store = { ...weight, name: 'store', type: AttributeType.ATTRIBUTE_TYPE_GEO };
  const readStore = (value: unknown) =>
    itemOfRow(
      { item_id: '서울', store: value },
      'shop',
      mapHeaders(['item_id', 'store'], 'items', []),
      new Map([['store', store]]),
    );

  it.each([
    [[126.978, 37.566]],
    ['[126.978, 37.566]'],
    ['126.978 | 37.566'],
    [{ type: 'Point', coordinates: [126.978, 37.566] }],
    [{ latitude: '37.566', longitude: 126.978 }],
  ])('reads a place from %j', (value) => {
    expect(readStore(value)).toMatchObject({ item: { attributes: { store: [126.978, 37.566] } } });
  });

  it.each([['서울'], [[126.978]], [[37.566, 126.978]], [[1, 2, 3]], [{ lat: 37 }], [['동', '북']]])(
    'says how a place is written where there is %j',
    (value) => {
      const reason = expect.stringContaining('is no place; write [longitude, latitude] in degrees');
      expect(readStore(value)).toMatchObject({ problem: { field: 'store', reason } });
    },
  );

  it('takes the attributes object of a JSON line apart', () => {
    const result = itemOfRow(
      { item_id: '1', attributes: { weight: 3, tags: ['a'] } },
      'shop',
      mapHeaders(['item_id', 'attributes'], 'items', []),
      new Map(),
    );
    expect(result).toMatchObject({ item: { attributes: { weight: 3, tags: ['a'] } } });
  });
});

describe('a row as an interaction', () => {
  const mapping = mapHeaders(['userId', 'movieId', 'rating', 'timestamp'], 'interactions', []);
  const row = { userId: '1', movieId: '31', rating: '2.5', timestamp: '1260759144' };
  const rating = InteractionType.INTERACTION_TYPE_RATING;

  it('makes the same event id from the same row, so that a second import counts nothing twice', () => {
    const read = () => interactionOfRow(row, mapping, { collection: 'movies', type: rating });
    expect(read()).toEqual(read());
    expect(read()).toMatchObject({
      interaction: { userId: '1', itemId: '31', value: 2.5, type: rating, collection: 'movies' },
    });
  });

  it('names what is missing', () => {
    expect(interactionOfRow(row, mapping, { collection: 'movies' })).toMatchObject({ problem: { field: 'type' } });
    expect(interactionOfRow({ ...row, userId: '' }, mapping, { collection: 'movies', type: rating })).toMatchObject({
      problem: { field: 'user_id', reason: expect.stringContaining('give one of the two') },
    });
    expect(interactionOfRow({ ...row, rating: 'good' }, mapping, { collection: 'movies', type: rating })).toMatchObject(
      {
        problem: { field: 'rating', reason: 'is not a number' },
      },
    );
  });
});
