import { type Filter, limits } from '@kindred/contracts';
import { type RankDecay, rankWeight } from '@kindred/ranking';
import { bothFilters, type Matching } from '@kindred/vector-index';
import { excludedIds } from '../history/excluded.ts';
import type { Histories, Known } from '../history/histories.ts';
import type { History, HistoryQuery } from '../history/history.store.ts';
import { refusedBit } from '../history/judged-items.ts';
import { givenSeeds, newestFirst, type Seed, seedsOf } from '../history/seeds.ts';
import type { SourceName, SourceWeights } from '../scenario/scenario.ts';
import type { Settings } from '../settings.ts';
import type { ListKind } from '../tables/table.store.ts';
import type { Tables } from '../tables/tables.ts';
import { defaultWindowSeconds, type Trends } from '../trends/trends.ts';
import { addUp } from './add-up.ts';
import type { AnswerPlan } from './answer-plan.ts';
import type { ContentSource } from './content-source.ts';
import { findByFactors } from './factor-source.ts';
import { Pool } from './pool.ts';
import type { Asked, Recipe } from './recipe.ts';

/** All that is known before any item is looked up. */
export interface Gathered {
  history: History;
  seeds: Seed[];
  pool: Pool;
  excluded: ReadonlySet<string>;
  /** The caller's filter, and what is blocked. */
  filter: Filter | undefined;
  /** What the caller's filter leaves; absent where that was not asked. */
  matching?: Matching;
  /** Region whose trends counted. */
  region: string;
  /** Absent: the content source was not asked. */
  hasTaste?: boolean;
}

/** A history that was held in memory. */
export interface Expected {
  query: HistoryQuery;
  history: Known;
}

const kindOf = {
  collaborative: 'taste',
  viewed_together: 'viewed',
  bought_together: 'bought',
  next: 'next',
} as const satisfies Partial<Record<SourceName, ListKind>>;
type ListName = keyof typeof kindOf;
/** Events of a session that tell what comes next. */
const sessionEvents = 20;
/** How soon is past what tells of the next, where the scenario does not say; of a person's whole history a share lasts. */
const nextDecay: RankDecay = { halfLife: 3, lasting: 0.35 };
/** Who is new is given what is popular where they live, over a month; it counts more than what is popular everywhere. */
export const regionalWeight = 2;
const regionalWindowSeconds = 30 * 86_400;
/** Why a half: docs/adr/0015. */
const lastingShare = 0.5;
/** Items that stand for a taste. */
const tasteSeeds = 20;
/** Candidates by content, at least: shares of the best do not depend on the page. */
const leastNear = 100;

/** Asks the sources of a recipe: one statement for what people did, the rest from memory; content by a second one. */
export class Gatherer {
  constructor(
    private readonly histories: Histories,
    private readonly tables: Tables,
    private readonly trends: Trends,
    private readonly content: ContentSource,
    private readonly settings: Settings,
  ) {}

  /** What the people did, most likely: whoever answers by it has its stamp checked. Undefined: it must be read. */
  expected(asked: Asked, recipe: Recipe): Expected | undefined {
    if (recipe.from !== 'history') return undefined;
    const query = this.queryOf(asked, recipe);
    const history = this.histories.expected(query);
    return history && { query, history };
  }

  confirm({ query }: Expected): void {
    this.histories.confirm(query);
  }

  /** `inspect` sees the history before anything is made of it, and may throw. Without one that is expected it is read. */
  async gather(
    asked: Asked,
    recipe: Recipe,
    plan: AnswerPlan,
    inspect: (history: History) => void,
    expected?: Expected,
  ): Promise<Gathered> {
    const query = expected?.query ?? this.queryOf(asked, recipe);
    const history = expected?.history ?? (await this.histories.read(query, asked.signal));
    plan.step('history');
    inspect(history);
    const gathered = await this.gathered(asked, recipe, plan, history);
    // Who is given content too is asked of the database anyway, and dearly: it must not be in vain.
    if (!expected) this.histories.keep(query, gathered.hasTaste === undefined ? history : undefined);
    return gathered;
  }

  private async gathered(asked: Asked, recipe: Recipe, plan: AnswerPlan, history: History): Promise<Gathered> {
    const seeds = this.seedsOf(recipe, history);
    const excluded = this.excludedOf(recipe, history);
    const gathered: Gathered = {
      history,
      seeds,
      pool: new Pool(this.tables.numbers(asked.collection), excluded, fatigueOf(recipe, history)),
      excluded,
      filter: bothFilters(asked.request.filter, blockedFilter(recipe, history)),
      region: recipe.region || history.region,
      ...(asked.matching && { matching: await this.matchingOf(asked.matching, plan) }),
    };
    await this.askSources(asked, recipe, gathered, plan);
    return gathered;
  }

