import type {
  NextInSessionRequest,
  PersonalizeRequest,
  RecommendRequest,
  SimilarRequest,
  TrendingRequest,
} from '@kindred/contracts';
import { boostOf } from './compose-requests.ts';
import type { Draft } from './draft.ts';
import { similarBys } from './names.ts';
import type { NextInput, PersonalizeInput, RecommendInput, SimilarInput, TrendingInput } from './recommend-inputs.ts';
import { idOf, pageOf } from './requests.ts';

export function recommendOf(input: RecommendInput): Draft<RecommendRequest> {
  const { scenario, region } = input;
  return { ...listOf(input), ...whoseOf(input), scenario, picks: input.picks?.map(String), region };
}

export function similarOf(input: SimilarInput): Draft<SimilarRequest> {
  const ids = [...(input.itemId === undefined ? [] : [input.itemId]), ...(input.itemIds ?? [])];
  const { userId, sessionId } = whoseOf(input);
  const by = similarBys.number(input.by, 'by');
  return { ...listOf(input), itemIds: ids.map(String), by, scenario: input.scenario, userId, sessionId };
}

export function personalizeOf(input: PersonalizeInput): Draft<PersonalizeRequest> {
  return { ...listOf(input), ...whoseOf(input), itemIds: input.itemIds.map(String), scenario: input.scenario };
}

export function trendingOf(input: TrendingInput): Draft<TrendingRequest> {
  const { category, region, windowSeconds } = input;
  return {
    ...listOf(input),
    category,
    region,
    window: windowSeconds === undefined ? undefined : durationOf(windowSeconds),
  };
}

export function nextOf(input: NextInput): Draft<NextInSessionRequest> {
  const { userId, sessionId } = whoseOf(input);
  return { ...listOf(input), userId, sessionId, itemIds: input.itemIds?.map(String), scenario: input.scenario };
}

function listOf(input: RecommendInput | SimilarInput | PersonalizeInput | TrendingInput | NextInput) {
  const { groupBy, language } = input;
  return { ...pageOf(input), boosts: input.boosts?.map(boostOf), groupBy, language };
}

function whoseOf(input: Pick<RecommendInput, 'userId' | 'userIds' | 'sessionId'>) {
  return { userId: idOf(input.userId), userIds: input.userIds?.map(String), sessionId: input.sessionId };
}

function durationOf(seconds: number): { seconds: bigint; nanos: number } {
  const whole = Math.floor(seconds);
  if (!Number.isFinite(seconds)) throw new TypeError(`windowSeconds is ${seconds}; it must be a number`);
  return { seconds: BigInt(whole), nanos: Math.round((seconds - whole) * 1e9) };
}
