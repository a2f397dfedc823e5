import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOlder } from './features.ts';
import { beginSql } from './scope-sql.ts';
import { StatementNames } from './statement-names.ts';

describe('beginSql', () => {
  it('opens a transaction with its tenant and settings', () => {
    const settings = { 'hnsw.ef_search': '80', work_mem: '64MB' };
    expect(beginSql({ tenant: 'a', readOnly: true, settings })).toBe(
      "begin read only; set local app.tenant = 'a'; set local hnsw.ef_search = '80'; set local work_mem = '64MB'",
    );
    expect(beginSql({ maintenance: 'event-log' })).toBe("begin; set local role = 'kindred_maintenance'");
  });

  it('never lets a tenant out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (tenant) => {
        fc.pre(!tenant.includes('\0'));
        const text = beginSql({ tenant });
        const literal = text.slice('begin; set local app.tenant = '.length).trim();
        const inner = literal.startsWith('E') ? literal.slice(2, -1).replaceAll('\\\\', '') : literal.slice(1, -1);
        expect(inner.replaceAll("''", '')).not.toMatch(/'|\\/);
      }),
    );
  });

  it('refuses a scope without anybody, and settings that decide whose rows are seen', () => {
    expect(() => beginSql({ tenant: '' })).toThrow('needs a tenant');
    expect(() => beginSql({ tenant: 'a\0b' })).toThrow('needs a tenant');
    expect(() => beginSql({ tenant: 'a', settings: { role: 'postgres' } })).toThrow('Not a setting');
    expect(() => beginSql({ tenant: 'a', settings: { work_mem: '1\0' } })).toThrow('null byte');
    expect(() => beginSql({ maintenance: 'toString' as 'event-log' })).toThrow('not a maintenance job');
  });
});

describe('StatementNames', () => {
  it('names a text when it comes back, always the same, and never more than 256', () => {
    const names = new StatementNames();
    expect([1, 2, 3, 4].map(() => names.nameOf('select 1'))).toEqual([
      undefined,
      undefined,
      expect.stringMatching(/^k_[0-9a-f]{24}$/),
      names.nameOf('select 1'),
    ]);
    const named = new Set<string>();
    for (let text = 0; text < 5000; text++) {
      for (let time = 0; time < 3; time++) {
        const name = names.nameOf(`select ${text}`);
        if (name) named.add(name);
      }
    }
    expect(named.size).toBe(256);
  });
});

describe('isOlder', () => {
  it.each([
    ['0.8.3', '0.8.4', true],
    ['0.8.4', '0.8.4', false],
    ['0.8.10', '0.8.4', false],
    ['0.9', '0.8.4', false],
    ['0.8', '0.8.4', true],
    ['1.0.0-dev', '0.8.4', false],
  ])('of %s and %s is %s', (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});
