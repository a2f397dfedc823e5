import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientOf,
  collect,
  failure,
  metadataOf,
  query,
  type Started,
  startEcho,
  until,
} from './call-helpers.fake.spec.ts';
import { echoService, Lever } from './echo-service.fake.spec.ts';
import { ConfigError, Readiness, type Service } from './index.ts';

const keys = JSON.stringify({
  'reader-key': { tenant: 'acme', role: 'reader' },
  'writer-key': { tenant: 'default', role: 'writer' },
});

/** grpc.health.v1 by hand: a string in field 1, an enum in field 1 back. */
const health = {
  requestSerialize: (name: string) => Buffer.concat([Buffer.from([10, Buffer.byteLength(name)]), Buffer.from(name)]),
  requestDeserialize: String,
  responseSerialize: Buffer.from,
  responseDeserialize: (bytes: Buffer) => ['UNKNOWN', 'SERVING', 'NOT_SERVING'][bytes[1] ?? 0]!,
};
const healthDefinition = {
  check: { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false, ...health },
  watch: { path: '/grpc.health.v1.Health/Watch', requestStream: false, responseStream: true, ...health },
};
interface Health {
  check(name: string, callback: (error: Error | null, status?: string) => void): void;
  watch(name: string): AsyncIterable<string>;
}

async function statusOf(address: string, service = ''): Promise<string | undefined> {
  const client = clientOf<Health>(healthDefinition as never, address);
  return new Promise<string | undefined>((resolve, reject) => {
    client.check(service, (error, value) => (error ? reject(error) : resolve(value)));
  }).finally(() => client.close());
}

const ready = async ({ httpAddress }: Started) => {
  const response = await fetch(`http://${httpAddress}/readyz`);
  return { code: response.status, body: (await response.json()) as { checks: object[] } };
};

/** A service that adds checks a test can turn. */
function dependent(state: Record<string, { ready: boolean; reason: string }>): Service {
  class Dependent {}
  const useFactory = (readiness: Readiness) => {
    readiness.add('database', () => state.database!);
    readiness.add('consumer', async () => state.consumer!, ['kindred.v1.CatalogService']);
    return {};
  };
  const providers = [{ provide: Dependent, inject: [Readiness], useFactory }];
  return { name: 'dependent', module: { module: Dependent, providers }, grpc: {} };
}

describe('services with API keys', () => {
  let running: Started;
  beforeAll(async () => {
    running = await startEcho({ API_KEYS: keys });
  });
  afterAll(() => running.stop());

  it.each([
    ['a bearer token', { authorization: 'Bearer reader-key' }, 'acme/reader/1'],
    ['an x-api-key', { 'x-api-key': 'writer-key' }, 'default/writer/1'],
  ])('take tenant and role from %s', async (_, metadata, expected) => {
    const answer = await query(running.search, 'x', metadataOf(metadata as Record<string, string>));
    expect(answer.value.nextPageToken).toBe(expected);
  });

  it('refuse a call without a key, and say how to send one', async () => {
    const error = await failure(query(running.search, 'x'));
    expect(error.code).toBe(status.UNAUTHENTICATED);
    expect(error.metadata.get('kindred-code')).toEqual(['API_KEY_MISSING']);
    expect(error.details).toContain('x-api-key');
  });

  it('refuse an unknown key without telling or logging any', async () => {
    const error = await failure(query(running.search, 'x', metadataOf({ authorization: 'Bearer reader-keY' })));
    expect(error.metadata.get('kindred-code')).toEqual(['API_KEY_UNKNOWN']);
    expect(`${error.details}${JSON.stringify(running.lines)}`).not.toMatch(/reader-key/i);
  });

  it('answer health checks and reflection without a key', async () => {
    expect(await statusOf(running.grpcAddress)).toBe('SERVING');
  });
});

