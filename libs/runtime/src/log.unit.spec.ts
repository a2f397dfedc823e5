import { describe, expect, it } from 'vitest';
import { openLog } from './index.ts';

function logTo(format: 'json' | 'pretty') {
  const lines: string[] = [];
  return { lines, log: openLog({ LOG_LEVEL: 'info', LOG_FORMAT: format }, { write: (line) => void lines.push(line) }) };
}

describe('the log', () => {
  it('writes a line of JSON with a time, a word for the level, and the fields', () => {
    const { log, lines } = logTo('json');
    log.child({ service: 'search' }).warn({ tenant: '상점' }, 'slow');
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      service: 'search',
      tenant: '상점',
      msg: 'slow',
    });
    log.debug({}, 'nobody wants to know');
    expect(lines).toHaveLength(1);
  });

  it('writes for people where asked to, with the stack below', () => {
    const { log, lines } = logTo('pretty');
    log.error({ requestId: 'r-1', text: 'two words', err: new Error('boom') }, 'it broke');
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} ERROR it broke requestId=r-1 text="two words"\nError: boom\n {4}at /,
    );
  });

  it('hides credentials', () => {
    const { log, lines } = logTo('json');
    log.info({ config: { API_KEYS: { secret: 1 } }, apiKey: 'secret' }, 'config');
    expect(lines[0]).not.toContain('secret');
  });
});
