import { Filter } from '@kindred/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterOf } from './filter-input.ts';
import {
  and,
  box,
  eq,
  exists,
  FilterSyntaxError,
  type KindredClientError,
  not,
  oneOf,
  or,
  parseFilter,
  prefix,
  radius,
  range,
  where,
} from './index.ts';

const errorOf = (text: string): FilterSyntaxError => {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
};

describe('a filter text', () => {
  it('leaves the values of text fields as they are written', () => {
    const filter = parseFilter('cores in (4, 8) and model = 2600 and year = 1995', new Set(['cores', 'model']));
    expect(filter).toEqual(where(and(oneOf('cores', ['4', '8']), eq('model', '2600'), eq('year', 1995))));
  });

  it.each([
    ['supplier = Logitech and price < 30', where(and(eq('supplier', 'Logitech'), range('price', { lt: 30 })))],
    ['price>=10 AND price<=20.5', where(and(range('price', { gte: 10 }), range('price', { lte: 20.5 })))],
    ['stock > -1', where(range('stock', { gt: -1 }))],
    ['genres in (Comedy, "Science Fiction", 7)', where(oneOf('genres', ['Comedy', 'Science Fiction', 7]))],
    ['genres not in (Horror)', where(not(oneOf('genres', ['Horror'])))],
    ['ean = 0097855083', where(eq('ean', '0097855083'))],
    ['color exists', where(exists('color'))],
    ['not color exists', where(not(exists('color')))],
    ['title ~ Wire', where(prefix('title', 'Wire'))],
    ['year ~ 19', where(prefix('year', '19'))],
    ['brand != "3"', where(not(eq('brand', '3')))],
    ['in_stock = true', where(eq('in_stock', true))],
    [
      '브랜드 = 로지텍 and 색상 in (검정, "짙은 회색")',
      where(and(eq('브랜드', '로지텍'), oneOf('색상', ['검정', '짙은 회색']))),
    ],
    ["name = 'O\\'Reilly \"x\"'", where(eq('name', 'O\'Reilly "x"'))],
    ['"my field" = x', where(eq('my field', 'x'))],
    ['위치 near (37.566, 126.978, 5e3)', where(radius('위치', { latitude: 37.566, longitude: 126.978 }, 5_000))],
    [
      'not place within (-10, 170, 10, -170)',
      where(not(box('place', { latitude: -10, longitude: 170 }, { latitude: 10, longitude: -170 }))),
    ],
    ['emoji = 🖱️', where(eq('emoji', '🖱️'))],
    ['created_at >= 2026-01-31T12:00:00Z', where(range('created_at', { gte: '2026-01-31T12:00:00Z' }))],
    ['a = 1 or b = 2 and c = 3', where(or(eq('a', 1), and(eq('b', 2), eq('c', 3))))],
    ['(a = 1 or b = 2) and not (c = 3)', where(and(or(eq('a', 1), eq('b', 2)), not(eq('c', 3))))],
  ])('%s is read', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
  });

  it.each([
    ['', 0, 'the filter ends'],
    ['price', 5, 'after "price" comes'],
    ['price <', 7, 'a value belongs here'],
    ['title = 무선 마우스', 11, 'quotes'],
    ['a = 1 and', 9, 'the name of a field'],
    ['a in Comedy', 5, 'parentheses'],
    ['a in (x, y', 10, 'parenthesis'],
    ['(a = 1', 6, 'not closed'],
    ['a = "open', 4, 'never closed'],
    ['a ! b', 2, 'lone "!"'],
    ['a near 5', 7, '(latitude, longitude, meters)'],
    ['a near (1, 2)', 7, '(latitude, longitude, meters)'],
    ['a within (1, 2, 3, x)', 9, '(south, west, north, east)'],
    ['a not b', 6, '"in (…)"'],
    ['a = 1) or b = 2', 5, 'join conditions'],
    [`${'('.repeat(100)}a = 1`, 64, 'levels'],
  ])('"%s" is refused at the place', (text, position, help) => {
    const error = errorOf(text);
    expect(error.position).toBe(position);
    expect(error.message).toContain(help);
    expect(error.message).toContain(`character ${position + 1}`);
  });

  it('points at the place under wide characters too', () => {
    expect(errorOf('title = 무선 마우스').message.split('\n').at(-1)).toBe(`  ${' '.repeat(13)}^`);
  });

  it('gives back any value that stands in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = `"${value.replace(/[\\"]/g, '\\$&')}"`;
        expect(parseFilter(`f = ${quoted}`)).toEqual(where(eq('f', value)));
      }),
    );
  });

  it('is read or refused with a position, whatever it is', () => {
    const word = fc.oneof(
      fc.constantFrom('and', 'or', 'not', 'in', 'exists', '(', ')', ',', '=', '<', '~', '"x"', 'a', '3'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          expect(parseFilter(words.join(' '))).toHaveProperty('must');
        } catch (error) {
          expect(error).toBeInstanceOf(FilterSyntaxError);
        }
      }),
    );
  });
});

