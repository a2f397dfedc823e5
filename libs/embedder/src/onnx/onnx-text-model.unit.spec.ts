import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { isTransient } from '../is-transient.fake.spec.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import type { ModelResources } from '../open-model.ts';
import { openOnnxTextModel } from './onnx-text-model.ts';
import { type TinyModel, type TinyOptions, tinyDimensions, writeTinyModel } from './tiny-onnx-model.fake.spec.ts';

// Each opened model is a thread that loads the runtime.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const made: TinyModel[] = [];
async function tiny(options?: TinyOptions): Promise<ModelResources> {
  const model = await writeTinyModel(options);
  made.push(model);
  return { modelFolder: model.modelFolder };
}
afterAll(() => Promise.all(made.map((model) => model.remove())));

const definition = (parameters: Record<string, unknown>) => ({
  name: 'tiny',
  version: '1',
  provider: 'onnx',
  parameters: { folder: 'tiny', dtype: 'fp32', ...parameters },
});
const open = (resources: ModelResources, parameters: Record<string, unknown> = {}) =>
  openOnnxTextModel(definition(parameters), resources);
const texts = ['빨간 구두', 'red shoe', 'a blue bag.', 'red', '파란 가방을'];
const inputs = texts.map((text) => ({ kind: 'text' as const, text }));

const plain = await tiny();
const quantized = await tiny({ quantized: true, file: 'model_quantized' });
const all = inputs as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]];
describeModel('an ONNX model', () => open(plain), all);
describeModel('an ONNX model in two threads, with little room', () => open(plain, { threads: 2, batchTokens: 8 }), all);
describeModel('an ONNX model that quantizes as it goes', () => open(quantized, { dtype: 'q8' }), all);

describe('ONNX text model', () => {
  it('reads its dimensions from the model and puts the dtype into its identity', async () => {
    const model = await open(quantized, { dtype: 'q8' });
    expect(model.identity).toMatchObject({
      name: 'tiny',
      version: '1',
      provider: 'onnx',
      dimensions: tinyDimensions,
      dtype: 'q8',
    });
    await model.close();
  });

  it('is another model when a file or a parameter that decides vectors is another, and only then', async () => {
    const hashOf = async (resources: ModelResources, parameters = {}) => {
      const model = await open(resources, parameters);
      await model.close();
      return model.identity.artifactHash;
    };
    const hash = await hashOf(plain);
    const other = await tiny({});
    await writeFile(
      join(other.modelFolder!, 'tiny', 'tokenizer_config.json'),
      '{"tokenizer_class":"BertTokenizer","model_max_length":16}',
    );
    expect(await hashOf(plain, { threads: 2, batchTokens: 64 })).toBe(hash);
    expect(await hashOf(await tiny())).toBe(hash);
    const others = [
      await hashOf(other),
      await hashOf(plain, { pooling: 'cls' }),
      await hashOf(plain, { queryPrefix: 'query: ' }),
      await hashOf(plain, { documentPrefix: 'passage: ' }),
      await hashOf(plain, { maxTokens: 16 }),
    ];
    expect(new Set([hash, ...others]).size).toBe(6);
    // Frozen: vectors are stored under it.
    expect(hash).toBe('7e9db06d5f2d5ca0bc8fa563b21c473b9563aaf4da5926428c112058307ea2e5');
  });

  it('puts the prefix of its purpose before a text', async () => {
    const model = await open(plain, { queryPrefix: 'query: ', documentPrefix: 'passage: ' });
    const bare = await open(plain);
    const [query] = await embedTexts(model, ['빨간 구두'], 'query');
    const [document] = await embedTexts(model, ['빨간 구두'], 'document');
    const [asQuery, asDocument] = await embedTexts(bare, ['query: 빨간 구두', 'passage: 빨간 구두'], 'document');
    expect(cosine(query!, asQuery!)).toBeCloseTo(1, 6);
    expect(cosine(document!, asDocument!)).toBeCloseTo(1, 6);
    expect(cosine(query!, document!)).toBeLessThan(0.999);
    await Promise.all([model.close(), bare.close()]);
  });

  it('gives zeros for a text without any token that it knows, prefix or not', async () => {
    const model = await open(plain, { queryPrefix: 'query: ' });
    const vectors = await embedTexts(model, ['', ' \n', '\u200b', 'red'], 'query');
    expect(vectors.map((vector) => vector.some((value) => value !== 0))).toEqual([false, false, true, true]);
    const [unknown] = await embedTexts(model, ['обувь 👟'], 'document');
    expect(unknown).toEqual(new Float32Array(tinyDimensions));
    await model.close();
  });

  it('cuts what is too long, and keeps the mark that ends a text', async () => {
    const model = await open(plain, { pooling: 'last', maxTokens: 8 });
    const [long, short, first] = await embedTexts(model, ['red '.repeat(100_000), 'red', 'blue bag'], 'document');
    expect(cosine(long!, short!)).toBeCloseTo(1, 6);
    expect(cosine(first!, short!)).toBeCloseTo(1, 6);
    await model.close();
    const mean = await open(plain, { maxTokens: 8 });
    const [cut, six] = await embedTexts(mean, ['red '.repeat(100), 'red red red red red red'], 'document');
    expect(cosine(cut!, six!)).toBeCloseTo(1, 6);
    await mean.close();
  });

  it('lets other tasks run during a long batch', async () => {
    const model = await open(plain);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await embedTexts(model, new Array<string>(4_000).fill('a fairly long title of some red shoe'), 'document');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    await model.close();
  });

  it('leaves off when the signal is aborted midway, and serves the next call', async () => {
    const model = await open(plain);
    const leave = new AbortController();
    const long = embedTexts(model, new Array<string>(20_000).fill('red shoe'), 'document', leave.signal);
    setImmediate(() => leave.abort(new Error('the caller left')));
    await expect(long).rejects.toThrow('the caller left');
    expect(await embedTexts(model, ['red shoe'], 'query')).toHaveLength(1);
    await model.close();
  });

  it('answers what is under way when it is closed, and nothing after', async () => {
    const model = await open(plain);
    const underWay = embedTexts(model, ['red'], 'document').catch((error: unknown) => error);
    await model.close();
    expect(await underWay).toSatisfy((answer) => Array.isArray(answer) || isTransient(answer));
    await expect(embedTexts(model, ['red'], 'document')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

describe('an ONNX model that cannot be opened', () => {
  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'names the missing %s',
    async (file) => {
      const resources = await tiny();
      await rm(join(resources.modelFolder!, 'tiny', file));
      await expect(open(resources)).rejects.toMatchObject({
        code: 'MODEL_UNUSABLE',
        field: 'parameters.folder',
        message: expect.stringMatching(new RegExp(`tiny/${file} .*allowDownloads`)),
      });
    },
  );

  it('names the missing weights that stand beside their graph', async () => {
    const resources = await tiny();
    const config = {
      model_type: 'bert',
      max_position_embeddings: 64,
      'transformers.js_config': { use_external_data_format: true },
    };
    await writeFile(join(resources.modelFolder!, 'tiny', 'config.json'), JSON.stringify(config));
    await expect(open(resources)).rejects.toThrow('tiny/onnx/model.onnx_data');
  });

  it('names the dtype that the folder has instead', async () => {
    await expect(open(quantized)).rejects.toThrow(/tiny\/onnx\/model\.onnx .*set dtype to what is there \(q8\)/);
  });

  it('names the package that is not installed', async () => {
    await expect(openOnnxTextModel(definition({}), plain, 'transformers-that-nobody-installed')).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'provider',
      message: expect.stringMatching(/"transformers-that-nobody-installed".*npm install @huggingface\/transformers/),
    });
  });

  it.each([
    ['a folder outside', { folder: '../tiny' }, 'parameters.folder'],
    ['an absolute folder', { folder: '/etc' }, 'parameters.folder'],
    ['an unknown dtype', { dtype: 'fp8' }, 'parameters.dtype'],
    ['an unknown parameter', { fodler: 'tiny' }, 'parameters.fodler'],
    ['vectors of any length', { normalize: false }, 'parameters.normalize'],
    ['more tokens than the model takes', { maxTokens: 33 }, 'parameters.maxTokens'],
  ])('refuses %s', async (_name, parameters, field) => {
    await expect(open(plain, parameters)).rejects.toMatchObject({ code: 'MODEL_UNUSABLE', field });
  });

  it('refuses a model whose vectors are not finite', async () => {
    const error = await open(await tiny({ notANumber: true })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'MODEL_UNUSABLE', field: 'parameters.dtype' });
    expect(isTransient(error)).toBe(false);
  });

  it.each([
    ['config.json', '{"model_type"'],
    ['tokenizer.json', '<html>'],
    ['onnx/model.onnx', 'no graph'],
  ])('says that a broken %s cannot be loaded', async (file, content) => {
    const resources = await tiny();
    await writeFile(join(resources.modelFolder!, 'tiny', file), content);
    await expect(open(resources)).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'parameters.folder',
      message: expect.stringContaining('cannot be loaded'),
    });
  });

  it('asks for a folder of models where none is configured', async () => {
    await expect(open({})).rejects.toMatchObject({ code: 'MODEL_UNUSABLE', field: 'parameters.folder' });
  });
});

