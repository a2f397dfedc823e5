import { KindredClient } from '@kindred/client';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Options that every client command takes. */
export interface ConnectionOptions {
  address: string;
  apiKey?: string;
  tls?: boolean;
  timeout: number;
  json?: boolean;
}

/** Where `npm start` listens. */
export const defaultAddress = '127.0.0.1:50051';

/** Where the server is. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--address <host:port>', 'gRPC address of Kindred').env('KINDRED_ADDRESS').default(defaultAddress),
    )
    .addOption(new Option('--api-key <key>', 'API key').env('KINDRED_API_KEY'))
    .option('--tls', 'encrypt, trusting the certificates of this system')
    .option('--timeout <seconds>', 'longest wait for an answer', seconds, 30);
}

export const addConnectionOptions = (command: Command): Command =>
  addServerOptions(command).option('--json', 'one JSON document instead of a table');

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3_600) return value;
  throw new InvalidArgumentError('Give seconds, above 0 and up to 3600.');
}

export function openClient({ address, apiKey, tls, timeout }: ConnectionOptions): KindredClient {
  return new KindredClient({
    address: address || defaultAddress,
    apiKey: apiKey || undefined,
    tls,
    deadlineMs: timeout * 1_000,
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
