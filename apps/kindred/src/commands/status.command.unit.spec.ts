import { GetStatusResponse } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { statusText } from './status.command.ts';

describe('kindred status', () => {
  const lastLineOf = (status: Partial<GetStatusResponse>) =>
    statusText(GetStatusResponse.fromPartial(status), 'localhost:50051').split('\n').at(-1);

  it('tells of robots, and how much of them is kept out, where there are any', () => {
    expect(lastLineOf({ users: 2n, interactions: 100_007n })).toBe(
      '2 user records · 100,007 interactions · 0 dead letters',
    );
    expect(lastLineOf({ users: 2n, interactions: 100_007n, robots: 1n, robotEvents: 100_000n })).toBe(
      '2 user records · 100,007 interactions · 0 dead letters · 1 robot kept out with 100,000 events',
    );
  });
});
