import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { programRuns } from './run-program.fake.spec.ts';

const { server, state, run } = programRuns();
const folder = mkdtempSync(join(tmpdir(), 'kindred-replay-'));
const file = join(folder, 'new.json');
writeFileSync(file, '{"name": "other", "sources": [{"name": "popular", "weight": 0.5}], "randomize": {"share": 0.1}}');
const replay = (...more: string[]) =>
  run('experiments', 'replay', '-c', '상품', '--scenario', 'home', '--file', file, ...more);

afterAll(() => rmSync(folder, { recursive: true }));

describe('kindred experiments replay', () => {
  it('asks for the scenario of the option, with the setting of the file', async () => {
    expect(await replay('--days', '7', '--most-weight', '50')).toMatchObject({ code: 0 });
    expect(server.calls.at(-1)!.request).toMatchObject({
      scenario: {
        collection: '상품',
        name: 'home',
        sources: [{ name: 'popular', weight: 0.5 }],
        randomize: { share: 0.1 },
      },
      days: 7,
      mostWeight: 50,
    });
  });

  it('prints what it is based on, the estimates with their intervals, verdicts and what is not judged', async () => {
    await replay();
    const printed = state.terminal.printed.join('\n');
    expect(printed).toContain('home, on 1,240 answers to 1 person');
    expect(printed).toMatch(/places without support +3.1 %/);
    expect(printed).toMatch(/effective places +873/);
    expect(printed).not.toContain('clipped');
    expect(printed).toMatch(/click +0.41 +ips +0.42 \(0.4 to 0.44\) +0.44 \(0.4 to 0.48\) +0.02 \(-0.01 to 0.05\)/);
    expect(printed).toMatch(/click +0.41 +snips +0.42 \(0.4 to 0.44\) +\? +\?/);
    expect(printed).toContain('click: more clicks: +2 % to +9 %\nNot judged');
  });

  it('refuses a file that is none, and days that are none', async () => {
    const missing = await run(
      'experiments',
      'replay',
      '-c',
      '상품',
      '--scenario',
      'home',
      '--file',
      join(folder, 'no'),
    );
    expect(missing).toMatchObject({ code: 2, line: expect.stringContaining('cannot be read') });
    expect(await replay('--days', '0')).toMatchObject({ code: 2 });
  });
});