  private queryOf({ collection }: Asked, { person, scenario, from, itemIds }: Recipe): HistoryQuery {
    return {
      collection,
      person,
      itemIds: from === 'items' ? itemIds : [],
      impressionDays: scenario.fatigue?.windowDays,
      withFactors: scenario.sources.factors !== undefined,
      settings: this.settings,
    };
  }

  private async matchingOf(reading: Promise<Matching>, plan: AnswerPlan): Promise<Matching> {
    const matching = await reading;
    const took = plan.step('filter');
    const settings = { selectivity: matching.share.toPrecision(2) };
    if (matching.ids) plan.leg('filter', 'filter_index', matching.ids.length, took, settings);
    return matching;
  }

  private seedsOf(recipe: Recipe, history: History, source?: SourceName): Seed[] {
    const { from, itemIds } = recipe;
    if (from === 'items') return givenSeeds(itemIds, 'seed');
    const decay = this.decayOf(recipe, source);
    const own = seedsOf(history, decay, this.settings.signals);
    if (from === 'history') return own.length === 0 ? givenSeeds(itemIds, 'pick') : own;
    const given = givenSeeds(itemIds.toReversed(), 'seed');
    const last = [...given, ...own.filter(({ itemId }) => !itemIds.includes(itemId))].slice(0, sessionEvents);
    return last.map((seed, at) => ({ ...seed, weight: rankWeight(at, decay) }));
  }

  /** Who asks for what comes next says how soon the past is past; else half of what an item says lasts. */
  private decayOf({ from, scenario: { halfLifeEvents } }: Recipe, source?: SourceName): RankDecay {
    if (halfLifeEvents !== undefined) return { halfLife: halfLifeEvents };
    if (from === 'session') return { halfLife: nextDecay.halfLife };
    return source === 'next' ? nextDecay : { halfLife: this.settings.halfLifeEvents, lasting: lastingShare };
  }

  private excludedOf({ from, itemIds, scenario, among }: Recipe, { items }: History): ReadonlySet<string> {
    const excluded = excludedIds(items, scenario.exclude, Date.now() / 1_000);
    // The given items are where an answer starts, never where it ends.
    if (among === undefined) for (const id of itemIds) excluded.add(id);
    if (from !== 'session') return excluded;
    for (const { item_id: id } of newestFirst(items).slice(0, sessionEvents)) excluded.add(id);
    return excluded;
  }

  private async askSources(asked: Asked, recipe: Recipe, gathered: Gathered, plan: AnswerPlan): Promise<void> {
    const { sources } = recipe.scenario;
    for (const name of Object.keys(kindOf) as ListName[]) {
      if (sources[name]) await this.askLists(name, sources[name], recipe, { asked, gathered, plan });
    }
    if (sources.factors) await this.askFactors(sources.factors, recipe, { asked, gathered, plan });
    if (sources.content) await this.askContent(sources.content, recipe, { asked, gathered, plan });
    await this.askEverybody(sources, recipe, { asked, gathered, plan });
  }

  private async askLists(name: ListName, weight: number, recipe: Recipe, asking: Asking): Promise<void> {
    const { asked, gathered, plan } = asking;
    const { pool, history, excluded } = gathered;
    const seeds = name === 'next' ? this.seedsOf(recipe, history, name) : gathered.seeds;
    const kind = kindFor(kindOf[name], recipe);
    const ids = seeds.map(({ itemId }) => itemId);
    const method = kind === 'taste' ? 'item_neighbors' : 'item_companions';
    if (seeds.length > 0) {
      const lists = await this.tables.lists(asked.collection, kind, history.version, ids);
      pool.addOwn(name, weight, addUp(lists, seeds, excluded, pool.common));
    }
    const settings = { weight: String(weight), known_items: String(history.items.length) };
    plan.leg(name, method, pool.found(name), plan.step(name), settings);
  }

  private async askFactors(weight: number, recipe: Recipe, { asked, gathered, plan }: Asking): Promise<void> {
    const { pool, history, seeds, excluded } = gathered;
    // Built-in scenarios name factors for those who train them.
    if (history.factors === undefined && recipe.scenario.builtIn) return;
    const decay = this.decayOf(recipe);
    const query = { recipe, history, seeds, excluded, decay, common: pool.common };
    const { found, why } = await findByFactors(this.tables, asked.collection, query);
    if (found) pool.addOwn('factors', weight, found);
    else plan.note(why);
    const settings = {
      weight: String(weight),
      version: history.factors ?? '',
      half_life_events: String(decay.halfLife),
      ...(found && { newcomers: String(found.newcomers) }),
    };
    plan.leg('factors', 'item_factors', found?.items.length ?? 0, plan.step('factors'), settings);
  }

