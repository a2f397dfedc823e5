import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { EmbedInput } from '../embedding-model.ts';
import { cosine, describeModel } from '../model-contract.fake.spec.ts';
import { openModel } from '../open-model.ts';
import { imageViews } from './image-views.ts';
import { blots, plain } from './pictures.fake.spec.ts';

const definition = (parameters: Record<string, unknown> = {}) => ({
  name: 'photos',
  version: '3',
  provider: 'image',
  parameters,
});
const picture = (bytes: Uint8Array): EmbedInput => ({ kind: 'image', bytes });
const jpeg = async (seed: number) => picture(await blots(seed).jpeg({ quality: 95 }).toBuffer());
const pictures = [
  await jpeg(1),
  await jpeg(2),
  await jpeg(3),
  picture(await plain('#ffffff').png().toBuffer()),
] as const;
const cut = (await blots(1).png().toBuffer()).subarray(0, 2_000);
const duplicates = await openModel(definition());
const similar = await openModel(definition({ purpose: 'similar' }));
const vectorOf = async (bytes: Uint8Array, model = duplicates) => (await model.embed([picture(bytes)], 'document'))[0]!;
const similarity = async (left: Uint8Array, right: Uint8Array, model = duplicates) =>
  cosine(await vectorOf(left, model), await vectorOf(right, model));

describeModel('the built-in image model', () => openModel(definition()), pictures);
describeModel('the built-in image model with color', () => openModel(definition({ purpose: 'similar' })), pictures);

/** A PNG whose header promises what nobody should allocate; its data is short. */
function bomb(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([size, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const data = deflateSync(Buffer.alloc(1_000));
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('built-in image model', () => {
  it('names itself as it was registered, and tells its two purposes apart', () => {
    expect(duplicates.identity).toMatchObject({ name: 'photos', version: '3', provider: 'image', dimensions: 423 });
    expect(similar.identity).toMatchObject({ dimensions: 487 });
    expect(similar.identity.artifactHash).not.toBe(duplicates.identity.artifactHash);
  });

  it('finds a copy that was encoded, resized, made brighter or cropped', async () => {
    const original = await blots(7).png().toBuffer();
    const other = await similarity(original, await blots(8).png().toBuffer());
    const copies = [
      blots(7).jpeg({ quality: 30 }),
      blots(7).resize(100, 75).webp(),
      blots(7).modulate({ brightness: 1.2 }).png(),
      blots(7).extract({ left: 20, top: 15, width: 280, height: 210 }).jpeg(),
    ];
    for (const copy of copies) expect(await similarity(original, await copy.toBuffer())).toBeGreaterThan(other + 0.3);
  });

  it('finds a flipped copy by the mirrored query, which has exactly the pixels of the flipped picture', async () => {
    const original = await blots(5).png().toBuffer();
    const flipped = await blots(5).flop().png().toBuffer();
    expect(await similarity(original, flipped)).toBeLessThan(0.9);
    const [mirrored] = await imageViews(flipped);
    expect(cosine(await vectorOf(mirrored!), await vectorOf(original))).toBeGreaterThan(0.999);
  });

  it.each([
    [0, 0],
    [64, 0],
    [0, 48],
    [64, 48],
  ])('finds the original of a crop from a corner by a view of it, at %i, %i', async (left, top) => {
    const original = await blots(9).png().toBuffer();
    const crop = await blots(9).extract({ left, top, width: 256, height: 192 }).jpeg().toBuffer();
    const views = [crop, ...(await imageViews(crop))];
    const scores = await Promise.all(views.map((view) => similarity(original, view)));
    expect(scores).toHaveLength(6);
    // Views after the mirror image lay the crop into the corner it came from, row by row.
    expect(scores.indexOf(Math.max(...scores))).toBe(2 + (top > 0 ? 2 : 0) + (left > 0 ? 1 : 0));
    expect(Math.max(...scores)).toBeGreaterThan(scores[0]! + 0.1);
  });

  it('turns a picture upright before it looks', async () => {
    const upright = await blots(4).png().toBuffer();
    const lying = await blots(4).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    expect(await similarity(upright, lying)).toBeGreaterThan(0.98);
  });

  it('sees transparent pixels as white', async () => {
    const clear = await plain('white').ensureAlpha(0).png().toBuffer();
    expect(await similarity(clear, await plain('white').png().toBuffer(), similar)).toBeCloseTo(1, 5);
  });

  it('tells colors apart where color counts, and not where copies are looked for', async () => {
    const [red, blue] = [await plain('red').png().toBuffer(), await plain('blue').png().toBuffer()];
    expect(await similarity(red, blue)).toBeCloseTo(1, 3);
    expect(await similarity(red, blue, similar)).toBeLessThan(0.5);
  });

  it.each(['png', 'webp', 'gif', 'tiff', 'avif'] as const)('reads %s', async (format) => {
    const encoded = await blots(6).toFormat(format).toBuffer();
    expect(await similarity(encoded, await blots(6).png().toBuffer())).toBeGreaterThan(0.95);
  });

  it('refuses a picture of 200 megapixels by its header, without decoding it', async () => {
    await expect(duplicates.embed([pictures[0], picture(bomb(20_000, 10_000))], 'document')).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
      field: 'inputs[1]',
      message: expect.stringContaining('20000 x 10000 pixels, more than 50000000'),
    });
  });

  it('refuses what is larger than its own limit', async () => {
    const small = await openModel(definition({ maxPixels: 320 * 240 - 1 }));
    await expect(small.embed([pictures[0]], 'query')).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' });
    expect(small.identity).toEqual(duplicates.identity);
  });

  it.each([
    ['nothing', new Uint8Array(), 'is empty'],
    ['text', Buffer.from('빨간 구두'), 'not an image of a known type'],
    ['an SVG, which could draw anything', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'send one of JPEG'],
    ['a header alone', Buffer.from('\xff\xd8\xff\xe0', 'latin1'), 'damaged'],
    ['a picture that ends early', cut, 'damaged'],
    ['a bomb that lies about its data', bomb(4_000, 4_000), 'damaged'],
  ])('refuses %s and names the input', async (_name, bytes, message) => {
    await expect(duplicates.embed([picture(bytes)], 'document')).rejects.toMatchObject({
      code: 'MEDIA_UNREADABLE',
      field: 'inputs[0]',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [{ purpose: 'faces' }, 'parameters.purpose'],
    [{ purpose: 'constructor' }, 'parameters.purpose'],
    [{ maxPixels: 0 }, 'parameters.maxPixels'],
    [{ colour: 1 }, 'parameters.colour'],
  ])('refuses the parameters %j', async (parameters, field) => {
    await expect(openModel(definition(parameters))).rejects.toMatchObject({ code: 'MODEL_UNUSABLE', field });
  });

  it('lets other tasks run during a long batch', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await duplicates.embed(new Array<EmbedInput>(40).fill(pictures[0]), 'document');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
