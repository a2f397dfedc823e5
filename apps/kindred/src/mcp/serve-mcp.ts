import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { type ConnectionOptions, defaultAddress, openClient } from '../connection.ts';
import { mcpServer } from './mcp-server.ts';

/** Serves the Model Context Protocol on standard input and output until the input ends. Nothing else is printed there. */
export async function serveMcp(options: ConnectionOptions & { collection?: string }, version: string): Promise<void> {
  const client = openClient(options);
  const { collection, address = defaultAddress } = options;
  if (process.stdin.isTTY) process.stderr.write('waiting for an MCP client on standard input; see docs/mcp.md\n');
  const ended = once(process.stdin, 'end');
  const connection = serveStdio(() => mcpServer({ client, address, version, collection }), {
    onerror: (error) => process.stderr.write(`kindred mcp: ${error.message}\n`),
  });
  await ended;
  await connection.close();
  client.close();
}
