import { and, eq, oneOf, prefix, range, where } from '@kindred/client';
import { type Attribute, AttributeType } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { filterOf } from './filter-option.ts';

const attribute = (name: string, type: AttributeType): Attribute => ({
  name,
  type,
  array: false,
  filterable: true,
  embedded: false,
});
const declared = [
  attribute('cores', AttributeType.ATTRIBUTE_TYPE_KEYWORD),
  attribute('year', AttributeType.ATTRIBUTE_TYPE_NUMBER),
];

describe('--filter', () => {
  it('reads bare values as the attribute was declared', () => {
    expect(filterOf(['cores = 4'], declared)).toEqual(where(eq('cores', '4')));
    expect(filterOf(['year >= 1995'], declared)).toEqual(where(range('year', { gte: 1995 })));
    expect(filterOf(['item_id in (1, 2)'], declared)).toEqual(where(oneOf('item_id', ['1', '2'])));
  });

  it('holds all of several to be true', () => {
    const filter = filterOf(['브랜드 = 한결', 'price < 30'], declared);
    const one = (condition: Parameters<typeof where>[0]) => ({
      kind: { $case: 'filter' as const, value: where(condition) },
    });
    expect(filter).toEqual(where(and(one(eq('브랜드', '한결')), one(range('price', { lt: 30 })))));
  });

  it('takes the JSON form of the contract', () => {
    const filter = filterOf(['{"should":[{"field":{"field":"a","prefix":"x"}}]}']);
    expect(filter).toEqual({ must: [], should: [prefix('a', 'x')], mustNot: [] });
    expect(() => filterOf(['{"must":'])).toThrow('is not JSON');
  });

  it('is absent when nothing was asked, and points at what it cannot read', () => {
    expect(filterOf([])).toBeUndefined();
    expect(() => filterOf(['what is this'])).toThrow('at character 6');
  });
});
