import type { Database, Sql } from '@kindred/database';
import { nearestRecall } from '@kindred/ranking';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import type { LiveIndex } from '../indexes/live-recall.store.ts';
import { breadths, compared, type Found } from '../indexes/recall-curve.ts';
import { isUnconditional } from '../text/text-conditions.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type DenseRow, denseStatement } from './dense-statement.ts';
import { isAngular } from './distance.ts';
import { type ChosenLegs, hashing, type LegChooser } from './leg-chooser.ts';
import { besideRecent } from './recent-part.ts';
import { type CheckedRequest, checkRequest, type SearchRequest } from './search-request.ts';

/** The dense leg of one query, by its index and exactly, in one snapshot. */
export interface Probed {
  collectionId: number;
  /** recall@10, 0-1; of a leg that gives fewer, of as many. */
  recall: number;
  /** Absent where more than the breadth decides what is found: a filter, or another distance than signs are measured by. */
  byBreadth?: { index: LiveIndex; found: Found[] };
}

interface Asked {
  request: CheckedRequest;
  collection: CollectionRow;
  legs: ChosenLegs & { dense: DenseLeg };
}

/** A scan that takes longer is not worth a sample. */
const timeout = '30s';

/** Answers a query's dense leg again, to tell what its approximate index missed, and would miss with another breadth. */
export class RecallProbe {
  /** `chooser`: that of the queries, so that one copy of layouts and samples serves both. */
  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly chooser: LegChooser,
  ) {}

  /**
   * Undefined where no approximate index answers (any more), or where it ends early, so that the live query looked at
   * everything. All runs see the same snapshot: what is written between a query and its probe counts for each.
   */
  async probe(wanted: SearchRequest): Promise<Probed | undefined> {
    const request = checkRequest({ ...wanted, pageToken: '', vectors: false });
    const collection = await this.directory.get(request.tenant, request.collection);
    const legs = await this.chooser.choose(request, collection, {});
    const { dense, depth } = legs;
    if (!dense || dense.method === 'vector_exact') return undefined;
    const settings = {
      transaction_isolation: 'repeatable read',
      statement_timeout: timeout,
      ...legs.settings,
      ...hashing,
    };
    const scope = { tenant: request.tenant, readOnly: true, settings, signal: request.signal };
    const asked = { request: { ...request, limit: Math.min(compared, depth) }, collection, legs: { ...legs, dense } };
    return this.database.transaction(scope, async (sql) => {
      const approximate = await nearest(sql, asked, dense);
      if (approximate.rows <= asked.request.limit) return undefined;
      const exact = await nearest(sql, asked, { ...dense, method: 'vector_exact' });
      const recall = recallOf(asked, approximate, exact);
      const index = indexOf(asked);
      const byBreadth = index && { index, found: await foundByBreadth(sql, asked, exact) };
      return { collectionId: collection.collectionId, recall, ...(byBreadth && { byBreadth }) };
    });
  }
}

interface Nearest {
  /** That the leg had, one more than the page where there are so many. */
  rows: number;
  /** Of the page, best first. */
  distances: number[];
}

async function nearest(sql: Sql, { request, collection, legs }: Asked, dense: DenseLeg): Promise<Nearest> {
  const { text, values } = denseStatement(request, collection, { ...legs, dense });
  const rows = await sql.query<DenseRow>(text, values);
  const hits = rows.filter((row) => row.position !== null).slice(0, request.limit);
  return { rows: rows[0]?.dense_rows ?? 0, distances: hits.map((row) => -row.score) };
}

const recallOf = ({ request }: Asked, found: Nearest, exact: Nearest) =>
  nearestRecall(request.limit, found.distances, exact.distances);

/** The index whose breadth alone decides what a query finds; of a page of ten, which the curves are of. */
function indexOf({ request, legs: { dense } }: Asked): LiveIndex | undefined {
  const alone = !request.filter && isUnconditional(request.conditions) && !dense.toward && !dense.segment;
  const { index, partition } = dense;
  const measured = index?.spec.element !== 'bit' || isAngular(dense.distance);
  if (!alone || !measured || request.limit < compared) return undefined;
  return index?.spec.method === 'hnsw' && partition !== undefined ? { partition, spec: index.spec } : undefined;
}

/** Up to a breadth that finds all: broader ones do too. */
async function foundByBreadth(sql: Sql, asked: Asked, exact: Nearest): Promise<Found[]> {
  const found: Found[] = [];
  const { dense, collectionItems, depth } = asked.legs;
  for (const efSearch of breadths) {
    const beside = besideRecent(efSearch, dense.recent, Number(collectionItems));
    await sql.query(`select set_config('hnsw.ef_search', $1, true)`, [String(beside)]);
    // Of signs as many are compared in full as the search is broad.
    const leg = dense.oversample === undefined ? dense : { ...dense, oversample: Math.max(1, efSearch / depth) };
    const recall = recallOf(asked, await nearest(sql, asked, leg), exact);
    found.push({ efSearch, recall });
    if (recall === 1) break;
  }
  return found;
}
