/// <reference path="../../apps/kindred/src/types/cli-progress.d.ts" />
import { openMessaging } from '@kindred/messaging';
import { Log, startServices } from '@kindred/runtime';
import { afterAll, beforeAll } from 'vitest';
import { allServices } from '../../apps/kindred/src/start/all-services.ts';
import { startConfig } from '../../apps/kindred/src/start/start-config.ts';
import type { TestDatabases } from './databases.ts';

/**
 * All services in this process, from source, on a fresh database and the event log in it, for the tests of a `describe`.
 * `address` is where they listen once the tests run.
 */
export function runningKindred(open: TestDatabases['open']): { address: string } {
  const running = { address: '', stop: async () => {} };
  beforeAll(async () => {
    const log = Log.silent();
    const database = await open();
    const env = { GRPC_ADDRESS: '127.0.0.1:0', HTTP_ADDRESS: '127.0.0.1:0' };
    const config = startConfig({ demo: false }, env);
    const messaging = await openMessaging({ clientId: 'kindred', database, log: () => {}, tuning: { drain: 1_000 } });
    await messaging.ensureTopics();
    const shared = { database, readDatabase: database, messaging, config, version: '0.1.0', log };
    const { services, models } = await allServices(shared);
    const close = [() => messaging.close(), () => models.close()];
    const started = await startServices({ services, config, version: '0.1.0', log, close, processEvents: false });
    running.address = started.grpcAddress;
    running.stop = () => started.stop();
  });
  afterAll(() => running.stop());
  return running;
}
