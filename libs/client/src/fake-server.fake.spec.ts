import { afterAll, afterEach, beforeAll } from 'vitest';
import { FakeKindred } from './fake-kindred.fake.spec.ts';
import { Kindred, KindredClientError, type KindredOptions } from './index.ts';
import { refused } from './refused.fake.spec.ts';

/** A fake server for the tests of a file, emptied after each, and clients of it. */
export function fakeServer() {
  const server = new FakeKindred();
  const open: Kindred[] = [];
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  afterEach(() => {
    for (const client of open.splice(0)) client.close();
    server.calls.length = 0;
    server.failures.length = 0;
    server.items.clear();
    server.models.reset();
    server.onUpsert = () => undefined;
  });
  const connect = (options: KindredOptions = {}): Kindred => {
    const client = new Kindred({ address: server.address, ...options });
    open.push(client);
    return client;
  };
  return { server, connect };
}

export const unavailable = () => refused('DATABASE_UNAVAILABLE', '', 'the database is away', 'UNAVAILABLE');

/** The KindredClientError a call ends with; throws where it is another or none. */
export async function failure(call: Promise<unknown>): Promise<KindredClientError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason) => reason,
  );
  if (error instanceof KindredClientError) return error;
  throw error;
}
