import { KindredError } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { isDataError, isStaleStatement, mapError, sqlState } from './sql-error.ts';

const failure = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('mapError', () => {
  it.each([
    ['08006', 'DATABASE_UNAVAILABLE'],
    ['53300', 'DATABASE_UNAVAILABLE'],
    ['57P01', 'DATABASE_UNAVAILABLE'],
    ['57P03', 'DATABASE_UNAVAILABLE'],
    ['25P03', 'DATABASE_UNAVAILABLE'],
    ['ECONNREFUSED', 'DATABASE_UNAVAILABLE'],
    ['ECONNRESET', 'DATABASE_UNAVAILABLE'],
    ['57014', 'DEADLINE_EXCEEDED'],
    ['22021', 'TEXT_HAS_NULL_BYTE'],
    ['22P05', 'TEXT_HAS_NULL_BYTE'],
  ])('turns %s into %s and keeps its cause', (code, expected) => {
    const cause = failure(code);
    expect(mapError(cause)).toMatchObject({ code: expected, cause });
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('knows “%s” for a lost connection', (message) => {
    expect(mapError(new Error(message))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it.each(['23505', '40P01', '42P01', ''])('leaves %s as it is', (code) => {
    const error = failure(code);
    expect(mapError(error)).toBe(error);
    expect(sqlState(error)).toBe(code);
  });

  it('leaves a KindredError and what is no error alone', () => {
    const error = new KindredError('FIELD_INVALID', 'x', 'x');
    expect(mapError(error)).toBe(error);
    expect(mapError('text')).toBe('text');
  });
});

describe('isDataError', () => {
  it('is true for what the same data will always meet again', () => {
    expect(['22003', '22P02', '23505', '23514'].map((code) => isDataError(failure(code)))).toEqual(Array(4).fill(true));
    expect(isDataError(mapError(failure('22021')))).toBe(true);
  });

  it('is false for what may pass', () => {
    expect(['40001', '57014', '08006', '42501'].map((code) => isDataError(mapError(failure(code))))).toEqual(
      Array(4).fill(false),
    );
    expect(isDataError(undefined)).toBe(false);
  });
});

describe('isStaleStatement', () => {
  it('knows a plan that outlived its table by where the server raises it, in any language', () => {
    expect(isStaleStatement(Object.assign(failure('0A000', '…'), { routine: 'RevalidateCachedQuery' }))).toBe(true);
    expect(isStaleStatement(failure('26000'))).toBe(true);
    expect(isStaleStatement(failure('0A000'))).toBe(false);
  });
});
