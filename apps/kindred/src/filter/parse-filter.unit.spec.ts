import { AttributeType, type Condition } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './parse-filter.ts';

const attribute = (name: string, type: AttributeType) => ({
  name,
  type,
  array: false,
  filterable: true,
  embedded: false,
  shown: false,
});
const declared = [
  attribute('cores', AttributeType.ATTRIBUTE_TYPE_KEYWORD),
  attribute('year', AttributeType.ATTRIBUTE_TYPE_NUMBER),
];
const field = (name: string, test: unknown) =>
  ({ kind: { $case: 'field', value: { field: name, test } } }) as Condition;

describe('a filter as people type it', () => {
  it.each([
    ['supplier = Logitech', 'supplier', { $case: 'equals', value: 'Logitech' }],
    ['브랜드 = 한결', '브랜드', { $case: 'equals', value: '한결' }],
    ['price<30', 'price', { $case: 'range', value: { lt: 30 } }],
    ['year >= 1995', 'year', { $case: 'range', value: { gte: 1995 } }],
    ['cores = 4', 'cores', { $case: 'equals', value: '4' }],
    ['year = "1995"', 'year', { $case: 'equals', value: '1995' }],
    ['ean = 0097855083', 'ean', { $case: 'equals', value: '0097855083' }],
    ['in_stock = true', 'in_stock', { $case: 'equals', value: true }],
    ['genres in (Comedy, "Sci, Fi")', 'genres', { $case: 'in', value: { values: ['Comedy', 'Sci, Fi'] } }],
    ['color exists', 'color', { $case: 'exists', value: true }],
    ['color missing', 'color', { $case: 'exists', value: false }],
    ['name starts with M', 'name', { $case: 'prefix', value: 'M' }],
    ["note = 'a > b'", 'note', { $case: 'equals', value: 'a > b' }],
  ])('reads %s', (text, name, test) => {
    expect(parseFilter([text], declared)).toEqual({ must: [field(name, test)], should: [], mustNot: [] });
  });

  it('joins with "and" outside quotes, and negates', () => {
    const filter = parseFilter(
      ['supplier = "Black and Decker" and price < 30', 'color != red', 'size not in (S, M)'],
      declared,
    );
    expect(filter?.must).toEqual([
      field('supplier', { $case: 'equals', value: 'Black and Decker' }),
      field('price', { $case: 'range', value: { lt: 30 } }),
    ]);
    expect(filter?.mustNot).toEqual([
      field('color', { $case: 'equals', value: 'red' }),
      field('size', { $case: 'in', value: { values: ['S', 'M'] } }),
    ]);
  });

  it('takes the JSON form of the contract', () => {
    const filter = parseFilter(['{"should":[{"field":{"field":"a","prefix":"x"}}]}']);
    expect(filter?.must).toEqual([
      {
        kind: {
          $case: 'filter',
          value: { must: [], should: [field('a', { $case: 'prefix', value: 'x' })], mustNot: [] },
        },
      },
    ]);
  });

  it('is absent when nothing was asked, and says how to write one that cannot be read', () => {
    expect(parseFilter([])).toBeUndefined();
    expect(() => parseFilter(['what is this'])).toThrow('cannot read the filter "what is this"; write it like');
    expect(() => parseFilter(['{"must":'])).toThrow('is not JSON');
  });
});
