import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { EmbedInput } from '../embedding-model.ts';
import { plain } from '../image/pictures.fake.spec.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import { openModel } from '../open-model.ts';
import { openClipModel } from './clip-model.ts';

const modelFolder = fileURLToPath(new URL('../../fixtures', import.meta.url));
const definition = (parameters: Record<string, unknown> = { folder: 'tiny-clip' }) => ({
  name: 'clip',
  version: '1',
  provider: 'clip',
  parameters,
});
const open = () => openModel(definition(), { modelFolder });
const text = (value: string): EmbedInput => ({ kind: 'text', text: value });
const names = ['red', 'green', 'blue', 'white', 'black'];
const colors = ['#ff0000', '#00ff00', '#0000ff', '#ffffff', '#000000'];
const pictures: EmbedInput[] = [];
for (const color of colors) pictures.push({ kind: 'image', bytes: await plain(color).png().toBuffer() });

const temporary = mkdtempSync(join(tmpdir(), 'kindred-clip-'));
const model = await open();
afterAll(async () => {
  await model.close();
  rmSync(temporary, { recursive: true, force: true });
});

describeModel('a CLIP model', open, [text('red'), pictures[1]!, text('파랑'), pictures[3]!, text('')]);

/** Place of the vector nearest to the first. */
function nearest(vector: Float32Array, others: readonly Float32Array[]): number {
  const scores = others.map((other) => cosine(vector, other));
  return scores.indexOf(Math.max(...scores));
}

describe('CLIP', () => {
  it.each([
    ['English', names],
    ['Korean', ['빨강', '초록', '파랑', '하양', '검정']],
    ['capitals', names.map((name) => name.toUpperCase())],
  ])('finds the picture by its color in %s, and the words by the picture', async (_language, words) => {
    const found = await model.embed(pictures, 'document');
    const asked = await model.embed(words.map(text), 'query');
    expect(asked.map((vector) => nearest(vector, found))).toEqual([0, 1, 2, 3, 4]);
    expect(found.map((vector) => nearest(vector, asked))).toEqual([0, 1, 2, 3, 4]);
  });

  it('names itself as registered, its dtype and its files', async () => {
    const { artifactHash, ...identity } = model.identity;
    expect(identity).toEqual({ name: 'clip', version: '1', provider: 'clip', dimensions: 4, dtype: 'fp32' });
    // Frozen: vectors are stored under it.
    expect(artifactHash).toBe('68e8b8f3101bf848aa6c181a64062964b00f18e70287aa6704cdd404ce89e278');
    cpSync(join(modelFolder, 'tiny-clip'), join(temporary, 'other'), { recursive: true });
    const weights = join(temporary, 'other/onnx/text_model_fp16.onnx');
    cpSync(join(modelFolder, 'tiny-clip/onnx/text_model.onnx'), weights);
    cpSync(join(modelFolder, 'tiny-clip/onnx/vision_model.onnx'), weights.replace('text', 'vision'));
    const other = await openModel(definition({ folder: 'other', dtype: 'fp16' }), { modelFolder: temporary });
    expect(other.identity).toMatchObject({ dtype: 'fp16', dimensions: 4 });
    expect(other.identity.artifactHash).not.toBe(artifactHash);
    await other.close();
  });

  it('reads a text that is far too long, and a long thin picture', async () => {
    const banner = await plain('red').resize(4_000, 10, { fit: 'fill' }).png().toBuffer();
    const [long, thin] = await model.embed([text('red '.repeat(100_000)), { kind: 'image', bytes: banner }], 'query');
    expect(cosine(long!, thin!)).toBeGreaterThan(0.99);
  });

  it('refuses a damaged picture and names it', async () => {
    const damaged: EmbedInput = { kind: 'image', bytes: Buffer.from('\xff\xd8\xff', 'latin1') };
    await expect(model.embed([text('red'), damaged], 'document')).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
      field: 'inputs[1]',
    });
    expect(await model.embed([text('red')], 'query')).toHaveLength(1);
  });

  it('says which files are missing', async () => {
    cpSync(join(modelFolder, 'tiny-clip'), join(temporary, 'half'), { recursive: true });
    for (const file of ['onnx/vision_model.onnx', 'tokenizer.json']) rmSync(join(temporary, 'half', file));
    await expect(openModel(definition({ folder: 'half' }), { modelFolder: temporary })).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'parameters.folder',
      message: expect.stringContaining('lacks tokenizer.json, onnx/vision_model.onnx;'),
    });
  });

  it('says which package is missing', async () => {
    await expect(openClipModel(definition(), { modelFolder }, 'no-such-package')).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'provider',
      message: expect.stringMatching(/"no-such-package".*npm install @huggingface\/transformers/),
    });
  });

  it('says that a file is no model', async () => {
    cpSync(join(modelFolder, 'tiny-clip'), join(temporary, 'broken'), { recursive: true });
    writeFileSync(join(temporary, 'broken/onnx/vision_model.onnx'), 'not a model');
    await expect(openModel(definition({ folder: 'broken' }), { modelFolder: temporary })).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: 'parameters.folder',
      message: expect.stringContaining('cannot be loaded'),
    });
  });

  it('says that a model of the right name is no CLIP model', async () => {
    cpSync(join(modelFolder, 'tiny-clip'), join(temporary, 'twice'), { recursive: true });
    const towers = join(temporary, 'twice/onnx');
    cpSync(join(towers, 'text_model.onnx'), join(towers, 'vision_model.onnx'));
    await expect(openModel(definition({ folder: 'twice' }), { modelFolder: temporary })).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      message: expect.stringContaining('cannot be used'),
    });
  });

  it('reads models below the folder of models alone', async () => {
    symlinkSync(join(modelFolder, 'tiny-clip'), join(temporary, 'link'));
    for (const folder of ['..', '.', '../fixtures/tiny-clip', 'link', 'nowhere', '/etc'])
      await expect(openModel(definition({ folder }), { modelFolder: temporary })).rejects.toMatchObject({
        code: 'MODEL_UNUSABLE',
        field: 'parameters.folder',
      });
    await expect(openModel(definition())).rejects.toMatchObject({ message: expect.stringContaining('no folder of') });
  });

  it.each([
    [{}, 'folder'],
    [{ folder: 3 }, 'folder'],
    [{ folder: 'tiny-clip', dtype: 'int3' }, 'dtype'],
    [{ folder: 'tiny-clip', threads: 0.5 }, 'threads'],
    [{ folder: 'tiny-clip', pooling: 'mean' }, 'pooling'],
  ])('refuses the parameters %j', async (parameters, name) => {
    await expect(openModel(definition(parameters), { modelFolder })).rejects.toMatchObject({
      code: 'MODEL_UNUSABLE',
      field: `parameters.${name}`,
    });
  });

  it('lets other tasks run while it works', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await model.embed(new Array<EmbedInput>(100).fill(text('red')), 'document');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('ends what is under way and takes nothing more when it is closed', async () => {
    const other = await open();
    const waiting = other.embed(new Array<EmbedInput>(500).fill(text('red')), 'document');
    const refused = expect(waiting).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await other.close();
    await refused;
    await expect(other.embed([text('red')], 'query')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