describe('the filter builder', () => {
  it('refuses one of none, which would let everything through', () => {
    const allowed: string[] = [];
    expect(() => or(...allowed.map((group) => eq('group', group)))).toThrow('or() has no condition');
  });

  it('writes times as RFC 3339 and survives the wire', () => {
    const filter = where(
      range('created_at', { gte: new Date('2026-01-31T12:00:00Z') }),
      eq('색상', '검정'),
      exists('price', false),
    );
    const sent = Filter.decode(Filter.encode(filter).finish());
    expect(sent.must[0]?.kind?.value).toMatchObject({ test: { value: { gte: '2026-01-31T12:00:00.000Z' } } });
    expect(sent.must[1]?.kind?.value).toEqual({ field: '색상', test: { $case: 'equals', value: '검정' } });
    expect(sent.must[2]?.kind?.value).toEqual({ field: 'price', test: { $case: 'exists', value: false } });
  });
});

describe('a filter of plain JavaScript', () => {
  const cheap = eq('price', 5);
  const deep = (levels: number) => {
    let condition = cheap;
    for (let level = 0; level < levels; level++) condition = not(condition);
    return condition;
  };
  const refused = (filter: unknown) => {
    try {
      filterOf(filter as never, 'boosts[1].filter');
    } catch (error) {
      return error as KindredClientError;
    }
    throw new Error('the filter was taken');
  };

  it.each(['must', 'should', 'mustNot'] as const)('may have the list %s alone', (name) => {
    expect(filterOf({ [name]: [cheap] })).toEqual({ must: [], should: [], mustNot: [], [name]: [cheap] });
  });

  it.each([
    ['null', null, '', 'is null'],
    ['a list of conditions', [cheap], '', 'is a list'],
    ['nothing', {}, '', 'has none of must, should, mustNot'],
    ['fields by name', { 브랜드: '한결' }, '.브랜드', 'is none of must, should, mustNot'],
    ['the spelling of the wire', { must_not: [cheap] }, '.must_not', 'is spelled mustNot here'],
    ['a condition without a list around it', { must: cheap }, '.must', 'put its conditions into [ ]'],
  ])('is refused by its field: %s', (_, filter, field, help) => {
    const error = refused(filter);
    expect(error).toMatchObject({ code: 'FILTER_INVALID', field: `boosts[1].filter${field}` });
    expect(error.message).toContain(help);
  });

  it('is refused for its depth, however deep it is, and where it holds itself', () => {
    const within: Filter = where(cheap, cheap);
    const itself = { kind: { $case: 'filter' as const, value: within } };
    within.must.push(itself, itself);
    for (const filter of [deep(60), deep(3_000), deep(100_000), within]) {
      expect(refused(filter)).toMatchObject({ code: 'FILTER_TOO_LARGE', field: 'boosts[1].filter' });
    }
    expect(filterOf(deep(9))).toBeDefined();
  });
});
