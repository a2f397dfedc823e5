import {
  type Hit,
  KindredError,
  limits,
  type Plan,
  type PlanChoice,
  type PlanStep,
  type TextSuggestion,
} from '@kindred/contracts';
import type { Database, Scope } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import { contradictionOf } from '../filter/contradiction.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { highlightHits } from '../text/highlight.ts';
import { readText } from '../text/read-text.ts';
import { unmetNotes } from '../text/text-conditions.ts';
import type { Vocabularies } from '../text/vocabularies.ts';
import type { DenseLeg } from './dense-leg.ts';
import type { Without } from './dense-plan.ts';
import { type DenseRow, denseRows, denseStatement } from './dense-statement.ts';
import type { QueryEmbedder } from './embedded-leg.ts';
import { Layouts } from './layouts.ts';
import { type ChosenLegs, LegChooser } from './leg-chooser.ts';
import { NarrowFilters } from './narrow-filters.ts';
import { type PagePosition, pageToken, readPageToken } from './page-token.ts';
import type { QueryExpander } from './query-expander.ts';
import { choicesOf, emptyPlan, hitOf, planOf } from './search-answer.ts';
import { type CheckedRequest, checkRequest, type SearchRequest } from './search-request.ts';
import { type SearchRow, type SearchStatement, searchStatement } from './search-statement.ts';
import type { Ran } from './token-frame.ts';

export interface SearchResult {
  hits: Hit[];
  /** Empty on the last page. */
  nextPageToken: string;
  plan: Plan;
  /** Other texts that may have been meant, best first. */
  suggestions: TextSuggestion[];
}

/** Hybrid search: one embedding (where there is a text and an embedder) and one round trip to the database. */
export class Search {
  /** Chooses the legs of composed queries too. */
  readonly chooser: LegChooser;
  /** Of sets that are not ranked too. */
  readonly filters: NarrowFilters;

  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    embedder?: QueryEmbedder,
    expander?: QueryExpander,
    /** Mend the texts of composed queries too. */
    readonly vocabularies?: Vocabularies,
  ) {
    const layouts = new Layouts(database, directory);
    this.filters = new NarrowFilters(database, layouts);
    this.chooser = new LegChooser(database, layouts, this.filters, embedder, expander);
  }

  /**
   * One page. Throws a KindredError for what the caller can mend: COLLECTION_NOT_FOUND, ITEM_NOT_FOUND, MODEL_MISMATCH
   * and the codes of fields, filters, vectors, limits and page tokens.
   */
  async query(wanted: SearchRequest): Promise<SearchResult> {
    return (await this.answered(wanted)).result;
  }

  /** The same, and how the database runs its statement: once more, with the clock on every step. Errors as for query. */
  async explain(wanted: SearchRequest): Promise<Explanation> {
    const { result, legs, run } = await this.answered(wanted);
    const choices = choicesOf(legs);
    if (!run) return { result, choices, statement: '', postgresPlan: '' };
    const { scope, text, values } = run;
    const rows = await this.database.query<{ 'QUERY PLAN': string }>(
      scope,
      `explain (analyze, buffers, costs off) ${text}`,
      values,
    );
    const postgresPlan = rows.map((row) => row['QUERY PLAN']).join('\n');
    return { result, choices, statement: text, postgresPlan };
  }

  private async answered(wanted: SearchRequest): Promise<Answered> {
    const start = performance.now();
    const asked = checkRequest(wanted);
    const before = readPageToken(asked);
    const collection = await this.directory.get(asked.tenant, asked.collection);
    const nothing = contradictionOf(asked.filter, collection);
    if (nothing) return this.nothing(asked, collection, nothing, start);
    const read = await readText(asked, collection, this.vocabularies, before?.corrected);
    const { request } = read;
    const { legs, rows, steps, run } = await this.answer(request, collection, before);
    const plan = rows.length > 0 ? planOf(request, legs, rows[0]!) : emptyPlan(request, legs);
    plan.notes.unshift(...read.notes);
    const found = rows.filter((row) => row.position !== null).slice(0, request.limit);
    if (found.length === 0 && !before) plan.notes.push(...unmetNotes(request.conditions));
    const hits = found.map((row) => hitOf(row, request, collection));
    if (request.options.highlight) await highlightHits(hits, found, lookedFor(legs, request), collection);
    const page = { offset: before?.offset ?? 0, shown: before?.shown, ...ranOf(legs, read.corrected) };
    const result = {
      hits,
      nextPageToken: rows.length > request.limit ? nextToken(asked, page, found, plan) : '',
      plan: { ...plan, steps, tookMs: performance.now() - start },
      suggestions: read.suggestions,
    };
    return { result, legs, run };
  }

  /** The answer that is known without looking: no item can match. */
  private async nothing(
    request: CheckedRequest,
    collection: CollectionRow,
    reason: string,
    start: number,
  ): Promise<Answered> {
    filterToSql(request.filter, collection, []); // refuses what else is wrong with it
    const legs = await this.chooser.nothing(request, collection, reason);
    const plan = { ...emptyPlan(request, legs), tookMs: performance.now() - start };
    return { result: { hits: [], nextPageToken: '', plan, suggestions: [] }, legs };
  }

  /** Plans and runs; once more, by another way, where the one chosen did not look far enough. */
  private async answer(request: CheckedRequest, collection: CollectionRow, before?: PagePosition): Promise<Answer> {
    const steps: PlanStep[] = [];
    for (let without: Without = {}; ; ) {
      const start = performance.now();
      const legs = await this.chooser.choose(request, collection, { before, offset: before?.offset, without });
      const planned = performance.now();
      const run = runOf(request, collection, legs, before);
      const rows = run ? await this.rows(request, run) : [];
      steps.push(...stepsOf({ start, planned, found: performance.now(), embedMs: legs.embedMs }));
      const failed = fellShort(request, legs, rows[0]);
      if (!failed) return { legs, rows, steps, run };
      without = { ...without, [failed]: true };
    }
  }

  private async rows(request: CheckedRequest, { scope, text, values, alone }: Run): Promise<SearchRow[]> {
    const start = performance.now();
    if (alone) {
      const rows = await this.database.query<DenseRow>(scope, text, values);
      return denseRows(rows, performance.now() - start);
    }
    const rows = await this.database.query<SearchRow>(scope, text, values);
    refuseMissing(request, rows[0]!);
    return rows;
  }
}

