import { describe, expect, it } from 'vitest';
import { recommend, recommendationLines } from './recommend.ts';
import { graph, lists, resultOf } from './tune-result.fake.spec.ts';

const shape = { stored: 'halfvec', dimensions: 384 } as const;
const small = resultOf(graph(16, 64), 20, { recall10: 0.9, qps: 900 });
const middle = resultOf(graph(24, 128), 40, { recall10: 0.96, qps: 500 });
const broad = resultOf(graph(24, 128), 160, { recall10: 0.99, qps: 200 });
const bits = resultOf(graph(24, 128, 'bit'), 80, { recall10: 0.97, qps: 800 });
const all = [small, middle, broad];

describe('a recommendation', () => {
  it('is the fastest within the recall, or the best recall within the latency', () => {
    expect(recommend(all, { recall: 0.95 }, shape)).toEqual({ target: { recall: 0.95 }, best: middle, reached: true });
    expect(recommend(all, { recall: 0.5 }, shape)!.best).toBe(small);
    expect(recommend(all, { latencyMs: 2.5 }, shape)!.best).toBe(middle);
  });

  it('takes less memory where the speed is the same', () => {
    const slim = resultOf(graph(8, 64), 20, { recall10: 0.9, qps: 900, memory: 1_000 });
    expect(recommend([small, slim], { recall: 0.9 }, shape)!.best).toBe(slim);
  });

  it('says what comes nearest where nothing reaches the target', () => {
    const missed = recommend(all, { recall: 0.999 }, shape)!;
    expect(missed).toMatchObject({ best: broad, reached: false });
    expect(recommendationLines(missed)[0]).toBe(
      'Nothing reaches a recall@10 of at least 0.999; nearest comes hnsw halfvec m=24 ef_construction=128 ef_search=160 (recall@10 0.990 ± 0.010, p95 5.0 ms, 200 QPS).',
    );
    expect(recommend(all, { latencyMs: 0.1 }, shape)).toMatchObject({ best: small, reached: false });
  });

  it('is something that can be applied, and names what would be better', () => {
    const mixed = recommend(
      [...all, bits, resultOf(lists(30), 4, { recall10: 0.6, qps: 2_000 })],
      { recall: 0.95 },
      shape,
    )!;
    expect(mixed).toMatchObject({ best: middle, overall: bits });
    expect(recommendationLines(mixed)[1]).toContain('hnsw bit m=24 ef_construction=128 ef_search=80');
    expect(recommend([bits], { recall: 0.5 }, shape)).toBeUndefined();
  });
});
