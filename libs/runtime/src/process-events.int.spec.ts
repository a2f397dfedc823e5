import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { credentials } from '@grpc/grpc-js';
import { SearchServiceClient } from '@kindred/contracts';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failure, query, until } from './call-helpers.fake.spec.ts';

const run = promisify(execFile);
const folder = resolve(import.meta.dirname, '..');
const tsc = resolve(folder, '../../node_modules/.bin/tsc');

interface Child {
  process: ChildProcess;
  printed(): string;
  search: SearchServiceClient;
  /** Its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

const children: Child[] = [];
// The processes run what `npm run build` makes; a second build of the same sources does nothing.
beforeAll(() => run(tsc, ['-b', resolve(folder, 'tsconfig.build.json')]).then(() => undefined));
afterEach(() => {
  for (const { process: child, search } of children.splice(0)) {
    search.close();
    child.kill('SIGKILL');
  }
});

function spawnEcho(env: Record<string, string> = {}): { child: ChildProcess; printed: () => string } {
  const child = spawn(process.execPath, [resolve(folder, 'fixtures/echo-process.mjs')], {
    env: { PATH: process.env.PATH, GRPC_ADDRESS: '127.0.0.1:0', HTTP_ADDRESS: '127.0.0.1:0', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return { child, printed: () => text };
}

async function start(env: Record<string, string> = {}): Promise<Child> {
  const { child, printed } = spawnEcho(env);
  await until(() => child.exitCode !== null || printed().includes('"listening"'));
  const address = /"grpcAddress":"([^"]+)"/.exec(printed())?.[1];
  if (address === undefined) throw new Error(`it did not start: ${printed()}`);
  const end = async (signal?: NodeJS.Signals) => {
    if (signal) child.kill(signal);
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  const started = {
    process: child,
    printed,
    search: new SearchServiceClient(address, credentials.createInsecure()),
    end,
  };
  children.push(started);
  return started;
}

describe('a process', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends in order and with 0 on %s', async (signal) => {
    const child = await start();
    const slow = query(child.search, 'slow');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const code = await child.end(signal);
    expect((await slow).value.requestId).toBe('done');
    expect(code).toBe(0);
    expect(child.printed().indexOf('hook ran')).toBeLessThan(child.printed().indexOf('closed'));
    expect(child.printed()).toContain('"msg":"stopped"');
  });

  it('ends though a hook hangs for longer than the test may take', async () => {
    const child = await start({ HOOK_MS: '600000' });
    expect(await child.end('SIGTERM')).toBe(0);
    expect(child.printed()).toContain('"step":"shutdown hooks"');
    expect(child.printed()).toContain('closed');
  });

  it('ends on the second Ctrl-C without waiting for its hooks', async () => {
    const child = await start({ HOOK_MS: '600000' });
    child.process.kill('SIGINT');
    await until(() => child.printed().includes('press Ctrl-C again'));
    expect(await child.end('SIGINT')).toBe(130);
    expect(child.printed()).not.toContain('closed');
  });

  it('logs an error nobody caught and ends in order with 1', async () => {
    const child = await start();
    await failure(query(child.search, 'reject')).catch(() => 'it may have answered before it fell');
    expect(await child.end()).toBe(1);
    const line = child
      .printed()
      .split('\n')
      .find((text) => text.includes('"fatal"'))!;
    expect(JSON.parse(line).err).toMatchObject({
      message: 'nobody caught this',
      stack: expect.stringContaining('echo-process.mjs'),
    });
    expect(child.printed()).toContain('closed');
  });

  it('prints a bad configuration without a stack and ends with 1', async () => {
    const { child, printed } = spawnEcho({ GRPC_ADDRESS: 'nowhere', LOG_LEVEL: 'loud' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(printed()).toMatch(/^The configuration has 2 problems:\n {2}GRPC_ADDRESS: .*\n {2}LOG_LEVEL: .*\n$/);
  });
});
