import { Command } from 'commander';
import { addServerOptions, type ConnectionOptions } from '../connection.ts';

const examples = `
Examples:
  $ kindred mcp                                       # on standard input and output: for a client to start, not for people
  $ kindred mcp --collection products
  $ KINDRED_ADDRESS=shop.example:50051 KINDRED_API_KEY=… kindred mcp

Configurations of clients: docs/mcp.md.`;

export function mcpCommand(version: string): Command {
  const command = new Command('mcp')
    .description('Serve search, similar and recommend as tools of the Model Context Protocol')
    .option('-c, --collection <name>', 'collection of calls that name none')
    .addHelpText('after', examples);
  return addServerOptions(command).action(async (options: ConnectionOptions & { collection?: string }) => {
    // The protocol's library is loaded for this command only.
    const { serveMcp } = await import('../mcp/serve-mcp.ts');
    await serveMcp(options, version);
  });
}
