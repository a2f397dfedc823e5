import { type Server, ServerCredentials } from '@grpc/grpc-js';
import { ConfigError } from './config.ts';

/** Splits "host:port" and "[::1]:port". */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

export const joinAddress = (host: string, port: number) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Whether only this machine can reach the address. */
export function isLoopback(address: string): boolean {
  const { host } = splitAddress(address);
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Throws a ConfigError where somebody could reach the server without a key. */
export function requireKeysBeyondLoopback(config: {
  GRPC_ADDRESS: string;
  HTTP_ADDRESS: string;
  API_KEYS?: object;
}): void {
  if (config.API_KEYS) return;
  const exposed = (['GRPC_ADDRESS', 'HTTP_ADDRESS'] as const).filter((name) => !isLoopback(config[name]));
  if (exposed.length === 0) return;
  const list = exposed.map((name) => `${name}=${config[name]}`).join(' and ');
  throw new ConfigError(
    `${list} can be reached from other machines, but API_KEYS is not set. Set API_KEYS='{"<key>": {"tenant": "default", "role": "admin"}}', or bind 127.0.0.1.`,
  );
}

/** Starts listening. Returns the address with the port that was taken. */
export async function bind(server: Server, address: string): Promise<string> {
  const port = await new Promise<number>((resolve, reject) => {
    const done = (error: Error | null, taken: number) => (error ? reject(error) : resolve(taken));
    server.bindAsync(address, ServerCredentials.createInsecure(), done);
  }).catch((cause: Error) => {
    throw cannotListen('GRPC_ADDRESS', address, cause);
  });
  return joinAddress(splitAddress(address).host, port);
}

export function cannotListen(variable: string, address: string, cause: Error): ConfigError {
  const taken = /EADDRINUSE|No address added/.test(`${(cause as NodeJS.ErrnoException).code} ${cause.message}`);
  const why = taken ? 'it is in use, or not an address of this machine' : cause.message;
  return new ConfigError(
    `cannot listen on ${variable}=${address}: ${why}. Stop what uses it, or set another ${variable}.`,
    {
      cause,
    },
  );
}