export interface Explanation {
  result: SearchResult;
  choices: PlanChoice[];
  /** With placeholders; empty where nothing had to be asked. */
  statement: string;
  /** EXPLAIN (ANALYZE, BUFFERS), as PostgreSQL writes it. */
  postgresPlan: string;
}

interface Run extends SearchStatement {
  scope: Scope;
  /** A dense leg alone. */
  alone: boolean;
}

function runOf(
  request: CheckedRequest,
  collection: CollectionRow,
  legs: ChosenLegs,
  before?: PagePosition,
): Run | undefined {
  if (!legs.lexical && !legs.dense) return undefined;
  const { tenant, signal } = request;
  const scope = { tenant, readOnly: true, settings: legs.settings, signal };
  const alone = isAlone(legs);
  const statement = alone
    ? denseStatement(request, collection, legs, before)
    : searchStatement(request, collection, legs, before);
  return { ...statement, scope, alone };
}

interface Answered {
  result: SearchResult;
  legs: ChosenLegs;
  /** Absent where the database had nothing to do. */
  run?: Run;
}

interface Answer {
  legs: ChosenLegs;
  rows: SearchRow[];
  steps: PlanStep[];
  /** Absent where there was no leg to run. */
  run?: Run;
}

/** A dense leg alone, whose vector is at hand, needs less of a statement. */
const isAlone = (legs: ChosenLegs): legs is ChosenLegs & { dense: DenseLeg } =>
  legs.lexical === undefined && legs.dense?.vector !== undefined;

/** All terms that may have found a hit. */
export function lookedFor(
  { lexical }: ChosenLegs,
  { terms, variants }: Pick<CheckedRequest, 'terms' | 'variants'>,
): Set<string> {
  return new Set([...terms, ...variants.flat(), ...(lexical?.extra?.terms ?? [])]);
}

/** Which way left items out that it should have looked at. */
function fellShort({ limit }: CheckedRequest, legs: ChosenLegs, row: SearchRow | undefined): keyof Without | undefined {
  const { dense, found } = legs;
  if (!row) return undefined;
  if (found && (row.found ?? 0) > found.most) return 'found';
  if (!dense) return undefined;
  return isAlone(legs) && dense.method !== 'vector_exact' && row.dense_rows <= limit ? 'index' : undefined;
}

/** What the time was spent on; the clock's readings in milliseconds. */
function stepsOf(clock: { start: number; planned: number; found: number; embedMs: number }): PlanStep[] {
  const { start, planned, found, embedMs } = clock;
  return [
    { name: 'plan', tookMs: planned - start - embedMs },
    ...(embedMs > 0 ? [{ name: 'embed', tookMs: embedMs }] : []),
    { name: 'database', tookMs: found - planned },
  ];
}

function nextToken(
  request: CheckedRequest,
  page: Omit<PagePosition, 'score' | 'itemId'>,
  found: SearchRow[],
  plan: Plan,
): string {
  if (page.offset + 2 * request.limit <= limits.pageDepth) return pageToken(request, page, found);
  plan.notes.push(`Paging ends at ${limits.pageDepth} hits: narrow the query with a filter`);
  return '';
}

/** How a search is made, for the pages behind this one. */
export const ranOf = ({ lexical, dense }: ChosenLegs, corrected: boolean): Ran => ({
  legs: { lexical: lexical !== undefined, dense: dense !== undefined },
  expanded: lexical?.extra !== undefined,
  corrected,
});

/** Throws ITEM_NOT_FOUND for an example that is no item. */
export function refuseMissing({ by }: CheckedRequest, { missing_ids: missing }: SearchRow): void {
  const id = missing?.[0];
  if (id === undefined) return;
  const lists: [string, readonly string[]][] =
    by.kind === 'recommend'
      ? [
          ['recommend.positive', by.positive],
          ['recommend.negative', by.negative],
        ]
      : [['item_ids.ids', by.kind === 'items' ? by.itemIds : []]];
  const [field, ids] = lists.find(([, list]) => list.includes(id))!;
  const path = `${field}[${ids.indexOf(id)}]`;
  throw new KindredError('ITEM_NOT_FOUND', path, `${path}: there is no item "${id}" in the collection; check the id`);
}