describe('an ONNX model from the hub', () => {
  let hub: Server;
  let hubAddress: string;
  const asked: string[] = [];
  beforeAll(async () => {
    hub = createServer((request, response) => {
      asked.push(request.url!);
      const path = request.url!.replace('/maker/tiny/resolve/main/', '');
      readFile(join(plain.modelFolder!, 'tiny', path)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    hubAddress = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => hub.close(resolve)));

  it('is fetched once into the folder of models, only where that is allowed', async () => {
    const empty = await tiny({ folder: 'other' });
    const parameters = { folder: 'maker/tiny' };
    await expect(open({ ...empty, hubAddress }, parameters)).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
    expect(asked).toEqual([]);
    const fetched = await open({ ...empty, hubAddress, allowDownloads: true }, parameters);
    expect(asked).toContain('/maker/tiny/resolve/main/onnx/model.onnx');
    const local = await open(empty, parameters);
    const original = await open(plain);
    expect(fetched.identity).toEqual(original.identity);
    expect(local.identity).toEqual(original.identity);
    await Promise.all([fetched, local, original].map((model) => model.close()));
  });

  it('may be fetched later when the hub is away', async () => {
    const empty = await tiny({ folder: 'other' });
    const resources = { ...empty, hubAddress: 'http://127.0.0.1:1/', allowDownloads: true };
    const error = await open(resources, { folder: 'maker/tiny' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE', message: expect.stringContaining('fetch failed') });
  });

  it('says what the hub does not have', async () => {
    const empty = await tiny({ folder: 'other' });
    const resources = { ...empty, hubAddress, allowDownloads: true };
    await expect(open(resources, { folder: 'maker/tiny', dtype: 'q8' })).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: expect.stringContaining('model_quantized.onnx'),
    });
  });
});
