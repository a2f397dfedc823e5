import { describe, expect, it } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

describe('kindred train', () => {
  const { server, run } = programRuns();

  it.each([
    [['--resume', '20', '--epochs', '3'], '--epochs is given with --resume'],
    [['--resume', '20', '--dataset', 'movies-1'], '--dataset is given with --resume'],
    [['--resume', '20', '--search', '4'], '--search is given with --resume'],
    [['--search-seconds', '60'], '--search-seconds is given without --search'],
  ])('refuses %j, of which something would be passed over, before it records anything', async (options, line) => {
    const ended = await run('train', '-c', 'movies', ...options);
    expect(ended.code).toBe(2);
    expect(ended.line).toContain(line);
    expect(server.calls).toEqual([]);
  });
});