  private async askContent(weight: number, recipe: Recipe, { asked, gathered, plan }: Asking): Promise<void> {
    const { pool, seeds, history, matching } = gathered;
    const { collection, request, signal } = asked;
    const { among, from, person } = recipe;
    // Tastes are folded in from what was done.
    if (seeds.length === 0 && (from !== 'history' || history.items.length === 0)) return;
    if (among === undefined && pool.size >= recipe.contentBelow) return;
    const known = among ?? pool.candidateIds;
    const near = among ? 0 : Math.max(leastNear, 2 * request.firstLimit);
    const query = {
      collection,
      // A session is about what was turned to last, not about all of a taste.
      person: from === 'history' ? person : { userIds: [], sessionId: '' },
      // Of somebody whose taste is not folded yet, what they did speaks for itself.
      itemIds: seeds.slice(0, tasteSeeds).map(({ itemId }) => itemId),
      known,
      excluded: [...gathered.excluded],
      filter: gathered.filter,
      matching: matching?.ids,
      near,
    };
    const found = await this.content.near(query, signal);
    if (!found) return;
    const { hasTaste, ids, scores, model } = found;
    gathered.hasTaste = hasTaste;
    if (ids.length > 0) pool.addOwn('content', weight, { items: pool.common.numbersOf(ids), scores, seeds: [] });
    const settings = { weight: String(weight), depth: String(near), when_below: String(recipe.contentBelow) };
    plan.contentRan(weight, model);
    plan.leg('content', 'vector_nearest', ids.length, plan.step('content'), settings);
  }

  private async askEverybody(sources: SourceWeights, recipe: Recipe, { asked, gathered, plan }: Asking): Promise<void> {
    const { pool, history, region, seeds } = gathered;
    const { collection } = asked;
    if (sources.popular && recipe.fill !== 'when empty') {
      const popular = await this.tables.popular(collection, history.version);
      pool.addGeneral('popular', sources.popular, popular);
      const settings = { weight: String(sources.popular) };
      plan.leg('popular', 'item_popularity', popular.ids.length, plan.step('popular'), settings);
    }
    const isNew = seeds.length === 0 && region !== '' && sources.popular !== undefined;
    const weight = sources.trending ?? (isNew ? regionalWeight * sources.popular! : undefined);
    if (weight === undefined) return;
    const standard = sources.trending ? defaultWindowSeconds : regionalWindowSeconds;
    const windowSeconds = recipe.windowSeconds ?? standard;
    const trend = await this.trends.of(collection, region, windowSeconds);
    pool.addGeneral('trending', weight, trend);
    const settings = { weight: String(weight), window_seconds: String(windowSeconds), region };
    plan.leg('trending', 'recent_events', trend.ids.length, plan.step('trending'), settings);
    if (trend.cut) plan.note('The window holds more events than are counted: the newest 100,000 made the trend');
  }
}

/** What a person did is summed over weights that know of each other; beside given items the nearest are wanted. */
const kindFor = (kind: ListKind, { from }: Recipe): ListKind =>
  kind === 'taste' && from !== 'items' ? 'regressed' : kind;

interface Asking {
  asked: Asked;
  gathered: Gathered;
  plan: AnswerPlan;
}

/** What is left of the scores of items that were shown often and not turned to. */
function fatigueOf({ scenario: { fatigue } }: Recipe, { items }: History): Map<string, number> {
  const left = new Map<string, number>();
  if (!fatigue) return left;
  for (const { item_id: id, impressions } of items) {
    const above = impressions - fatigue.freeImpressions;
    if (above > 0) left.set(id, fatigue.factor ** above);
  }
  return left;
}

/** All of them, in as many conditions as it takes. */
function blockedFilter({ scenario }: Recipe, { blockedCategories }: History): Filter | undefined {
  const blocked = [...new Set([...scenario.exclude.blockedCategories, ...blockedCategories])];
  const mustNot: Filter['mustNot'] = [];
  for (let at = 0; at < blocked.length; at += limits.filterValues) {
    const test = { $case: 'in' as const, value: { values: blocked.slice(at, at + limits.filterValues) } };
    mustNot.push({ kind: { $case: 'field', value: { field: 'categories', test } } });
  }
  return mustNot.length === 0 ? undefined : { must: [], should: [], mustNot };
}

/** Items that the person refused: they come last where nothing may be left out. */
export const refusedIds = ({ items }: History): Set<string> =>
  new Set(items.filter(({ kinds }) => kinds & refusedBit).map((item) => item.item_id));
