import { createServer } from 'node:net';
import { CliError } from '../cli-error.ts';

/** Refuses addresses that cannot be listened on, before a database is opened or a demo begun. */
export async function checkAddresses(addresses: { option: '--grpc' | '--http'; address: string }[]): Promise<void> {
  for (const { option, address } of addresses) await checkAddress(option, address);
}

async function checkAddress(option: string, address: string): Promise<void> {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  } catch (error) {
    throw addressError(option, address, error as NodeJS.ErrnoException);
  }
}

function addressError(option: string, address: string, error: NodeJS.ErrnoException): CliError {
  const other = `${address.slice(0, address.lastIndexOf(':'))}:${Number(address.slice(address.lastIndexOf(':') + 1)) + 1}`;
  if (error.code !== 'EADDRINUSE')
    return new CliError(`cannot listen on ${address}: ${error.message}`, 1, { cause: error });
  return new CliError(`${address} is in use. Is Kindred running already? Stop it, or add ${option} ${other}`, 1, {
    cause: error,
  });
}
