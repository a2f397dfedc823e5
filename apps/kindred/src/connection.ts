import { KindredClient } from '@kindred/client';
import { type Command, Option } from 'commander';

/** Options that every client command takes. */
export interface ConnectionOptions {
  address: string;
  apiKey?: string;
  tls?: boolean;
  json?: boolean;
}

/** Where `npm start` listens. */
export const defaultAddress = '127.0.0.1:50051';

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--address <host:port>', 'gRPC address of Kindred').env('KINDRED_ADDRESS').default(defaultAddress),
    )
    .addOption(new Option('--api-key <key>', 'API key').env('KINDRED_API_KEY'))
    .option('--tls', 'encrypt, trusting the certificates of this system')
    .option('--json', 'one JSON document instead of a table');
}

export function openClient(options: ConnectionOptions): KindredClient {
  return new KindredClient({
    address: options.address || defaultAddress,
    apiKey: options.apiKey || undefined,
    tls: options.tls,
  });
}

/** Opens a client for the length of `work`. */
export async function withClient<Result>(
  options: ConnectionOptions,
  work: (client: KindredClient) => Promise<Result>,
): Promise<Result> {
  const client = openClient(options);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
