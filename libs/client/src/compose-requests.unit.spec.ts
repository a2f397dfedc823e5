import { DecayCurve, FusionMethod, QueryRequest, SearchMode } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import type { QueryInput } from './inputs.ts';
import { queryOf } from './requests.ts';

const wire = (input: Omit<QueryInput, 'collection'>) =>
  QueryRequest.decode(
    QueryRequest.encode(QueryRequest.fromPartial(queryOf({ collection: 'shop', ...input }) as never)).finish(),
  );

describe('composed queries', () => {
  it('become a mix of parts with their weights', () => {
    const { mix, by } = wire({ mix: [{ text: '무선 마우스' }, { itemIds: [7], weight: -0.5 }, { vector: [1, 0] }] });
    expect(by).toBeUndefined();
    expect(mix!.parts.map(({ by: what, weight }) => [what!.$case, weight])).toEqual([
      ['text', undefined],
      ['itemIds', -0.5],
      ['vector', undefined],
    ]);
  });

  it('become nested stages', () => {
    const inner = { text: 'mouse', mode: 'lexical' as const, filter: 'price < 30', limit: 300 };
    const { prefetch, fusion } = wire({
      prefetch: [{ userId: 5, exact: true, weight: 2, prefetch: [inner] }],
      fusion: { method: 'rrf', rrfK: 20 },
    });
    expect(fusion).toMatchObject({ method: FusionMethod.FUSION_METHOD_RRF, rrfK: 20 });
    expect(prefetch[0]).toMatchObject({ by: { value: '5' }, weight: 2, params: { exact: true } });
    const [first] = prefetch[0]!.prefetch;
    expect(first).toMatchObject({ limit: 300, mode: SearchMode.SEARCH_MODE_LEXICAL });
    expect(first!.filter!.must).toHaveLength(1);
  });

  it('carry boosts of every kind', () => {
    const { boosts } = wire({
      text: 'mouse',
      boosts: [
        { weight: 2, filter: 'brand = LG' },
        { weight: 1, field: 'rating', pivot: 3, missing: 0.2 },
        { weight: -1, popularity: true },
        { weight: 1, decay: { field: 'released', origin: new Date(0), scale: 60, curve: 'gaussian' } },
        { weight: 1, decay: { field: 'place', origin: { latitude: 37.5, longitude: 127 }, scale: 1_000 } },
        { weight: 1, decay: { field: 'released', scale: 60 } },
      ],
    });
    expect(boosts.map(({ weight }) => weight)).toEqual([2, 1, -1, 1, 1, 1]);
    expect(boosts.map(({ value }) => value!.$case)).toEqual([
      'filter',
      'field',
      'popularity',
      'decay',
      'decay',
      'decay',
    ]);
    const decays = boosts.flatMap(({ value }) => (value?.$case === 'decay' ? [value.value] : []));
    expect(decays.map(({ origin }) => origin)).toEqual(['1970-01-01T00:00:00.000Z', '37.5,127', undefined]);
    expect(decays[0]).toMatchObject({ curve: DecayCurve.DECAY_CURVE_GAUSSIAN, offset: 0 });
  });

  it('carry collections, groups, a reranker and diversity', () => {
    const groupBy = { field: 'brand', size: 2 };
    const diversity = { strength: 0.3 };
    const request = wire({ text: 'mouse', collections: ['outlet'], groupBy, rerank: { model: 'near' }, diversity });
    expect(request).toMatchObject({ collections: ['outlet'], groupBy, rerank: { model: 'near', text: '' }, diversity });
  });

  it('refuse two things to look for, and an unknown curve', () => {
    expect(() => wire({ text: 'a', userId: 1 })).toThrow('text and userId. Use mix');
    const decay = { field: 'price', scale: 1, origin: 1, curve: 'round' as never };
    expect(() => wire({ text: 'a', boosts: [{ weight: 1, decay }] })).toThrow('boosts[0].decay.curve');
  });
});
