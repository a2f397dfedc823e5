import { type Hit, type HitGroup, limits, type Plan } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import { type Boost, type CollectionDirectory, groupKey, type ModelTable } from '@kindred/vector-index';
import type { CollectionItems } from '../collection-items.ts';
import type { History } from '../history/history.store.ts';
import type { Models } from '../models.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shareOfLate } from '../share-of-late.ts';
import { hitOf, type Telling } from './answer.ts';
import { emptyNotes, type Held, heldBy, tellOfFills, tellOfLimits, tellOfUndeclared } from './answer-notes.ts';
import { AnswerPlan } from './answer-plan.ts';
import { type Arranging, arrangedPage, isArranged, type Rules } from './arranged-page.ts';
import { type Expected, type Gathered, type Gatherer, refusedIds } from './gather.ts';
import { limitsOf } from './limits-of.ts';
import { firstCandidates } from './live-candidates.ts';
import { type PageRow, readPage } from './page.store.ts';
import { type PagePosition, pageToken, positionOf } from './page-token.ts';
import type { Candidate } from './pool.ts';
import {
  beginningOf,
  type Drawing,
  drawingOf,
  drawnPage,
  type NotedCandidates,
  notedCandidates,
} from './randomized-page.ts';
import type { Asked, Recipe } from './recipe.ts';

export interface Answer {
  hits: Hit[];
  /** Instead of hits. */
  groups: HitGroup[];
  nextPageToken: string;
  plan: Plan;
  /** Of a first page whose order was left to chance: what could have been shown. */
  candidates?: NotedCandidates;
}

/** What ran, before a page is made of it. */
export interface Inspected {
  /** Throws for what must not be answered. */
  history?: (history: History) => void;
  /** What to tell beside the answer. */
  notes: (gathered: Gathered, held: Held) => string[];
}

interface Page {
  hits: Candidate[];
  groups: { value: unknown; hits: Candidate[] }[];
  more: boolean;
  rows: ReadonlyMap<string, PageRow>;
  candidates?: NotedCandidates;
}

/** What is clear of an answer before anybody is asked. */
interface Settled {
  before: PagePosition;
  drawing: Drawing | undefined;
  rules: Rules;
}

type Making = Omit<Arranging, 'sql'> & { expected?: Expected | undefined };

/** Candidates of all sources to a page of live rows. */
export class Recommender {
  /** Of the best candidates of each collection, the share that could be shown of late. */
  private readonly alive = new Map<number, number>();

  constructor(
    readonly database: Database,
    readonly collections: CollectionDirectory,
    private readonly gatherer: Gatherer,
    private readonly models: Models,
    private readonly items: CollectionItems,
  ) {}

  /** One page, behind those that its token tells of. Throws a KindredError for what the caller can mend. */
  async answer(
    { request, ...rest }: Asked,
    recipe: Recipe,
    inspected: Inspected,
    before = positionOf(request, rest.identity),
  ): Promise<Answer> {
    const asked = { ...rest, request: { ...request, firstLimit: before.firstLimit } };
    const filtered = { ...asked, ...this.matching(asked, recipe) };
    const settled = { before, drawing: drawingOf(asked, recipe, before), rules: rulesOf(asked, recipe) };
    const isPlain = !settled.drawing && !isArranged(settled.rules);
    const expected = isPlain ? this.gatherer.expected(asked, recipe) : undefined;
    const likely = expected && (await this.answerBy(filtered, recipe, inspected, settled, expected));
    if (!likely) return (await this.answerBy(filtered, recipe, inspected, settled))!;
    this.gatherer.confirm(expected!);
    return likely;
  }

