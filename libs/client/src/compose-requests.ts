import type { Boost, Decay, Prefetch, QueryRequest } from '@kindred/contracts';
import type { BoostInput, ComposeInput, DecayInput, PrefetchInput } from './compose-inputs.ts';
import type { Draft } from './draft.ts';
import { filterOf } from './filter-input.ts';
import { decayCurves } from './names.ts';
import { searchOf, subjectOf } from './subject-of.ts';

/** What of a query makes it a composed one. */
export function composedOf(input: ComposeInput): Draft<QueryRequest> {
  const { mix, collections, prefetch, rerank, groupBy, boosts } = input;
  return {
    mix: mix && { parts: mix.map((part) => ({ by: subjectOf(part), weight: part.weight })) },
    collections,
    prefetch: prefetch?.map((stage, at) => prefetchOf(stage, `prefetch[${at}]`)),
    rerank,
    groupBy,
    boosts: boosts?.map(boostOf),
  };
}

function prefetchOf(input: PrefetchInput, path: string): Draft<Prefetch> {
  return {
    by: subjectOf(input),
    filter: filterOf(input.filter, `${path}.filter`),
    limit: input.limit,
    weight: input.weight,
    ...searchOf(input, `${path}.`),
    prefetch: input.prefetch?.map((stage, at) => prefetchOf(stage, `${path}.prefetch[${at}]`)),
  };
}

export function boostOf(input: BoostInput, at: number): Draft<Boost> {
  const { weight } = input;
  if ('filter' in input)
    return { weight, value: { $case: 'filter', value: filterOf(input.filter, `boosts[${at}].filter`)! } };
  if ('decay' in input)
    return { weight, value: { $case: 'decay', value: decayOf(input.decay, `boosts[${at}].decay`) } };
  if ('field' in input) {
    const { field, pivot, missing } = input;
    return { weight, value: { $case: 'field', value: { field, pivot, missing } } };
  }
  return { weight, value: { $case: 'popularity', value: {} } };
}

function decayOf({ origin, curve, ...rest }: DecayInput, path: string): Draft<Decay> {
  return { ...rest, origin: originOf(origin), curve: decayCurves.number(curve, `${path}.curve`) };
}

function originOf(origin: DecayInput['origin']): number | string | undefined {
  if (origin instanceof Date) return origin.toISOString();
  return typeof origin === 'object' ? `${origin.latitude},${origin.longitude}` : origin;
}
