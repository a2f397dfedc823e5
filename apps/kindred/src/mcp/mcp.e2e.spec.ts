import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Embedded } from '../../../../test/support/embedded.ts';

const bin = resolve(import.meta.dirname, '../../bin/kindred.mjs');
const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/mcp.md'), 'utf8');
const shop = resolve(import.meta.dirname, '../../demo/shop-ko.csv');

describe('kindred mcp', () => {
  let kindred: Embedded;
  beforeAll(async () => {
    kindred = await Embedded.start();
    expect(await kindred.run('import', shop, '-c', 'shop', '--wait')).toMatchObject({ code: 0 });
  });
  afterAll(() => kindred?.stop());

  const environment = () => ({ PATH: process.env.PATH!, HOME: kindred.folder, KINDRED_ADDRESS: kindred.address });

  /** Messages one after another, each sent once the answer to the one before is there; then the end of the input. */
  async function exchange(messages: Record<string, unknown>[]) {
    const child = spawn(process.execPath, [bin, 'mcp', '-c', 'shop'], { env: environment() });
    const printed = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (printed.out += chunk));
    child.stderr.on('data', (chunk) => (printed.err += chunk));
    for (const message of messages) {
      const lines = printed.out.split('\n').length;
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      if (message.id !== undefined) {
        await expect.poll(() => printed.out.split('\n').length, { timeout: 30_000 }).toBeGreaterThan(lines);
      }
    }
    child.stdin.end();
    const [code] = await once(child, 'exit');
    return { code, ...printed };
  }

  it.each(['legacy', 'auto'] as const)('answers the official client, set up as the page says (%s)', async (mode) => {
    const { args, env } = JSON.parse(/^```json\n(.*?)^```$/ms.exec(page)![1]!).mcpServers.kindred;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: args.map((one: string) => one.replace('/path/to/kindred/apps/kindred/bin/kindred.mjs', bin)),
      env: { ...env, ...environment() },
      cwd: kindred.folder,
    });
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(transport);
    expect(client.getServerVersion()).toMatchObject({ name: 'kindred', version: '0.1.0' });
    const given = { query: '조용한 무선 마우스', filter: '무선 = true and price < 20000', collection: 'shop' };
    const { structuredContent, isError } = await client.callTool({ name: 'search', arguments: given });
    expect(isError).toBeFalsy();
    expect(structuredContent).toMatchObject({ collection: 'shop', hits: [{ title: '무소음 무선 마우스 M20' }] });
    const missing = await client.callTool({ name: 'search', arguments: { query: '마우스' } });
    expect(missing).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('give one of: shop') }] });
    await client.close();
  });

  it('prints nothing but the protocol, speaks to clients of 2025, and ends with its input', async () => {
    const clientInfo = { name: 'old', version: '1' };
    const { code, out, err } = await exchange([
      { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
      { id: 3, method: 'tools/call', params: { name: 'search', arguments: { query: '마우스', collection: '없음' } } },
      { id: 4, method: 'tools/call', params: { name: 'search', arguments: { query: '마우스' } } },
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trim().split('\n');
    const answers = lines.map((line) => JSON.parse(line));
    expect(answers.map(({ jsonrpc, id }) => [jsonrpc, id])).toEqual([1, 2, 3, 4].map((id) => ['2.0', id]));
    expect(answers[0].result).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'kindred' } });
    expect(answers[2].result).toMatchObject({ isError: true });
    expect(answers[3].result.structuredContent.hits.length).toBeGreaterThan(1);
  });

  it('is not loaded by other commands', async () => {
    const script = `const { registerHooks } = await import('node:module'); const seen = [];
      registerHooks({ load: (url, context, next) => { if (url.includes('modelcontextprotocol')) seen.push(url); return next(url, context); } });
      const { main } = await import(${JSON.stringify(join(bin, '../../dist/index.js'))});
      await main(['node', 'kindred', 'status']); console.error(JSON.stringify(seen));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: environment() });
    let err = '';
    child.stderr.on('data', (chunk) => (err += chunk));
    await once(child, 'exit');
    expect(err).toBe('[]\n');
  });
});