  /** Undefined where what was expected is not so. */
  private async answerBy(
    asked: Asked,
    recipe: Recipe,
    inspected: Inspected,
    settled: Settled,
    expected?: Expected,
  ): Promise<Answer | undefined> {
    const plan = new AnswerPlan();
    const { collection, request } = asked;
    const { before, drawing } = settled;
    const gathering = this.gatherer.gather(asked, recipe, plan, inspected.history ?? (() => {}), expected);
    const [gathered, size] = await Promise.all([gathering, this.items.count(collection)]);
    const making = { ...(await this.makingOf(asked, recipe, gathered, settled)), expected };
    const page = await (drawing ? this.drawn(making, drawing, asked, plan) : this.ranked(making, asked, plan));
    if (page === undefined) return undefined;
    plan.step('page');
    tellOfFills(page, recipe, plan);
    tellOfUndeclared(making, plan);
    const isEmpty = page.hits.length + page.groups.length === 0 && before.shown.count === 0;
    plan.noteFirst(inspected.notes(gathered, heldBy(page, isEmpty)));
    if (isEmpty) for (const note of emptyNotes(making)) plan.note(note);
    const seed = drawing?.seed ?? 0;
    const nextPageToken = page.more ? nextToken(asked, { ...before, seed }, page, plan) : '';
    const telling: Telling = { collection, request, seeds: gathered.seeds, region: gathered.region, recipe };
    const made = (one: Candidate) => hitOf(one, page.rows.get(one.itemId)!, telling);
    const groups = page.groups.map(({ value, hits }) => ({ value, hits: hits.map(made) }));
    return { hits: page.hits.map(made), groups, nextPageToken, plan: plan.result(size), candidates: page.candidates };
  }

  /** Begins to look what the filter leaves, while others look what the people did. */
  private matching({ collection, request, signal }: Asked, { among }: Recipe): Pick<Asked, 'matching'> {
    if (request.filter === undefined || among) return {};
    const matching = this.items.matching(collection, request.filter, request.limit + 1, signal);
    matching.catch(() => {}); // thrown where it is awaited, unless something else was thrown before
    return { matching };
  }

  private async makingOf(
    { collection, request }: Asked,
    recipe: Recipe,
    gathered: Gathered,
    { before, rules }: Settled,
  ): Promise<Making> {
    const { person } = recipe;
    const needsVectors = rules.strength > 0 || request.vectors;
    return {
      ...rules,
      collection,
      shown: before.shown,
      range: { collection, filter: gathered.filter, matching: gathered.matching },
      pool: gathered.pool,
      excluded: gathered.excluded,
      ordered: recipe.among && orderedOf(recipe.among, gathered),
      model: needsVectors ? await this.models.of(collection) : undefined,
      who: [...person.userIds, person.sessionId].join('\n'),
    };
  }

  /** Undefined where what was expected is not so. */
  private async ranked(making: Making, asked: Asked, plan: AnswerPlan): Promise<Page | undefined> {
    const plain = isArranged(making) ? undefined : await this.plainPage(making, asked);
    if (plain?.full || (making.expected && !plain)) return plain;
    return this.arranged(making, asked, plan);
  }

  private async drawn(making: Making, drawing: Drawing, asked: Asked, plan: AnswerPlan): Promise<Page> {
    const ranked = (await this.ranked(beginningOf(making, drawing), asked, plan))!;
    const { drawn, ...page } = drawnPage(ranked, drawing, making.request.limit);
    if (drawn) {
      const most = Math.min(drawing.depth, drawing.before + ranked.hits.length);
      plan.note(`The order of the best ${most} was drawn, not ranked: the scenario's "randomize"`);
    }
    const isFirst = drawing.before === 0;
    const candidates = isFirst ? notedCandidates(ranked.hits, drawing, making.recipe.scenario.sources) : undefined;
    return { ...ranked, ...page, candidates };
  }

  /** One statement. It may not fill the page; undefined where what was expected is not so. */
  private async plainPage(making: Making, { signal }: Asked): Promise<(Page & { full: boolean }) | undefined> {
    const { collection, request, ordered, shown, expected } = making;
    const unfiltered = making.range.filter === undefined;
    const alive = unfiltered ? this.alive.get(collection.collectionId) : undefined;
    const looked = ordered ?? firstCandidates(making, shown.count + request.limit + 1, alive);
    const candidates = looked.filter(({ itemId }) => !shown.has(itemId));
    const settings = { plan_cache_mode: 'force_generic_plan' };
    const scope = { tenant: collection.tenant, readOnly: true, settings, signal };
    const sql: Sql = { query: (text, values) => this.database.query(scope, text, values) };
    const read = await rowsOf(sql, making, candidates, { limit: request.limit + 1, expected });
    if (!read) return undefined;
    // What was shown could be: without it, what could not would seem to be more.
    const skipped = looked.length - candidates.length;
    const last = read.at(-1)?.position;
    if (unfiltered && !ordered && last) this.learnAlive(collection.collectionId, skipped + read.length, skipped + last);
    const rows = new Map(read.map((row) => [row.item_id, row]));
    const hits = read.slice(0, request.limit).map((row) => candidates[row.position - 1]!);
    const more = read.length > request.limit;
    return { hits, groups: [], more, rows, full: more || ordered !== undefined };
  }

