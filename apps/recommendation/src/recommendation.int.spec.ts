import { credentials } from '@grpc/grpc-js';
import {
  RecommendationServiceClient,
  RecommendRequest,
  type RecommendResponse,
  topics,
  type UserChange,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type Messaging, openMessaging } from '@kindred/messaging';
import { type RunningServices, readConfig, serverEnv, startServices } from '@kindred/runtime';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { testDatabases } from '../../../test/support/databases.ts';
import { Cinema } from './cinema.fake.spec.ts';
import { recommendationService } from './recommendation.ts';

const config = readConfig(z.object(serverEnv), {
  GRPC_ADDRESS: '127.0.0.1:0',
  HTTP_ADDRESS: '127.0.0.1:0',
  LOG_LEVEL: 'silent',
});

describe.each(testDatabases())('The recommendation service on $name', ({ open }) => {
  let database: Database;
  let messaging: Messaging;
  let running: RunningServices;
  let client: RecommendationServiceClient;
  let cinema: Cinema;

  beforeAll(async () => {
    database = await open();
    messaging = await openMessaging({ clientId: 'test', database });
    await messaging.ensureTopics();
    running = await startServices({
      services: [recommendationService({ database, readDatabase: database, messaging })],
      config,
      version: 'test',
      close: [() => messaging.close()],
      processEvents: false,
    });
    client = new RecommendationServiceClient(running.grpcAddress, credentials.createInsecure());
    cinema = await Cinema.open(database, 'default');
    await cinema.put({ id: 'a', title: '하녀', angle: 0 }, { id: 'b', angle: 2 }, { id: 'c', angle: 90 });
  });

  afterAll(async () => {
    client?.close();
    await running?.stop();
  });

  const recommend = (request: Partial<RecommendRequest>) =>
    new Promise<RecommendResponse>((resolve, reject) => {
      const message = RecommendRequest.fromPartial({ collection: 'films', ...request });
      client.recommend(message, (error, response) => (error ? reject(error) : resolve(response)));
    });

  const tell = (change: UserChange, key: string) =>
    messaging.publish(topics.userChanges.name, [{ tenant: 'default', key, value: JSON.stringify(change) }]);

  it('learns from a message, and rebuilds what is popular and who goes with whom by itself', async () => {
    const events = ['ann', 'bora', 'cho'].flatMap((user) =>
      ['a', 'b'].map((item) => ({ user, item, type: 'like', value: undefined })),
    );
    await cinema.store(...events, { user: 'dan', item: 'a', type: 'purchase' });
    for (const user of ['ann', 'bora', 'cho', 'dan']) await tell({ kind: 'interacted', user_id: user }, user);
    await vi.waitFor(
      async () => {
        const { hits } = await recommend({ userId: 'dan', language: 'ko' });
        expect(hits[0]).toMatchObject({ itemId: 'b', reason: '‘하녀’를 구매하셔서' });
        expect(hits[0]!.scores).toMatchObject({ collaborative: 1, content: 1 });
      },
      { timeout: 20_000, interval: 100 },
    );
  });

  it('is ready, and says who it waits for when it is not', async () => {
    const response = await fetch(`http://${running.httpAddress}/readyz`);
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toContain('recommendation: user-changes.v1');
  });

  it('names the code and the field of a bad request', async () => {
    const error = await recommend({ scenario: 'checkout' }).catch((thrown) => thrown);
    expect(error.metadata.get('kindred-code')).toEqual(['FIELD_INVALID']);
    expect(error.metadata.get('kindred-field')).toEqual(['scenario']);
    expect(error.details).toContain('default');
  });
});