describe('starting', () => {
  it('refuses an address beyond loopback without keys, and takes it with them', async () => {
    const error = await failure(startEcho({ GRPC_ADDRESS: '0.0.0.0:0', HTTP_ADDRESS: '[::]:0' }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/GRPC_ADDRESS=0\.0\.0\.0:0 and HTTP_ADDRESS=\[::\]:0.*API_KEYS/);
    const running = await startEcho({ GRPC_ADDRESS: '0.0.0.0:0', API_KEYS: keys });
    await running.stop();
  });

  it('says which address is taken', async () => {
    const running = await startEcho();
    const grpc = await failure(startEcho({ GRPC_ADDRESS: running.grpcAddress }));
    const http = await failure(startEcho({ HTTP_ADDRESS: running.httpAddress }));
    await running.stop();
    expect(grpc.message).toContain(`GRPC_ADDRESS=${running.grpcAddress}`);
    expect(http.message).toContain(`HTTP_ADDRESS=${running.httpAddress}`);
    expect(grpc).toBeInstanceOf(ConfigError);
    expect(http).toBeInstanceOf(ConfigError);
  });

  it('refuses a handler for a method that the contract does not have', async () => {
    const services = [echoService(new Lever(), { stray: true })];
    const error = await failure(startEcho({}, { services }));
    expect(error.message).toContain('Qurey');
  });
});

describe('readiness', () => {
  it('is told by /readyz with reasons and by grpc.health.v1 per service', async () => {
    const state = { database: { ready: true, reason: '' }, consumer: { ready: true, reason: '' } };
    const running = await startEcho({}, { services: [echoService(new Lever()), dependent(state)] });
    const { grpcAddress } = running;
    expect(await ready(running)).toMatchObject({ code: 200, body: { ready: true } });

    state.consumer = { ready: false, reason: 'the broker is away' };
    await until(async () => (await statusOf(grpcAddress)) === 'NOT_SERVING');
    expect(await statusOf(grpcAddress, 'kindred.v1.CatalogService')).toBe('NOT_SERVING');
    expect(await statusOf(grpcAddress, 'kindred.v1.SearchService')).toBe('SERVING');
    const report = await ready(running);
    expect(report.code).toBe(503);
    expect(report.body.checks).toContainEqual({ name: 'consumer', ready: false, reason: 'the broker is away' });

    state.consumer = { ready: true, reason: '' };
    await until(async () => (await statusOf(grpcAddress)) === 'SERVING');
    await running.stop();
  });

  it('of an unknown service is NOT_FOUND, and /livez says yes', async () => {
    const running = await startEcho();
    expect((await failure(statusOf(running.grpcAddress, 'kindred.v1.Nothing'))).code).toBe(status.NOT_FOUND);
    expect(await (await fetch(`http://${running.httpAddress}/livez`)).json()).toEqual({ live: true });
    await running.stop();
  });
});

describe('stopping', () => {
  it('finishes the call in flight, refuses new ones, then runs the hooks and closes', async () => {
    const running = await startEcho();
    const watching = collect(clientOf<Health>(healthDefinition as never, running.grpcAddress).watch(''));
    const inFlight = query(running.search, 'wait');
    await until(() => running.lever.waiting === 1);
    const stopped = running.stop();
    expect(await ready(running)).toMatchObject({ code: 503, body: { ready: false } });
    const late = await failure(query(running.search, 'x'));
    expect(late.code).toBe(status.UNAVAILABLE);
    expect(running.lever.events).toEqual(['bootstrap']);
    running.lever.release();
    expect((await inFlight).value.nextPageToken).toBe('default/admin/4');
    await stopped;
    expect(running.lever.events).toEqual(['bootstrap', 'hooks', 'close']);
    expect((await watching).values).toEqual(['SERVING', 'NOT_SERVING']);
  });

  it('cuts off what takes too long with SHUTTING_DOWN', async () => {
    const running = await startEcho({}, { drainMs: 200 });
    const inFlight = failure(query(running.search, 'wait'));
    await until(() => running.lever.waiting === 1);
    await running.stop();
    const error = await inFlight;
    expect(error.code).toBe(status.UNAVAILABLE);
    expect(error.metadata.get('kindred-code')).toEqual(['SHUTTING_DOWN']);
    expect(running.lever.signals[0]?.aborted).toBe(true);
  });

  it('goes on where a step fails, and says which', async () => {
    const lever = new Lever();
    const failing = async () => {
      throw new Error('the broker is gone');
    };
    const running = await startEcho(
      {},
      { services: [echoService(lever)], close: [failing, async () => void lever.events.push('closed')] },
    );
    await running.stop();
    expect(lever.events).toEqual(['bootstrap', 'hooks', 'closed']);
    expect(running.lines).toContainEqual(expect.objectContaining({ level: 'error', step: 'close' }));
  });
});
