import type { Database, Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { CollectionDirectory } from '../collection-directory.ts';
import type { DenseLeg } from './dense-leg.ts';
import { type DenseRow, denseStatement } from './dense-statement.ts';
import { type ChosenLegs, hashing, type LegChooser } from './leg-chooser.ts';
import { type CheckedRequest, checkRequest, type SearchRequest } from './search-request.ts';

/** The dense leg of one query, by its index and exactly, in one snapshot. */
export interface ProbedScores {
  collectionId: number;
  /** Best first. */
  approximate: number[];
  exact: number[];
  /** How many of them are compared: 10, or fewer where the leg gives fewer. */
  compared: number;
  /** Absent for IVFFlat. */
  efSearch?: number;
}

const page = 10;
/** A scan that takes longer is not worth a sample. */
const timeout = '30s';

/** Answers a query's dense leg twice, to tell what its approximate index missed. */
export class RecallProbe {
  /** `chooser`: that of the queries, so that one copy of layouts and samples serves both. */
  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly chooser: LegChooser,
  ) {}

  /**
   * Undefined where no approximate index answers (any more), or where it ends early, so that the live query looked at
   * everything. Both runs see the same snapshot: what is written between a query and its probe counts for both.
   */
  async probe(wanted: SearchRequest): Promise<ProbedScores | undefined> {
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
    const short = { ...request, limit: Math.min(page, depth) };
    return this.database.transaction(scope, async (sql) => {
      const [first, approximate] = await scores(sql, short, collection, legs, dense);
      if ((first?.dense_rows ?? 0) <= short.limit) return undefined;
      const [, exact] = await scores(sql, short, collection, legs, {
        ...dense,
        method: 'vector_exact',
        found: undefined,
      });
      const efSearch = dense.method === 'vector_hnsw' ? Number(legs.settings['hnsw.ef_search']) : undefined;
      return { collectionId: collection.collectionId, approximate, exact, compared: short.limit, efSearch };
    });
  }
}

async function scores(
  sql: Sql,
  request: CheckedRequest,
  collection: CollectionRow,
  { depth, collectionItems, fusion }: ChosenLegs,
  dense: DenseLeg,
): Promise<[DenseRow | undefined, number[]]> {
  const { text, values } = denseStatement(request, collection, { dense, depth, collectionItems, fusion });
  const rows = await sql.query<DenseRow>(text, values);
  const hits = rows.filter((row) => row.position !== null).slice(0, request.limit);
  return [rows[0], hits.map((row) => row.score)];
}
