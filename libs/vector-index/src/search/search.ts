import { type Hit, KindredError, limits, type Plan } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import { Layouts } from './layouts.ts';
import { type ChosenLegs, LegChooser, type QueryEmbedder } from './leg-chooser.ts';
import { type PagePosition, pageToken, readPageToken } from './page-token.ts';
import type { QueryExpander } from './query-expander.ts';
import { emptyPlan, hitOf, planOf } from './search-answer.ts';
import { type CheckedRequest, checkRequest, type SearchRequest } from './search-request.ts';
import { type SearchRow, searchStatement } from './search-statement.ts';

export interface SearchResult {
  hits: Hit[];
  /** Empty on the last page. */
  nextPageToken: string;
  plan: Plan;
}

/** Hybrid search: one embedding (where there is a text and an embedder) and one round trip to the database. */
export class Search {
  private readonly chooser: LegChooser;

  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    embedder?: QueryEmbedder,
    expander?: QueryExpander,
  ) {
    this.chooser = new LegChooser(database, new Layouts(database, directory), embedder, expander);
  }

  /**
   * One page. Throws a KindredError for what the caller can mend: COLLECTION_NOT_FOUND, ITEM_NOT_FOUND, MODEL_MISMATCH
   * and the codes of fields, filters, vectors, limits and page tokens.
   */
  async query(wanted: SearchRequest): Promise<SearchResult> {
    const start = performance.now();
    const request = checkRequest(wanted);
    const before = readPageToken(request);
    const collection = await this.directory.get(request.tenant, request.collection);
    const legs = await this.chooser.choose(request, collection, before);
    const rows = await this.run(request, collection, legs, before?.offset ?? 0);
    const plan = rows.length > 0 ? planOf(request, legs, rows[0]!) : emptyPlan(request, legs);
    const hits = rows.filter((row) => row.position !== null).slice(0, request.limit);
    const more = rows.length > request.limit;
    return {
      hits: hits.map((row) => hitOf(row, request, collection)),
      nextPageToken: more ? nextToken(request, legs, before, plan) : '',
      plan: { ...plan, tookMs: performance.now() - start },
    };
  }

  private async run(
    request: CheckedRequest,
    collection: CollectionRow,
    legs: ChosenLegs,
    offset: number,
  ): Promise<SearchRow[]> {
    if (!legs.lexical && !legs.dense) return [];
    const { tenant, signal } = request;
    const { text, values } = searchStatement(request, collection, legs, offset);
    const scope = { tenant, readOnly: true, settings: legs.settings, signal };
    const rows = await this.database.query<SearchRow>(scope, text, values);
    refuseMissing(request, rows[0]!);
    return rows;
  }
}

function nextToken(request: CheckedRequest, legs: ChosenLegs, before: PagePosition | undefined, plan: Plan): string {
  const offset = (before?.offset ?? 0) + request.limit;
  if (offset + request.limit > limits.pageDepth) {
    plan.notes.push(`Paging ends at ${limits.pageDepth} hits: narrow the query with a filter`);
    return '';
  }
  const ran = { lexical: legs.lexical !== undefined, dense: legs.dense !== undefined };
  return pageToken(request, { offset, legs: ran, expanded: legs.lexical?.extra !== undefined });
}

function refuseMissing({ by }: CheckedRequest, { missing_ids: missing }: SearchRow): void {
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
