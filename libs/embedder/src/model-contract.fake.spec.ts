// What every provider must do, whatever it embeds. A provider's own spec calls `describeModel` and adds what is its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingModel, EmbedInput, EmbedPurpose } from './embedding-model.ts';

const purposes: EmbedPurpose[] = ['document', 'query'];
const everyKind: EmbedInput[] = [
  { kind: 'text', text: '빨간 구두' },
  { kind: 'image', bytes: new Uint8Array([1, 2, 3]) },
  { kind: 'sound', bytes: new Uint8Array([1, 2, 3]) },
];

/** Cosine of two vectors of length 1. */
export function cosine(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, at) => sum + value * right[at]!, 0);
}

/**
 * Describes a model that `open` opens anew each time. `inputs`: at least three that can be embedded, all different.
 * Batches may round another way than single inputs do, so vectors are equal within 1e-5 of the cosine.
 */
export function describeModel(
  name: string,
  open: () => Promise<EmbeddingModel>,
  inputs: readonly [EmbedInput, EmbedInput, EmbedInput, ...EmbedInput[]],
): void {
  describe(`${name} keeps the contract of a model: it`, () => {
    let model: EmbeddingModel;
    const one = async (input: EmbedInput, purpose: EmbedPurpose) => (await model.embed([input], purpose))[0]!;
    beforeAll(async () => {
      model = await open();
    });
    afterAll(() => model.close());

    it.each(purposes)('gives one vector of length 1 per input, as a %s', async (purpose) => {
      const vectors = await model.embed(inputs, purpose);
      expect(vectors).toHaveLength(inputs.length);
      for (const vector of vectors) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(model.identity.dimensions);
        expect(Math.abs(cosine(vector, vector) - 1)).toBeLessThan(1e-4);
      }
    });

    it('gives nothing for nothing', async () => {
      expect(await model.embed([], 'document')).toEqual([]);
    });

    it.each(purposes)('gives an input the same vector alone, in a batch and in any order, as a %s', async (purpose) => {
      const together = await model.embed(inputs, purpose);
      const reversed = (await model.embed([...inputs].reverse(), purpose)).reverse();
      for (const [at, input] of inputs.entries()) {
        expect(cosine(await one(input, purpose), together[at]!)).toBeGreaterThan(1 - 1e-5);
        expect(cosine(reversed[at]!, together[at]!)).toBeGreaterThan(1 - 1e-5);
      }
    });

    it('gives other inputs other vectors', async () => {
      const [first, second, third] = await model.embed(inputs, 'document');
      for (const [left, right] of [[first!, second!] as const, [second!, third!] as const, [first!, third!] as const])
        expect(cosine(left, right)).toBeLessThan(1 - 1e-4);
    });

    it('keeps calls apart that run at the same time', async () => {
      const apart = await Promise.all(inputs.map((input) => one(input, 'document')));
      const together = await model.embed(inputs, 'document');
      for (const [at, vector] of apart.entries()) expect(cosine(vector, together[at]!)).toBeGreaterThan(1 - 1e-5);
    });

    it('refuses a kind of input that it does not take, and says which input', async () => {
      for (const refused of everyKind.filter(({ kind }) => !model.takes.includes(kind))) {
        await expect(model.embed([inputs[0], refused], 'document')).rejects.toMatchObject({
          code: 'INPUT_KIND_NOT_TAKEN',
          field: 'inputs[1]',
          message: expect.stringContaining(refused.kind),
        });
      }
    });

    it('takes every kind of input that the test gives it, and no less than it says', () => {
      expect(new Set(inputs.map(({ kind }) => kind))).toEqual(new Set(model.takes));
    });

    it('does nothing for a call that is aborted before it begins', async () => {
      const reason = new Error('the caller left');
      await expect(model.embed(inputs, 'query', AbortSignal.abort(reason))).rejects.toThrow('the caller left');
      expect(await model.embed(inputs, 'query')).toHaveLength(inputs.length);
    });

    it('names itself in full, and the same way each time it is opened', async () => {
      const again = await open();
      expect(again.identity).toEqual(model.identity);
      await again.close();
      const { name, version, provider, dimensions, dtype, artifactHash } = model.identity;
      for (const part of [name, version, provider, dtype]) expect(part).toMatch(/\S/);
      expect(artifactHash).toMatch(/^[0-9a-f]{64}$/);
      expect(dimensions).toBeGreaterThan(0);
      expect(Number.isInteger(dimensions)).toBe(true);
    });

    it('can be closed twice', async () => {
      const other = await open();
      await other.close();
      await other.close();
    });
  });
}
