import { describe, expect, it } from 'vitest';
import { createIndexSql, searchSql } from './index-sql.ts';
import { gridOf } from './tune-grid.ts';
import { graph, lists } from './tune-result.fake.spec.ts';

const shape = { dimensions: 384, stored: 'halfvec' } as const;

describe('the grid', () => {
  it('builds five indexes, or many, of what the vectors allow', () => {
    const small = gridOf('small', 10_000, shape);
    expect(small.map(({ variant }) => variant)).toEqual([
      graph(16, 64),
      graph(24, 128),
      graph(32, 256),
      graph(24, 128, 'bit'),
      lists(100),
    ]);
    const full = gridOf('full', 10_000, shape);
    expect(full.length).toBeGreaterThan(15);
    for (const { variant } of full) {
      if (variant.method === 'hnsw') expect(variant.efConstruction).toBeGreaterThanOrEqual(2 * variant.m);
    }
    const large = gridOf('small', 10_000, { dimensions: 3_000, stored: 'vector' });
    expect(large.map(({ variant }) => variant.element)).toEqual(['bit']);
  });

  it('probes no more lists than there are', () => {
    expect(gridOf('small', 30, shape).at(-1)).toEqual({ variant: lists(5), breadths: [1, 2, 4] });
  });
});

describe('the statements of an index', () => {
  it('index the vectors as they are, or their signs, which are looked at again in full', () => {
    expect(createIndexSql(graph(16, 64), shape)).toBe(
      'create index tuned on kindred_tune.vectors using hnsw ((embedding) halfvec_ip_ops) with (m = 16, ef_construction = 64)',
    );
    expect(createIndexSql(graph(16, 64, 'bit'), shape)).toContain(
      '((binary_quantize(embedding)::bit(384)) bit_hamming_ops)',
    );
    const bits = searchSql(graph(16, 64, 'bit'), shape, 10, 80);
    expect(bits).toMatch(/<~> .* limit 80\) c order by distance limit 10$/);
    expect(searchSql(graph(16, 64, 'vector'), shape, 10, 80)).toContain('order by embedding::vector(384) <#> ');
  });
});
