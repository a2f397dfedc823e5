import { readConfig, rerankEnv } from '@kindred/runtime';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rerankersOf } from './rerankers-of.ts';

const read = (RERANKERS?: unknown) =>
  rerankersOf(readConfig(z.object(rerankEnv), { RERANKERS: RERANKERS as string | undefined }), {});

describe('the rerankers of the environment', () => {
  it('are none by default', async () => {
    await expect(read().get('')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('are there by their names', async () => {
    const far = { provider: 'http', parameters: { url: 'http://localhost:1/rerank', style: 'tei' } };
    expect((await read(JSON.stringify({ far })).get('far')).name).toBe('far');
  });

  it.each([
    ['[', 'RERANKERS: is not valid JSON; write it like'],
    ['{"far": {}}', 'RERANKERS.far.provider: must be http or onnx'],
    [
      '{"far": {"provider": "magic"}}',
      'RERANKERS: The reranker "far" has no provider "magic"; choose one of http, onnx',
    ],
    ['{"far": {"provider": "onnx"}}', 'RERANKERS: parameters.folder of the model "far"'],
    ['{"far": {"provider": "http", "parameters": {"url": "here"}}}', 'RERANKERS: parameters.url of the model "far"'],
  ])('stop the process where they are wrong: %s', (value, message) => {
    expect(() => read(value)).toThrow(message);
  });
});
