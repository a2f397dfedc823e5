import type { EmbeddedQuery, ModelTable, QueryEmbedder, QueryInput } from '@kindred/vector-index';
import { describe, expect, it } from 'vitest';
import { CachedEmbedder } from './cached-embedder.ts';

class CountingEmbedder implements QueryEmbedder {
  readonly asked: string[] = [];
  failing = false;

  async embed(_tenant: string, { name, version }: ModelTable, input: QueryInput): Promise<EmbeddedQuery> {
    this.asked.push(input.kind === 'text' ? input.text : input.bytes.toString());
    if (this.failing) throw new Error('away');
    return { model: { name, version }, vector: Float32Array.of(1) };
  }
}

function modelNamed(name: string): ModelTable {
  const identity = { name, version: '1', provider: 'fake', dimensions: 1, dtype: 'float32', artifactHash: name };
  return {
    name,
    version: '1',
    dimensions: 1,
    table: 'vectors_x',
    element: 'vector',
    identity,
    parameters: {},
    takes: [],
  };
}

const embed = (cache: CachedEmbedder, text: string, model = 'm', tenant = 't') =>
  cache.embed(tenant, modelNamed(model), { kind: 'text', text });

describe('the cache of query vectors', () => {
  it('asks once for a text, also when it is wanted twice at once', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    await Promise.all([embed(cache, '무선 마우스'), embed(cache, '무선 마우스')]);
    await embed(cache, '무선 마우스');
    expect(source.asked).toEqual(['무선 마우스']);
  });

  it('keeps models apart', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    expect((await embed(cache, 'x', 'a')).model.name).toBe('a');
    expect((await embed(cache, 'x', 'b')).model.name).toBe('b');
  });

  it('keeps tenants and kinds of input apart', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    await embed(cache, 'x', 'm', 'one');
    await embed(cache, 'x', 'm', 'two');
    const image = () => cache.embed('one', modelNamed('m'), { kind: 'image', bytes: Buffer.from('x') });
    await Promise.all([image(), image()]);
    expect(source.asked).toHaveLength(3);
  });

  it('forgets what was used longest ago', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source, 2);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await embed(cache, text);
    expect(source.asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not remember a failure', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    source.failing = true;
    await expect(embed(cache, 'x')).rejects.toThrow('away');
    source.failing = false;
    await expect(embed(cache, 'x')).resolves.toBeDefined();
  });
});
