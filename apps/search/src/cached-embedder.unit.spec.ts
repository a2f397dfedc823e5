import type { EmbeddedQuery, QueryEmbedder } from '@kindred/vector-index';
import { describe, expect, it } from 'vitest';
import { CachedEmbedder } from './cached-embedder.ts';

class CountingEmbedder implements QueryEmbedder {
  readonly asked: string[] = [];
  failing = false;

  async embed(name: string, text: string): Promise<EmbeddedQuery> {
    this.asked.push(text);
    if (this.failing) throw new Error('away');
    return { model: { name, version: '1' }, vector: Float32Array.of(text.length) };
  }
}

describe('the cache of query vectors', () => {
  it('asks once for a text, also when it is wanted twice at once', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    await Promise.all([cache.embed('', '무선 마우스'), cache.embed('', '무선 마우스')]);
    await cache.embed('', '무선 마우스');
    expect(source.asked).toEqual(['무선 마우스']);
  });

  it('keeps models apart', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    expect((await cache.embed('a', 'x')).model.name).toBe('a');
    expect((await cache.embed('b', 'x')).model.name).toBe('b');
  });

  it('forgets what was used longest ago', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source, 2);
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.embed('', text);
    expect(source.asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('does not remember a failure', async () => {
    const source = new CountingEmbedder();
    const cache = new CachedEmbedder(source);
    source.failing = true;
    await expect(cache.embed('', 'x')).rejects.toThrow('away');
    source.failing = false;
    await expect(cache.embed('', 'x')).resolves.toBeDefined();
  });
});