  /** Of so many candidates, so many could be shown. */
  private learnAlive(collectionId: number, shown: number, of: number): void {
    const known = this.alive.get(collectionId) ?? 0.5;
    this.alive.set(collectionId, shareOfLate(known, shown / of));
  }

  /** Several statements over one snapshot. */
  private async arranged(making: Making, { signal }: Asked, plan: AnswerPlan): Promise<Page> {
    const { collection, request } = making;
    const settings = { transaction_isolation: 'repeatable read', jit: 'off', work_mem: '64MB' };
    const scope = { tenant: collection.tenant, readOnly: true, settings, signal };
    return this.database.transaction(scope, async (sql) => {
      const page = await arrangedPage({ ...making, sql });
      const hits = [
        ...new Map(
          [...page.hits, ...page.groups.flatMap((group) => group.hits)].map((one) => [one.itemId, one]),
        ).values(),
      ];
      const read = (await rowsOf(sql, making, hits, { limit: hits.length }))!;
      tellOfLimits(page, request.limit, plan);
      return { ...page, rows: new Map(read.map((row) => [row.item_id, row])) };
    });
  }
}

async function rowsOf(
  sql: Sql,
  { range, request, model }: Making,
  candidates: readonly Candidate[],
  part: { limit: number; expected?: Expected | undefined },
): Promise<PageRow[] | undefined> {
  if (candidates.length === 0 && !part.expected) return [];
  const vectors: ModelTable | undefined = request.vectors ? model : undefined;
  return readPage(sql, { ...range, ...part, picks: candidates, payload: request.payload, model: vectors });
}

/** What an answer needs beside its candidates in their order. */
function rulesOf({ collection, request }: Asked, recipe: Recipe): Rules {
  const { scenario } = recipe;
  const diversity = request.diversity ?? scenario.diversity;
  return {
    request,
    recipe,
    boosts: [...request.boosts, ...freshnessOf(scenario)],
    ...limitsOf({ diversity, quotas: scenario.quotas }, collection),
    strength: diversity?.strength ?? 0,
  };
}

/** The given items but those excluded, best first; equal ones as they were given, what the person refused at the end. */
function orderedOf(among: readonly string[], { pool, history }: Gathered): Candidate[] {
  const refused = refusedIds(history);
  const candidates = pool
    .each(among)
    .map((one) => (refused.has(one.itemId) ? { itemId: one.itemId, score: 0, shares: {} } : one));
  const last = (one: Candidate) => (refused.has(one.itemId) ? 1 : 0);
  return candidates.sort((left, right) => last(left) - last(right) || right.score - left.score);
}

const freshnessOf = ({ freshness }: Scenario): Boost[] =>
  freshness
    ? [
        {
          path: 'scenario.freshness',
          weight: freshness.weight,
          value: {
            kind: 'decay',
            field: 'created_at',
            origin: undefined,
            scale: freshness.halfLifeDays * 86_400,
            offset: 0,
            atScale: 0.5,
            curve: 'exponential',
          },
        },
      ]
    : [];

function nextToken(
  { request, identity }: Asked,
  before: PagePosition,
  { hits, groups }: Page,
  plan: AnswerPlan,
): string {
  const keys = [...hits.map(({ itemId }) => itemId), ...groups.map(groupKey)];
  if (before.shown.count + keys.length + request.limit <= limits.pageDepth) return pageToken(identity, before, keys);
  plan.pagingEnds();
  return '';
}
