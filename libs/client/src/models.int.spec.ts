import { describe, expect, it } from 'vitest';
import { vectorStatusOf } from './fake-models.fake.spec.ts';
import { failure, fakeServer } from './fake-server.fake.spec.ts';
import { modelName, parseModelName } from './index.ts';

const { server, connect } = fakeServer();

describe('changing the model', () => {
  it('goes from registering over the plan to the switch, in names', async () => {
    const client = connect();
    const parameters = { folder: 'e5', queryPrefix: '질문: ', threads: 2, nested: { 가: [1, null] } };
    const model = await client.registerModel({ name: 'e5', version: '2', provider: 'onnx', parameters });
    expect(model).toMatchObject({ name: 'e5', version: '2', state: 'registered', parameters });
    expect((await client.migrations.plan({ collection: '상품', to: 'e5' })).to).toMatchObject({ version: '2' });
    expect(await client.migrations.get('상품')).toBeUndefined();
    const started = await client.migrations.start({ collection: '상품', to: 'e5@2', itemsPerSecond: 50 });
    expect(started).toMatchObject({ collection: '상품', state: 'filling', to: { name: 'e5', version: '2' } });
    expect(server.calls.at(-1)!.request.itemsPerSecond).toBe(50);
    expect((await client.migrations.get('상품'))?.state).toBe('ready');
    const judged = [{ text: '무선 마우스', grades: { 'S-1': 2 } }];
    const comparison = await client.migrations.compare({ collection: '상품', judged, recent: 0 });
    expect(comparison).toMatchObject({ judgedQueries: 1, rightNdcgAt10: 0.455 });
    expect(server.calls.at(-1)!.request).toMatchObject({ left: undefined, recent: 0, judged });
    expect(modelName((await client.migrations.activate({ collection: '상품' })).active)).toBe('e5@2');
    expect(modelName((await client.migrations.rollback('상품')).active)).toBe('kindred-text@1');
    expect(await client.migrations.drop({ collection: '상품', model: 'e5@2' })).toBe(3n);
  });

  it('says which model there is not, and which name cannot be one', async () => {
    const error = await failure(connect().migrations.plan({ collection: '상품', to: 'bert@9' }));
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', status: 'NOT_FOUND', field: 'model' });
    await expect(connect().migrations.plan({ collection: '상품', to: 'bert@' })).rejects.toThrow('name@version');
    for (const bad of ['', '@1', 'a@b@c', 'a b']) expect(() => parseModelName(bad)).toThrow(TypeError);
    expect([parseModelName('e5'), parseModelName('e5@2')].map(modelName)).toEqual(['e5', 'e5@2']);
  });

  it('shows vectors with the role of their model', async () => {
    server.models.vectors = [vectorStatusOf({ missing: 2n })];
    server.models.repairPolls = 1;
    expect(await connect().vectorStatus('상품')).toMatchObject([{ collection: '상품', role: 'active', missing: 2n }]);
    expect(await connect().rpc.models.reconcileVectors({ retryRefused: true })).toMatchObject({ vectors: [{}] });
  });

  it('goes to the address of the embedding service', async () => {
    const client = connect({ address: { embedding: server.address } });
    expect(await client.datasets.list()).toEqual([]);
    await expect(connect({ address: { search: server.address } }).vectorStatus()).rejects.toThrow('address.embedding');
  });
});

describe('datasets', () => {
  it('are created, listed, compared and verified', async () => {
    const { datasets } = connect();
    const interactionsBefore = new Date('2026-11-01T00:00:00Z');
    await datasets.create({ name: 'autumn', collection: '상품', description: '가을', interactionsBefore });
    expect(server.calls.at(-1)!.request.interactionsBefore).toEqual(interactionsBefore);
    expect(await datasets.list('상품')).toMatchObject([{ name: 'autumn', items: 3n, interactions: 7n }]);
    expect((await datasets.diff('autumn', 'winter')).examples).toContain('+상품-2');
    expect(await datasets.verify('autumn')).toMatchObject({ intact: true, changedItems: 1n });
    expect((await failure(datasets.verify('spring'))).code).toBe('DATASET_NOT_FOUND');
  });
});
