import { describe, expect, it } from 'vitest';
import { StatementNames } from './statement-names.ts';

describe('names of statements', () => {
  it('are given to a text that comes back a third time, always the same one', () => {
    const names = new StatementNames();
    expect([names.nameOf('select 1'), names.nameOf('select 1')]).toEqual([undefined, undefined]);
    const name = names.nameOf('select 1');
    expect(name).toMatch(/^k_[0-9a-f]{24}$/);
    expect(names.nameOf('select 1')).toBe(name);
    expect(names.counted).toEqual({ texts: 0, size: 0 });
  });

  it('end at 256, so that no filter fills the server’s memory with plans', () => {
    const names = new StatementNames();
    const named = new Set<string | undefined>();
    for (let at = 0; at < 1_000; at++) for (let time = 0; time < 4; time++) named.add(names.nameOf(`select ${at}`));
    named.delete(undefined);
    expect(named.size).toBe(256);
  });

  it('are counted in bounded memory, however many and long the texts are', () => {
    const names = new StatementNames();
    for (let at = 0; at < 10_000; at++) names.nameOf(`select ${at} ${'x'.repeat(at % 100 === 0 ? 100_000 : 100)}`);
    expect(names.counted.texts).toBeLessThanOrEqual(2_048);
    expect(names.counted.size).toBeLessThanOrEqual(8_000_000);
    let size = 0;
    const few = new StatementNames();
    for (let at = 0; at < 70; at++) {
      const text = `${at}`.padEnd(100_000, 'x');
      size += text.length;
      few.nameOf(text);
    }
    expect(few.counted).toEqual({ texts: 70, size });
  });
});
