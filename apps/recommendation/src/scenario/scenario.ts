/** Where candidates come from. The last two are of everybody; the others of a person, or of items. */
export const sourceNames = [
  'collaborative',
  'factors',
  'content',
  'viewed_together',
  'bought_together',
  'next',
  'popular',
  'trending',
] as const;
export type SourceName = (typeof sourceNames)[number];
export const isGeneral = (name: SourceName): boolean => name === 'popular' || name === 'trending';

/** Weights by source: share of the source's best score in the score of an item. A source without one is left out. */
export type SourceWeights = Partial<Record<SourceName, number>>;

export interface Exclusions {
  seen: boolean;
  bought: boolean;
  /** What was bought may come again after so many days; absent: never. */
  boughtAgainAfterDays?: number;
  /** Liked, rated or watched. */
  owned: boolean;
  disliked: boolean;
  blockedCategories: string[];
}

/** What a place of a shop recommends by, as it is stored. Ranges: recommendation.proto. */
export interface Scenario {
  name: string;
  sources: SourceWeights;
  exclude: Exclusions;
  diversity?: { strength: number; attribute: string; maxPerValue?: number };
  freshness?: { weight: number; halfLifeDays: number };
  quotas: { attribute: string; maxPerValue: number }[];
  halfLifeEvents?: number;
  fatigue?: { freeImpressions: number; factor: number; windowDays: number };
  exploration?: { share: number; maxAgeDays: number };
  /** Its answers are noted without an experiment too. */
  logged?: true;
  /** Of the answers, so many begin with the best in random order; all of them are noted. */
  randomize?: { share: number; depth: number };
}

export interface StoredScenario extends Scenario {
  builtIn: boolean;
  updatedAt?: Date;
}

/** What decides an answer: not when that was declared, nor whether it is noted. */
export function decidingPartOf(scenario: Scenario & Partial<StoredScenario>): Scenario {
  const { updatedAt: _, builtIn: __, logged: ___, ...rules } = scenario;
  return rules;
}

export const noExclusions: Exclusions = {
  seen: false,
  bought: false,
  owned: false,
  disliked: false,
  blockedCategories: [],
};

/** Nothing that the person has, or does not want. */
export const usualExclusions: Exclusions = { ...noExclusions, bought: true, owned: true, disliked: true };
