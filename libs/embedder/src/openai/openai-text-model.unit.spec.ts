import { describe, expect, it } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import { failing, fakeDimensions } from './fake-embeddings-server.fake.spec.ts';
import { embed, expectVectors, hostedModels, unit } from './hosted-models.fake.spec.ts';
import { addUsage, type ModelUsage, noUsage } from './model-usage.ts';

const { server, open } = hostedModels();
const inputs = ['빨간 구두', 'red shoe', 'a blue bag'].map((text) => ({ kind: 'text' as const, text }));
const all = inputs as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]];
describeModel('a hosted model', () => open(), all);
describeModel(
  'a hosted model that travels in base64, one text at a time',
  () => open({ encoding: 'base64', batchSize: 1 }),
  all,
);
describeModel('a hosted model of unknown dimensions', () => open({ dimensions: undefined }), all);

describe('what a hosted model asks for', () => {
  it('splits by count and characters, keeps the order, and bounds requests at a time', async () => {
    const texts = Array.from({ length: 23 }, (_, at) => `제품 ${at} ${'x'.repeat(at * 3)}`);
    const model = await open({ batchSize: 4, batchCharacters: 100, concurrency: 3 });
    expectVectors(await embed(model, texts), texts);
    for (const { body } of server.asked) {
      expect(body.input.length).toBeLessThanOrEqual(4);
      expect(body.input.length === 1 || body.input.join('').length <= 100).toBe(true);
    }
    expect(server.asked.length).toBeGreaterThan(6);
    expect(server.mostAtOnce).toBeLessThanOrEqual(3);
  });

  it('sends prefixes by purpose, cuts long texts, and asks for dimensions only when told to', async () => {
    const model = await open({ queryPrefix: 'query: ', documentPrefix: 'passage: ', maxCharacters: 5 });
    await embedTexts(model, ['가방 가방 가방'], 'query');
    await embedTexts(model, ['bag'], 'document');
    expect(server.asked.map(({ body }) => body)).toEqual([
      { model: 'fake', input: ['query: 가방 가방'], encoding_format: 'float' },
      { model: 'fake', input: ['passage: bag'], encoding_format: 'float' },
    ]);
    await embed(await open({ sendDimensions: true }), ['bag']);
    expect(server.asked.at(-1)!.body.dimensions).toBe(fakeDimensions);
    expect(server.asked.at(-1)!.path).toBe('/v1/embeddings');
  });

  it('never sends a blank text, whose vector is zeros', async () => {
    const [blank, text, none] = await embed(await open(), [' \n', 'bag', '']);
    expect(server.asked.map(({ body }) => body.input)).toEqual([['bag']]);
    expect([blank, none]).toEqual([new Float32Array(fakeDimensions), new Float32Array(fakeDimensions)]);
    expect(cosine(text!, unit('bag'))).toBeCloseTo(1, 6);
  });

  it('sends a key only where the definition names it, and reads it anew each time', async () => {
    let current = 'first-key-0001';
    const model = await open({}, { secret: () => current });
    await embed(model, ['a']);
    current = 'second-key-0002';
    await embed(model, ['b']);
    await embed(await open({ apiKeyName: undefined }, { secret: () => 'key-of-openai' }), ['c']);
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer first-key-0001',
      'Bearer second-key-0002',
      undefined,
    ]);
  });

  it('names itself by what decides its vectors, not by where the server stands', async () => {
    const hashOf = async (parameters: Record<string, unknown>) => (await open(parameters)).identity.artifactHash;
    const hash = await hashOf({});
    expect(await hashOf({ baseUrl: 'http://elsewhere:8080/v1', batchSize: 7, encoding: 'base64' })).toBe(hash);
    const others = [{ model: 'b' }, { revision: '2' }, { queryPrefix: 'q: ' }, { dimensions: 9 }, { maxCharacters: 9 }];
    expect(new Set([hash, ...(await Promise.all(others.map(hashOf)))]).size).toBe(6);
  });

  it('counts requests, retries, tokens and cost', async () => {
    const told = noUsage();
    const onUsage = (_model: unknown, usage: ModelUsage) => addUsage(told, usage);
    const model = await open({ pricePerMillionTokens: 20, batchSize: 2 }, { onUsage });
    server.faults.push(failing(500, 'oops'));
    await embed(model, ['x'.repeat(40), 'y'.repeat(40), 'z'.repeat(20)]);
    expect(model.usage()).toEqual({ requests: 3, retries: 1, failures: 1, inputs: 3, tokens: 25, cost: 0.0005 });
    expect(told).toEqual(model.usage());
  });
});
