import { type Condition, type FieldCondition, type Filter, KindredError } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectionRow } from '../collection.store.ts';
import type { AttributeDeclaration } from '../content.ts';
import { filterToSql } from './filter-to-sql.ts';

const attribute = (name: string, type: AttributeDeclaration['type'], more = {}): AttributeDeclaration => ({
  name,
  type,
  array: false,
  filterable: true,
  embedded: false,
  shown: true,
  ...more,
});

const collection: CollectionRow = {
  tenant: 'default',
  collectionId: 7,
  name: 'shop',
  attributes: [
    attribute('color', 'keyword'),
    attribute('weight', 'number'),
    attribute('released', 'time'),
    attribute("it's; drop table items --", 'keyword'),
    attribute('internal', 'keyword', { filterable: false }),
  ],
  unknownAttributes: 'keep',
  model: '',
  imageModel: '',
  soundModel: '',
  expansionModel: '',
  index: { kind: 'auto' },
  search: {},
  createdAt: new Date(0),
  documentsAnalyzer: '',
  updatedAt: new Date(0),
};

const on = (field: string, test: FieldCondition['test']): Condition => ({
  kind: { $case: 'field', value: { field, test } },
});
const filter = (parts: Partial<Filter>): Filter => ({ must: [], should: [], mustNot: [], ...parts });
const nested = (parts: Partial<Filter>): Condition => ({ kind: { $case: 'filter', value: filter(parts) } });
const equals = (field: string, value: unknown) => on(field, { $case: 'equals', value });

function refused(value: Filter): KindredError {
  try {
    filterToSql(value, collection, []);
  } catch (error) {
    if (error instanceof KindredError) return error;
    throw error;
  }
  throw new Error('the filter was taken');
}

describe('a filter', () => {
  it('is true when absent or empty', () => {
    expect(filterToSql(undefined, collection, [])).toBe('true');
    expect(filterToSql(filter({}), collection, [])).toBe('true');
  });

  it('numbers its parameters after those that are there', () => {
    const params: unknown[] = ['first'];
    const sql = filterToSql(
      filter({ must: [on('price', { $case: 'range', value: { gte: 5, lt: 9 } })] }),
      collection,
      params,
    );
    expect(sql).toBe('(i.price >= $2::float8 and i.price < $3::float8)');
    expect(params).toEqual(['first', 5, 9]);
  });

  it('keeps rows without a value where the condition is negated', () => {
    expect(filterToSql(filter({ mustNot: [equals('price', 5)] }), collection, [])).toContain('is not true');
  });

  it('names the path, the near name and all filterable names when an attribute is not declared', () => {
    const error = refused(filter({ must: [nested({ should: [equals('colour', 'red')] })] }));
    expect(error).toMatchObject({ code: 'FILTER_FIELD_UNDECLARED', field: 'filter.must[0].filter.should[0].field' });
    expect(error.message).toContain('did you mean "color"?');
    expect(error.message).toContain('weight');
    expect(error.message).toContain('in_stock');
  });

  it('says when an attribute is declared but not filterable', () => {
    expect(refused(filter({ must: [equals('internal', 'x')] })).message).toMatch(
      /not as filterable, in "\w+"\. Declared as filterable: /,
    );
  });

  it.each<[string, Condition, string, string]>([
    ['a number as words', equals('price', 'cheap'), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['a keyword as number', equals('color', 5), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['null', equals('color', null), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['not a number', equals('weight', Number.NaN), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['an object', equals('color', { a: 1 }), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['a null byte', equals('color', 'a\u0000'), 'TEXT_HAS_NULL_BYTE', 'filter.must[0].equals'],
    ['no time', equals('released', 'yesterday'), 'FILTER_INVALID', 'filter.must[0].equals'],
    ['no test', on('color', undefined), 'FILTER_INVALID', 'filter.must[0]'],
    ['nothing', {}, 'FILTER_INVALID', 'filter.must[0]'],
    ['no values', on('color', { $case: 'in', value: { values: [] } }), 'FILTER_INVALID', 'filter.must[0].in'],
    ['no bounds', on('price', { $case: 'range', value: {} }), 'FILTER_INVALID', 'filter.must[0].range'],
    ['a range of words', on('color', { $case: 'range', value: { gt: 'a' } }), 'FILTER_INVALID', 'filter.must[0].range'],
    ['a prefix of a number', on('price', { $case: 'prefix', value: '1' }), 'FILTER_INVALID', 'filter.must[0].prefix'],
    [
      'too many values',
      on('color', { $case: 'in', value: { values: Array(1_025).fill('x') } }),
      'FILTER_TOO_LARGE',
      'filter.must[0].in',
    ],
  ])('with %s is refused by its path', (_, condition, code, field) => {
    expect(refused(filter({ must: [condition] }))).toMatchObject({ code, field });
  });

  it('is refused when nested too deep or too long', () => {
    let deep = nested({ must: [equals('color', 'red')] });
    for (let level = 0; level < 8; level++) deep = nested({ must: [deep] });
    expect(refused(filter({ must: [deep] })).code).toBe('FILTER_TOO_LARGE');
    expect(refused(filter({ must: Array(257).fill(equals('color', 'red')) })).code).toBe('FILTER_TOO_LARGE');
  });

  it('puts no value and no attribute name into the SQL text', () => {
    const hostile = fc.string().map((text) => `'${text}"; drop table kindred.items; --$1`);
    const plain = filterToSql(filter({ must: [equals('color', 'x')] }), collection, []);
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(!text.includes('\u0000'));
        const params: unknown[] = [];
        expect(filterToSql(filter({ must: [equals('color', text)] }), collection, params)).toBe(plain);
        expect(params).toEqual(['color', JSON.stringify(text)]);
      }),
    );
    const params: unknown[] = [];
    expect(filterToSql(filter({ must: [equals("it's; drop table items --", 'x')] }), collection, params)).toBe(plain);
    expect(params[0]).toBe("it's; drop table items --");
  });
});
