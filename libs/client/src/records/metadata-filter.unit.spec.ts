import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KindredClientError } from '../client-error.ts';
import { and, eq, exists, not, oneOf, or, range, where } from '../filter.ts';
import { type MetadataFilter, metadataFilter } from './metadata-filter.ts';

function refused(filter: unknown): KindredClientError {
  try {
    metadataFilter(filter as MetadataFilter);
  } catch (error) {
    if (error instanceof KindredClientError) return error;
    throw error;
  }
  throw new Error('the filter was taken');
}

describe('a metadata filter', () => {
  const since = new Date('2026-01-01T00:00:00Z');
  it.each<[string, MetadataFilter, unknown]>([
    ['a bare value', { 색상: '검정' }, where(eq('색상', '검정'))],
    ['$eq', { vegan: { $eq: false } }, where(eq('vegan', false))],
    ['$ne', { color: { $ne: 'red' } }, where(not(eq('color', 'red')))],
    ['$in', { color: { $in: ['red', '검정'] } }, where(oneOf('color', ['red', '검정']))],
    ['$nin', { color: { $nin: ['red'] } }, where(not(oneOf('color', ['red'])))],
    ['$gt', { year: { $gt: 1990 } }, where(range('year', { gt: 1990 }))],
    ['$lt of a time', { since: { $lt: since } }, where(range('since', { lt: since }))],
    ['$exists', { year: { $exists: false } }, where(exists('year', false))],
    ['two bounds in one range', { year: { $gte: 1990, $lte: 1999 } }, where(range('year', { gte: 1990, lte: 1999 }))],
    [
      'a bound beside another test',
      { year: { $ne: 1995, $gt: 1990 } },
      where(range('year', { gt: 1990 }), not(eq('year', 1995))),
    ],
    ['several keys, all of which must hold', { a: 1, b: 2 }, where(eq('a', 1), eq('b', 2))],
    ['$and', { $and: [{ a: 1 }, { b: 2 }] }, where(and(and(eq('a', 1)), and(eq('b', 2))))],
    [
      '$or within $and, with a key beside it',
      { c: 3, $and: [{ $or: [{ a: 1 }, { a: 2, b: 3 }] }] },
      where(eq('c', 3), and(and(or(and(eq('a', 1)), and(eq('a', 2), eq('b', 3)))))),
    ],
    ['nothing', {}, { must: [], should: [], mustNot: [] }],
  ])('says %s', (_, filter, expected) => {
    expect(metadataFilter(filter)).toEqual(expected);
  });

  it.each<[unknown, string, string]>([
    [{ color: { $regex: '^r' } }, 'filter.color.$regex', 'prefix()'],
    [{ color: { $not: { $eq: 'red' } } }, 'filter.color.$not', '$ne'],
    [{ $nor: [{ a: 1 }] }, 'filter.$nor', '$nin'],
    [{ color: { $near: 1 } }, 'filter.color.$near', '$exists'],
    [{ color: { eq: 'red' } }, 'filter.color.eq', '$eq'],
    [{ color: {} }, 'filter.color', '$eq'],
    [{ color: null }, 'filter.color', '$exists: false'],
    [{ color: undefined }, 'filter.color', 'leave the key out'],
    [{ $or: [{ a: 1, 부서: undefined }] }, 'filter.$or[0].부서', 'leave the key out'],
    [{ color: ['red', 'blue'] }, 'filter.color', '$in'],
    [{ color: { $in: [] } }, 'filter.color.$in', 'at least one'],
    [{ color: { $in: ['red', null] } }, 'filter.color.$in[1]', '$exists'],
    [{ color: { $in: 'red' } }, 'filter.color.$in', 'list'],
    [{ color: { $exists: 'yes' } }, 'filter.color.$exists', 'true or false'],
    [{ $or: [] }, 'filter.$or', 'at least one'],
    [{ $or: [{ a: 1 }, { 색상: { $gt: {} } }] }, 'filter.$or[1].색상.$gt', 'a number'],
    [{ $and: { a: 1 } }, 'filter.$and', 'list'],
    ['color = red', 'filter', 'object'],
  ])('refuses %j, naming %s and the way out', (filter, field, wayOut) => {
    const error = refused(filter);
    expect(error).toMatchObject({ code: 'FILTER_INVALID', field, status: 'INVALID_ARGUMENT' });
    expect(error.message).toContain(field);
    expect(error.message).toContain(wayOut);
  });

  it('is read or refused, whatever it is', () => {
    const key = fc.constantFrom('color', '색상', '$and', '$or', '$eq', '$in', '$gt', '$exists', '$where');
    const { any } = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 1, 'x', Number.NaN),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(key, tie('any'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(any, (filter) => {
        try {
          expect(metadataFilter(filter as MetadataFilter)).toHaveProperty('must');
        } catch (error) {
          expect(error).toMatchObject({ code: 'FILTER_INVALID', field: expect.stringMatching(/^filter/) });
        }
      }),
    );
  });
});
