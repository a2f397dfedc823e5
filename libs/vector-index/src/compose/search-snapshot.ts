import type { Plan } from '@kindred/contracts';
import type { Database, Sql } from '@kindred/database';
import type { CollectionRow } from '../collection.store.ts';
import type { LiveItemRow } from '../live-item.ts';
import type { ModelTable } from '../models/model.store.ts';
import { decodeVector } from '../models/vector.store.ts';
import { closenessOf } from '../search/closeness.ts';
import { queryVectorSql } from '../search/dense-leg.ts';
import type { ChosenLegs } from '../search/leg-chooser.ts';
import { refuseMissing } from '../search/search.ts';
import { emptyPlan, planOf } from '../search/search-answer.ts';
import { type CheckedRequest, poolDepth } from '../search/search-request.ts';
import { type SearchRow, searchStatement } from '../search/search-statement.ts';
import { StatementParams } from '../search/statement-params.ts';
import { type ItemFact, readFacts, readItems, readVectors } from './item-facts.store.ts';

/** A search of one collection whose legs are chosen. */
export interface PlannedLeaf {
  request: CheckedRequest;
  collection: CollectionRow;
  legs: ChosenLegs;
}

export interface LeafHit {
  itemId: string;
  /** Fused; of one leg alone BM25, or the closeness. */
  score: number;
  /** Of each leg; null where the leg did not find it. */
  lexical: number | null;
  dense: number | null;
  /** What the dense score counts beside others. */
  closeness: number | null;
}

export interface LeafPool {
  /** Best first. */
  hits: LeafHit[];
  plan: Plan;
  /** More items may match than were asked for. */
  cut: boolean;
  /** Scores that shares of each leg begin at; of vectors, as closeness. */
  floors: { lexical: number; dense: number };
}

/** Several searches and look-ups in one snapshot of the database. */
export class SearchSnapshot {
  private settings = '';

  private constructor(
    private readonly database: Database,
    private readonly sql: Sql,
  ) {}

  /** Runs `work` in one repeatable-read, read-only transaction: every statement sees the rows as they were at the first. */
  static open<Result>(
    database: Database,
    { tenant, signal }: { tenant: string; signal?: AbortSignal },
    work: (snapshot: SearchSnapshot) => Promise<Result>,
  ): Promise<Result> {
    const settings = { transaction_isolation: 'repeatable read', jit: 'off', work_mem: '64MB' };
    const scope = { tenant, readOnly: true, settings, signal };
    return database.transaction(scope, (sql) => work(new SearchSnapshot(database, sql)));
  }

  /** The best `depth` hits; with `among` those of these items, each of them looked at. */
  async pool({ request, collection, legs }: PlannedLeaf, depth: number, among?: readonly string[]): Promise<LeafPool> {
    const wanted: CheckedRequest = { ...request, limit: depth, idsOnly: true, among };
    const chosen = asDeep(among ? exactly(legs) : legs, depth);
    if (among?.length === 0 || (!chosen.lexical && !chosen.dense)) {
      const plan = emptyPlan(wanted, chosen);
      // Among no items none is left out.
      const complete = plan.complete || among?.length === 0;
      return { hits: [], cut: false, plan: { ...plan, complete }, floors: { lexical: 0, dense: 0 } };
    }
    const rows = await this.rows(wanted, collection, chosen);
    refuseMissing(wanted, rows[0]!);
    const found = rows.filter((row) => row.position !== null);
    return {
      hits: found.slice(0, depth).map((row) => hitOfRow(row, chosen)),
      cut: found.length > depth,
      plan: planOf(wanted, chosen, rows[0]!),
      floors: { lexical: rows[0]!.lexical_floor, dense: rows[0]!.dense_floor },
    };
  }

  /** Once more where the filter's index gave more items than was expected. */
  private async rows(wanted: CheckedRequest, collection: CollectionRow, legs: ChosenLegs): Promise<SearchRow[]> {
    await this.apply(legs.settings);
    const { text, values } = searchStatement(wanted, collection, legs);
    const rows = await this.sql.query<SearchRow>(text, values);
    const tooMany = legs.found && rows[0]!.found! > legs.found.most;
    return tooMany ? this.rows(wanted, collection, { ...legs, found: undefined }) : rows;
  }

  /** The vector at length one that the leaf searches with, as its own collection has it; undefined where there is none. */
  async queryVector({ request, collection, legs }: PlannedLeaf): Promise<Float32Array | undefined> {
    if (!legs.dense) return undefined;
    const params = new StatementParams();
    const made = queryVectorSql(legs.dense, request.by, params.add(collection.collectionId, 'int'), params);
    const rows = await this.sql.query<{ bytes: Buffer | null }>(
      `select vector_send(q.vector::vector) as bytes from (${made}) q`,
      params.values,
    );
    const bytes = rows[0]?.bytes;
    return bytes ? decodeVector(bytes) : undefined;
  }

  /** As a value of `PlannedLeaf.legs.dense.vector`. */
  vector(values: Float32Array): unknown {
    return this.database.vector(values);
  }

  async facts(collection: CollectionRow, itemIds: readonly string[], facts: readonly ItemFact[]) {
    if (itemIds.length === 0 || facts.length === 0) return new Map<string, unknown[]>();
    return readFacts(this.sql, collection, itemIds, facts);
  }

  async items(collection: CollectionRow, itemIds: readonly string[]): Promise<Map<string, LiveItemRow>> {
    return itemIds.length === 0 ? new Map() : readItems(this.sql, collection, itemIds);
  }

  async vectors(collection: CollectionRow, itemIds: readonly string[], model?: ModelTable) {
    return itemIds.length === 0 ? new Map<string, Float32Array>() : readVectors(this.sql, collection, itemIds, model);
  }

  /** Settings of one statement stay until another's: none of them changes what a leg without them finds. Sorts it may need. */
  private async apply(asked: Record<string, string>): Promise<void> {
    const settings: Record<string, string> = { enable_sort: 'on', ...asked };
    const wanted = JSON.stringify(settings);
    if (wanted === this.settings) return;
    const names = Object.keys(settings);
    await this.sql.query(
      `select set_config(s.name, s.value, true) from unnest($1::text[], $2::text[]) as s(name, value)`,
      [names, names.map((name) => settings[name]!)],
    );
    this.settings = wanted;
  }
}

const asDeep = (legs: ChosenLegs, limit: number): ChosenLegs => ({
  ...legs,
  depth: legs.lexical ? poolDepth(limit) : limit + 1,
});

/** Few items are looked at one by one, not by an index over all, nor are they found by their filter first. */
function exactly(legs: ChosenLegs): ChosenLegs {
  const settings = { ...legs.settings, enable_sort: 'on' };
  const dense = legs.dense && { ...legs.dense, method: 'vector_exact' as const };
  return { ...legs, dense, settings, found: undefined };
}

function hitOfRow(row: SearchRow, { lexical, dense }: ChosenLegs): LeafHit {
  const { item_id: itemId, lexical_score, dense_score } = row;
  const closeness = dense && dense_score !== null ? closenessOf(dense, dense_score) : null;
  const score = lexical ? row.score : (closeness ?? row.score);
  return { itemId, score, lexical: lexical_score, dense: dense_score, closeness };
}
