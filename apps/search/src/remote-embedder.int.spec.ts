import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EmbeddingServiceService, EmbedPurpose, type EmbedRequest, ModelState } from '@kindred/contracts';
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
    const { model: used, vector } = await embedder.embed('m', '무선 마우스 🖱️');
    expect(used).toMatchObject({ name: 'm', version: '2' });
    expect([...vector]).toEqual([0.5, -0.5]);
    expect(asked.at(-1)).toMatchObject({ model: 'm', purpose: EmbedPurpose.EMBED_PURPOSE_QUERY });
    await embedder.close();
  });

  it.each([
    ['slow', 'answers too late'],
    ['nothing', 'answers without a vector'],
  ])('is unavailable when the service is "%s": it %s', async (text) => {
    const embedder = new RemoteEmbedder(address);
    await expect(embedder.embed('', text)).rejects.toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
    await embedder.close();
  });

  it('is unavailable when nobody is there', async () => {
    const embedder = new RemoteEmbedder('127.0.0.1:1');
    await expect(embedder.embed('', 'x')).rejects.toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
    await embedder.close();
  });
});
