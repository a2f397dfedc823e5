import { KindredError, Scenario as WireScenario } from '@kindred/contracts';
import { type CollectionRow, checkAttribute, diversityOf, invalid, missing, placed } from '@kindred/vector-index';
import {
  type Exclusions,
  type Scenario,
  type SourceName,
  type SourceWeights,
  type StoredScenario,
  sourceNames,
} from './scenario.ts';

const namePattern = /^[a-z0-9_-]{1,64}$/;
const mostQuotas = 8;
const mostCategories = 256;
const mostDays = 36_500;
const mostRandomized = 100;

/** The declared scenario, checked. Throws a KindredError by the path below "scenario". */
export function scenarioOf(wire: WireScenario, collection: CollectionRow): Scenario {
  try {
    return checked(wire, collection);
  } catch (error) {
    throw placed(error, 'scenario');
  }
}

function checked(wire: WireScenario, collection: CollectionRow): Scenario {
  const diversity = diversityOf(wire.diversity);
  if (diversity?.attribute) checkAttribute(diversity.attribute, 'diversity.attribute', collection);
  return {
    name: nameOf(wire.name),
    sources: sourcesOf(wire.sources),
    exclude: exclusionsOf(wire.exclude),
    ...(wire.diversity &&
      diversity && {
        diversity: {
          strength: diversity.strength,
          attribute: diversity.attribute,
          maxPerValue: wire.diversity.maxPerValue,
        },
      }),
    ...freshnessOf(wire.freshness),
    quotas: quotasOf(wire.quotas, collection),
    ...(wire.halfLifeEvents !== undefined && {
      halfLifeEvents: within(wire.halfLifeEvents, 'half_life_events', { above: 0, most: 1e6 }),
    }),
    ...fatigueOf(wire.fatigue),
    ...explorationOf(wire.exploration),
    ...(wire.logged && { logged: true as const }),
    ...randomizeOf(wire.randomize),
  };
}

export function nameOf(name: string): string {
  if (name === '') throw missing('name', 'give the scenario a name, like "home"');
  if (namePattern.test(name)) return name;
  throw invalid('name', `is "${name.slice(0, 80)}"`, 'use 1 to 64 of a-z, 0-9, "-" and "_"');
}

function sourcesOf(sources: WireScenario['sources']): SourceWeights {
  if (sources.length === 0) throw missing('sources', `name at least one of ${sourceNames.join(', ')}`);
  const weights: SourceWeights = {};
  for (const [at, { name, weight }] of sources.entries()) {
    const path = `sources[${at}]`;
    const known = sourceNames.find((one) => one === name);
    if (!known) throw invalid(`${path}.name`, `is "${name.slice(0, 64)}"`, `use ${sourceNames.join(', ')}`);
    if (weights[known] !== undefined) throw invalid(`${path}.name`, `is "${name}" again`, 'name each source once');
    if (!(weight > 0 && weight <= 1_000))
      throw invalid(`${path}.weight`, `is ${weight}`, 'give more than 0, up to 1000');
    weights[known] = weight;
  }
  return weights;
}

function exclusionsOf(exclude: WireScenario['exclude']): Exclusions {
  const { boughtAgainAfterDays: days, blockedCategories = [] } = exclude ?? {};
  if (days !== undefined && !exclude?.bought) {
    throw invalid(
      'exclude.bought_again_after_days',
      'is given without exclude.bought',
      'set exclude.bought, or leave it out',
    );
  }
  if (blockedCategories.length > mostCategories) {
    const is = `has ${blockedCategories.length} entries`;
    throw invalid('exclude.blocked_categories', is, `at most ${mostCategories} are taken`);
  }
  for (const [at, category] of blockedCategories.entries()) {
    if (category !== '' && !category.includes('\u0000')) continue;
    throw invalid(`exclude.blocked_categories[${at}]`, 'is no category', 'give its name, or leave it out');
  }
  return {
    seen: exclude?.seen ?? false,
    bought: exclude?.bought ?? false,
    ...(days !== undefined && {
      boughtAgainAfterDays: within(days, 'exclude.bought_again_after_days', { above: 0, most: mostDays }),
    }),
    owned: exclude?.owned ?? false,
    disliked: exclude?.disliked ?? true,
    blockedCategories,
  };
}

