import { noExclusions, type Scenario, usualExclusions } from './scenario.ts';

/** Answers where a request names none. Weights measured on ml-latest-small, see docs/adr/0017. */
export const defaultScenario: Scenario = {
  name: 'default',
  sources: { collaborative: 0.4, factors: 0.5, next: 0.1, content: 0.15, popular: 0.06 },
  exclude: usualExclusions,
  quotas: [],
};

/** What every collection has until it declares one of the name. */
export const builtInScenarios: readonly Scenario[] = [
  defaultScenario,
  {
    name: 'home',
    sources: { collaborative: 0.55, content: 0.2, popular: 0.1, trending: 0.15 },
    exclude: usualExclusions,
    diversity: { strength: 0.1, attribute: '' },
    quotas: [],
    fatigue: { freeImpressions: 5, factor: 0.8, windowDays: 14 },
    exploration: { share: 0.1, maxAgeDays: 14 },
  },
  {
    name: 'product-page',
    sources: { collaborative: 0.4, viewed_together: 0.3, content: 0.3 },
    exclude: { ...noExclusions, disliked: true },
    quotas: [],
  },
  {
    name: 'cart',
    sources: { bought_together: 0.6, collaborative: 0.3, popular: 0.1 },
    // A cart is where consumables are bought again.
    exclude: { ...usualExclusions, owned: false, boughtAgainAfterDays: 30 },
    quotas: [],
  },
  {
    name: 'email',
    sources: { collaborative: 0.6, content: 0.25, trending: 0.15 },
    exclude: { ...usualExclusions, seen: true },
    diversity: { strength: 0.2, attribute: 'categories', maxPerValue: 3 },
    freshness: { weight: 0.2, halfLifeDays: 14 },
    quotas: [],
    fatigue: { freeImpressions: 1, factor: 0.5, windowDays: 30 },
  },
];
