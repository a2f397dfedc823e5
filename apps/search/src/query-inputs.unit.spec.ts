import type { ModelTable } from '@kindred/vector-index';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { queryInputs } from './query-inputs.ts';

const tableOf = (provider: string, parameters: Record<string, unknown> = {}): ModelTable => {
  const identity = { name: 'm', version: '1', provider, dimensions: 423, dtype: 'float32', artifactHash: 'a' };
  return { ...identity, table: 'vectors_m', element: 'vector', identity, parameters, takes: ['image'] };
};
const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();

describe('inputs of a query', () => {
  it('are the text alone', async () => {
    const input = { kind: 'text', text: '무선 마우스' } as const;
    expect(await queryInputs(tableOf('built-in'), input)).toEqual([input]);
  });

  it.each([
    ['image', {}, 6],
    ['image', { purpose: 'duplicates' }, 6],
    ['image', { purpose: 'similar' }, 2],
    ['clip', {}, 1],
  ])('are views of the picture too where the model %s %j has use for them', async (provider, parameters, count) => {
    const inputs = await queryInputs(tableOf(provider, parameters), { kind: 'image', bytes });
    expect(inputs).toHaveLength(count);
    expect(inputs[0]).toEqual({ kind: 'image', bytes });
    expect(inputs.every(({ kind }) => kind === 'image')).toBe(true);
  });
});