function freshnessOf(freshness: WireScenario['freshness']): Pick<Scenario, 'freshness'> {
  if (!freshness) return {};
  const weight = within(freshness.weight, 'freshness.weight', { above: 0, most: 100 });
  const halfLifeDays = within(freshness.halfLifeDays, 'freshness.half_life_days', { above: 0, most: mostDays });
  return { freshness: { weight, halfLifeDays } };
}

function quotasOf(quotas: WireScenario['quotas'], collection: CollectionRow): Scenario['quotas'] {
  if (quotas.length > mostQuotas)
    throw invalid('quotas', `has ${quotas.length} entries`, `at most ${mostQuotas} are taken`);
  return quotas.map(({ attribute, maxPerValue }, at) => {
    const path = `quotas[${at}]`;
    if (attribute === '') throw missing(`${path}.attribute`, 'name the attribute whose values are counted');
    checkAttribute(attribute, `${path}.attribute`, collection);
    if (maxPerValue < 1) throw invalid(`${path}.max_per_value`, `is ${maxPerValue}`, 'give 1 or more');
    return { attribute, maxPerValue };
  });
}

function fatigueOf(fatigue: WireScenario['fatigue']): Pick<Scenario, 'fatigue'> {
  if (!fatigue) return {};
  const { freeImpressions, factor, windowDays = 30 } = fatigue;
  if (freeImpressions < 0) throw invalid('fatigue.free_impressions', `is ${freeImpressions}`, 'give 0 or more');
  return {
    fatigue: {
      freeImpressions,
      // Of what is kept of a score 0 is what was not given: one impression would drop the best item to the end.
      factor: within(factor, 'fatigue.factor', { above: 0, most: 1 }),
      windowDays: within(windowDays, 'fatigue.window_days', { above: 0, most: mostDays }),
    },
  };
}

function explorationOf(exploration: WireScenario['exploration']): Pick<Scenario, 'exploration'> {
  if (!exploration) return {};
  const { share, maxAgeDays = 14 } = exploration;
  return {
    exploration: {
      share: within(share, 'exploration.share', { above: 0, most: 0.5 }),
      maxAgeDays: within(maxAgeDays, 'exploration.max_age_days', { above: 0, most: mostDays }),
    },
  };
}

function randomizeOf(randomize: WireScenario['randomize']): Pick<Scenario, 'randomize'> {
  if (!randomize) return {};
  const { share, depth = 20 } = randomize;
  if (depth < 2 || depth > mostRandomized)
    throw invalid(
      'randomize.depth',
      `is ${depth}`,
      `give 2 to ${mostRandomized}: what a page and the pages behind it show`,
    );
  return { randomize: { share: within(share, 'randomize.share', { above: 0, most: 1 }), depth } };
}

function within(value: number, path: string, { above, most }: { above: number; most: number }): number {
  if (value > above && value <= most) return value;
  throw invalid(path, `is ${value}`, `give more than ${above}, up to ${most}`);
}

/** As callers see it. */
export function wireScenario(scenario: StoredScenario, collection: string): WireScenario {
  const { sources, builtIn, ...rest } = scenario;
  return WireScenario.fromPartial({
    ...rest,
    collection,
    sources: weightedSources(sources).map(([name, weight]) => ({ name, weight })),
    builtIn,
  });
}

/** `orNone`: the field may be empty too. */
export function noScenario(name: string, field: string, known: readonly string[], orNone = false): KindredError {
  const wayOut = `${orNone ? 'leave it empty or use' : 'use'} ${known.join(', ')}, or declare it with PutScenario`;
  return new KindredError('FIELD_INVALID', field, `There is no scenario "${name.slice(0, 64)}"; ${wayOut}`);
}

/** Weights in the order in which sources are asked. */
export const weightedSources = (sources: SourceWeights): [SourceName, number][] =>
  sourceNames.flatMap((name): [SourceName, number][] => (sources[name] ? [[name, sources[name]]] : []));
