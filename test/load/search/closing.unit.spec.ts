import { describe, expect, it } from 'vitest';
import { closing } from './closing.ts';

describe('closing', () => {
  const failing = (message: string) => () => Promise.reject(new Error(message));

  it('gives the result once everything is closed, in order', async () => {
    const seen: string[] = [];
    const result = closing(
      () => seen.push('work'),
      async () => seen.push('table'),
      () => seen.push('client'),
    );
    expect(await result).toBe(1);
    expect(seen).toEqual(['work', 'table', 'client']);
  });

  it('closes what is left when the work or a closer fails, and throws what failed first', async () => {
    let closed = 0;
    const close = () => closed++;
    await expect(closing(failing('work'), failing('table'), close)).rejects.toThrow('work');
    await expect(closing(() => 1, failing('table'), failing('client'), close)).rejects.toThrow('table');
    expect(closed).toBe(2);
  });
});
