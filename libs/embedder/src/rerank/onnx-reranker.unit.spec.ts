import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openOnnxReranker } from './onnx-reranker.ts';
import type { Reranker } from './reranker.ts';
import { Rerankers } from './rerankers.ts';
import { type TinyCrossEncoder, writeTinyCrossEncoder } from './tiny-cross-encoder.fake.spec.ts';

// Each opened model is a thread that loads the runtime.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const made: TinyCrossEncoder[] = [];
const opened: Reranker[] = [];
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await Promise.all(made.map((one) => one.remove()));
});

async function tiny(options?: Parameters<typeof writeTinyCrossEncoder>[0]): Promise<TinyCrossEncoder> {
  const model = await writeTinyCrossEncoder(options);
  made.push(model);
  return model;
}

const definition = (parameters: Record<string, unknown> = {}) => ({
  name: 'near',
  provider: 'onnx',
  parameters: { folder: 'tiny', dtype: 'fp32', ...parameters },
});
async function open({ modelFolder }: TinyCrossEncoder, parameters: Record<string, unknown> = {}): Promise<Reranker> {
  const reranker = await openOnnxReranker(definition(parameters), { modelFolder });
  opened.push(reranker);
  return reranker;
}

const installed = await import('@huggingface/transformers').then(
  () => true,
  () => false,
);
const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));

describe.skipIf(!installed)('an ONNX cross-encoder (needs the optional package @huggingface/transformers)', () => {
  it.each([1, 2])('reads query and text together, with %d logits', async (logits) => {
    const reranker = await open(await tiny({ logits }));
    const texts = ['a blue bag', 'red shoe', '빨간 구두', 'red', ''];
    const scores = await reranker.rerank('red shoe', texts);
    expect(scores).toEqual([-1.5, 0.5, -1.5, -0.5, -1.5].map((logit) => expect.closeTo(sigmoid(logit), 6)));
    const korean = await reranker.rerank('빨간 구두를', texts);
    expect(korean.indexOf(Math.max(...korean))).toBe(2);
  });

  it('scores a text alone as among others, and cuts what is too long', async () => {
    const reranker = await open(await tiny());
    const [alone] = await reranker.rerank('red bag', ['a red bag']);
    const among = await reranker.rerank('red bag', ['shoe '.repeat(10_000), 'a red bag']);
    expect(among[1]).toBe(alone);
    expect(among[0]).toBeLessThan(alone!);
  });

  it('stops when the caller does, and goes on with the next', async () => {
    const reranker = await open(await tiny());
    const controller = new AbortController();
    const asked = reranker.rerank('red', new Array(5_000).fill('red shoe'), controller.signal);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(await reranker.rerank('red', ['red'])).toHaveLength(1);
  });

  it('is away when it takes too long', async () => {
    const reranker = await open(await tiny(), { timeoutMs: 1 });
    const asked = reranker.rerank('red', new Array(5_000).fill('red shoe'));
    await expect(asked).rejects.toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
  });

  it('says that a file is no model', async () => {
    const model = await tiny();
    await writeFile(join(model.path, 'onnx/model.onnx'), 'not a model');
    await expect(open(model)).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'parameters.folder',
      message: expect.stringContaining('cannot be loaded'),
    });
  });

  it('says that a model gives too many logits', async () => {
    await expect(open(await tiny({ logits: 3 }))).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: expect.stringContaining('3 logits, not 1 or 2'),
    });
  });
});

describe('an ONNX cross-encoder that cannot be opened', () => {
  it('says which files are missing', async () => {
    const model = await tiny();
    await rm(join(model.path, 'tokenizer.json'));
    await expect(open(model)).rejects.toMatchObject({
      field: 'parameters.folder',
      message: expect.stringContaining('lacks tokenizer.json'),
    });
  });

  it('says which package is missing', async () => {
    const { modelFolder } = await tiny();
    await expect(openOnnxReranker(definition(), { modelFolder }, 'no-such-package')).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'provider',
      message: expect.stringContaining('npm install no-such-package'),
    });
  });

  it('says that there is no folder of models', async () => {
    await expect(new Rerankers([definition()]).get('near')).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: expect.stringContaining('MODEL_FOLDER'),
    });
  });

  it.each([
    [{ folder: '../x' }, 'folder'],
    [{ folder: '/etc' }, 'folder'],
    [{ dtype: 'int3' }, 'dtype'],
    [{ threads: 0 }, 'threads'],
    [{ pooling: 'mean' }, 'pooling'],
  ])('refuses the parameters %j', async (parameters, name) => {
    await expect(open(await tiny(), parameters)).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: `parameters.${name}`,
    });
  });
});
