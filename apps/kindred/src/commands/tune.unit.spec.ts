import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const text = () => state.terminal.printed.join('\n');

describe('kindred tune', () => {
  let before: string | undefined;
  beforeEach(() => {
    before = process.env.DATABASE_URL;
    delete process.env.DATABASE_URL;
  });
  afterEach(() => {
    if (before !== undefined) process.env.DATABASE_URL = before;
  });

  it('says that it needs PostgreSQL', async () => {
    const { code, line } = await run('tune', '--collection', 'shop');
    expect(code).toBe(1);
    expect(line).toContain('kindred tune needs PostgreSQL: set DATABASE_URL');
  });

  it.each([
    ['both targets', ['--recall', '.9', '--latency', '5ms'], 'give --recall or --latency, not both'],
    ['two kinds of queries', ['--queries', 'q.jsonl', '--recent'], 'give --queries or --recent, not both'],
    ['no milliseconds', ['--latency', 'fast'], 'Give milliseconds above 0, like 5ms.'],
    ['a recall of percents', ['--recall', '95'], 'Give a number from 0.01 to 1.'],
    ['clicks without --fusion', ['--clicks'], '--clicks is for --fusion'],
    ['to learn from nothing', ['--fusion'], 'give one of --queries and --clicks'],
    ['to learn from both', ['--fusion', '--queries', 'q.jsonl', '--clicks'], 'give one of --queries and --clicks'],
    ['indexes beside --fusion', ['--fusion', '--clicks', '--build-memory', '64'], '--build-memory is of indexes'],
    ['an unknown grid', ['--grid', 'huge'], 'Allowed choices are small, full.'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, line } = await run('tune', '--collection', 'shop', ...args);
    expect(code).toBe(2);
    expect(line).toContain(message);
  });
});

describe('kindred recall', () => {
  const hours = [0, 1].map((at) => new Date(Date.UTC(2026, 10, 24, at)));

  it('shows bands put together, hours, or JSON', async () => {
    server.recall = hours.map((hour, at) => {
      return { collection: '상품', band: '1', hour, queries: 10n, recall: 0.9 + at / 20, worst: 0.5 };
    });
    expect(await run('recall', '상품', '--days', '1')).toEqual({ code: 0, line: '' });
    expect(server.calls[0]!.request).toMatchObject({ collection: '상품', since: expect.any(Date) });
    expect(text()).toMatch(/상품 +1 +20 +0\.925 +0\.50/);
    await run('recall', '--hourly');
    expect(text()).toMatch(/상품 +1 +2026-11-24 01:00 +10 +0\.950 +0\.50/);
    await run('recall', '--json');
    expect(JSON.parse(state.terminal.printed.at(-1)!).points).toHaveLength(2);
  });

  it('shows what indexes found of probes and of live queries, and says when no live query was measured', async () => {
    server.recall = [];
    const breadths = [
      { efSearch: 40, recall: 0.879, error: 0.02 },
      { efSearch: 80, recall: 0.953, error: 0.01 },
    ];
    const recall = { breadths, probes: 100, rows: 19_406n, measuredAt: hours[0] };
    server.measured = [{ collection: '상품', model: 'e5@2', recall }];
    await run('recall');
    expect(text()).toContain('No recall of live queries was measured');
    expect(text()).toMatch(/상품 +e5@2 +100 probes +19,406 +40: 0\.879, 80: 0\.953/);
    expect(text()).not.toContain('200 live queries');
    const live = { breadths: [{ efSearch: 15, recall: 0.99, error: 0.01 }], queries: 1_200n };
    server.measured = [{ collection: '상품', model: 'e5@2', recall, live }];
    await run('recall');
    expect(text()).toMatch(/상품 +e5@2 +1,200 live queries +15: 0\.990/);
  });
});
