import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ModelPool } from '@kindred/embedder';
import { Log, startServices } from '@kindred/runtime';
import type { ModelTable } from '@kindred/vector-index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { PoolEmbedder } from './pool-embedder.ts';
import { searchService } from './search.ts';

/** Seven tokens for every request. */
const provider = createServer((_, response) => {
  const answer = {
    object: 'list',
    model: 'hosted',
    data: [{ object: 'embedding', index: 0, embedding: [0.6, 0.8] }],
    usage: { prompt_tokens: 7, total_tokens: 7 },
  };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});

describe.each(testDatabases().slice(0, 1))('a search process that embeds queries itself, on $name', ({ open }) => {
  let table: ModelTable;
  const models = new ModelPool([]);

  beforeAll(async () => {
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    const parameters = { baseUrl, model: 'hosted', dimensions: 2, pricePerMillionTokens: 1_000_000 };
    const { identity } = await models.get('default', { name: 'hosted', version: '1', provider: 'openai', parameters });
    table = { ...identity, table: 'vectors_hosted', element: 'vector', identity, parameters, takes: ['text'] };
  });
  afterAll(() => new Promise((resolve) => provider.close(resolve)));

  it('counts what its queries cost, by the names that the embedding service counts by', async () => {
    const embedder = new PoolEmbedder(models);
    const media = { limits: { bytes: 1, milliseconds: 1, redirects: 0 }, resources: {} };
    const running = await startServices({
      services: [searchService({ database: await open(), embedder, countedModels: models, media })],
      config: {
        GRPC_ADDRESS: '127.0.0.1:0',
        HTTP_ADDRESS: '127.0.0.1:0',
        API_KEYS: {},
        LOG_LEVEL: 'error',
        LOG_FORMAT: 'json',
      },
      version: '0',
      log: Log.silent(),
      close: [() => embedder.close()],
      processEvents: false,
    });
    for (const text of ['무선 마우스', 'wireless mouse'])
      await embedder.embed('default', table, { kind: 'text', text });
    const text = await fetch(`http://${running.httpAddress}/metrics`).then((response) => response.text());
    await running.stop();
    const labels = '{model="hosted",version="1",provider="openai"}';
    for (const [name, value] of Object.entries({
      requests: 2,
      retries: 0,
      failures: 0,
      inputs: 2,
      tokens: 14,
      cost: 14,
    }))
      expect(text).toContain(`kindred_model_${name}_total${labels} ${value}\n`);
  });
});
