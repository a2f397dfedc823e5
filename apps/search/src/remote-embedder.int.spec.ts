import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EmbeddingServiceService, EmbedPurpose, type EmbedRequest, ModelState } from '@kindred/contracts';
import type { ModelTable } from '@kindred/vector-index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RemoteEmbedder } from './remote-embedder.ts';

const model = {
  name: 'm',
  version: '2',
  provider: 'fake',
  dimensions: 2,
  dtype: 'float32',
  artifactHash: 'a',
  state: ModelState.MODEL_STATE_ACTIVE,
  normalization: 'l2',
  takes: ['text'],
  dataset: '',
  metrics: {},
  collections: [],
};

const table: ModelTable = {
  name: 'm',
  version: '2',
  dimensions: 2,
  table: 'vectors_m',
  element: 'vector',
  identity: model,
  parameters: {},
  takes: ['text'],
};

describe('an embedder in another process', () => {
  const server = new Server();
  const asked: EmbedRequest[] = [];
  let address: string;

  beforeAll(async () => {
    server.addService(EmbeddingServiceService, {
      embed: (call: { request: EmbedRequest }, answer: (error: null, response: object) => void) => {
        asked.push(call.request);
        const [input] = call.request.inputs;
        if (input!.kind?.value === 'slow') return;
        answer(null, { model, vectors: input!.kind?.value === 'nothing' ? [] : [{ values: [0.5, -0.5] }] });
      },
      listModels: () => {},
    });
    address = await new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(`127.0.0.1:${port}`),
      );
    });
  });
  afterAll(() => server.forceShutdown());

  it('gives the vector and the model that made it', async () => {
    const embedder = new RemoteEmbedder(address, 'key');
    const { model: used, vector } = await embedder.embed('t', table, { kind: 'text', text: '무선 마우스 🖱️' });
    expect(used).toMatchObject({ name: 'm', version: '2' });
    expect([...vector]).toEqual([0.5, -0.5]);
    expect(asked.at(-1)).toMatchObject({ model: 'm', version: '2', purpose: EmbedPurpose.EMBED_PURPOSE_QUERY });
    await embedder.close();
  });

  it.each([
    ['slow', 'answers too late'],
    ['nothing', 'answers without a vector'],
  ])('is unavailable when the service is "%s": it %s', async (text) => {
    const embedder = new RemoteEmbedder(address);
    await expect(embedder.embed('t', table, { kind: 'text', text })).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
    });
    await embedder.close();
  });

  it('is unavailable when nobody is there', async () => {
    const embedder = new RemoteEmbedder('127.0.0.1:1');
    await expect(embedder.embed('t', table, { kind: 'text', text: 'x' })).rejects.toMatchObject({
      code: 'EMBEDDING_UNAVAILABLE',
    });
    await embedder.close();
  });
});
