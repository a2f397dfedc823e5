import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  makeGenericClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { QueryRequest, type QueryResponse, SearchServiceClient } from '@kindred/contracts';
import { z } from 'zod';
import { echoService, Lever } from './echo-service.fake.spec.ts';
import { openLog, type RunningServices, readConfig, type StartOptions, serverEnv, startServices } from './index.ts';

export interface Started extends RunningServices {
  lever: Lever;
  /** What was logged. */
  lines: Record<string, unknown>[];
  search: SearchServiceClient;
}

/** Starts the fake service on free ports. */
export async function startEcho(
  env: Record<string, string> = {},
  options: Partial<StartOptions> = {},
): Promise<Started> {
  const lever = new Lever();
  const lines: Record<string, unknown>[] = [];
  const free = { GRPC_ADDRESS: '127.0.0.1:0', HTTP_ADDRESS: '127.0.0.1:0', LOG_LEVEL: 'info' };
  const config = readConfig(z.object(serverEnv), { ...free, ...env });
  const running = await startServices({
    services: [echoService(lever)],
    config,
    version: '1.2.3',
    close: [async () => void lever.events.push('close')],
    log: openLog(config, { write: (line) => void lines.push(JSON.parse(line)) }),
    processEvents: false,
    ...options,
  });
  const search = new SearchServiceClient(running.grpcAddress, credentials.createInsecure());
  const stop = () => running.stop().finally(() => search.close());
  return { ...running, stop, lever, lines, search };
}

export function metadataOf(entries: Record<string, string>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return metadata;
}

export interface Answer {
  value: QueryResponse;
  trailers: Metadata;
}

/** Calls Query by text; rejects with the ServiceError. */
export function query(
  search: SearchServiceClient,
  text: string,
  metadata = new Metadata(),
  options = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let value: QueryResponse;
    const request = QueryRequest.fromPartial({ collection: 'shop', by: { $case: 'text', value: text } });
    const call = search.query(request, metadata, options, (error, response) => {
      if (error) reject(error);
      value = response;
    });
    call.on('status', (status) => resolve({ value, trailers: status.metadata }));
  });
}

/** The error a call ends with; throws where there is none. */
export const failure = (call: Promise<unknown>): Promise<ServiceError> =>
  call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error) => error,
  );

/** A client for any definition; methods as in the definition. */
export function clientOf<Service>(
  definition: Record<string, MethodDefinition<never, unknown>>,
  address: string,
): Service & Client {
  const Constructor = makeGenericClientConstructor(definition as never, 'Test');
  return new Constructor(address, credentials.createInsecure()) as unknown as Service & Client;
}

/** Everything that comes down a stream, then its error if there is one. */
export async function collect<Value>(stream: AsyncIterable<Value>): Promise<{ values: Value[]; error?: ServiceError }> {
  const values: Value[] = [];
  try {
    for await (const value of stream) values.push(value);
    return { values };
  } catch (error) {
    return { values, error: error as ServiceError };
  }
}

/** Sends raw bytes to a unary method. */
export function sendBytes(address: string, path: string, bytes: Buffer): Promise<Buffer> {
  const client = new Client(address, credentials.createInsecure());
  const asIs = (value: Buffer) => value;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, bytes, (error, value) => (error ? reject(error) : resolve(value!)));
  }).finally(() => client.close());
}

/** Waits for something to become true; the test's timeout is the limit. */
export async function until(ask: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 10));
}
