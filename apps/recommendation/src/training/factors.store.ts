import type { Database, Sql } from '@kindred/database';
import type { FactorModel } from '@kindred/ranking';
import { decodeVector } from '@kindred/vector-index';
import { type NewcomerMap, writeMap } from '../newcomers/factor-map.store.ts';
import type { RunMetrics } from './training-run.store.ts';

/** A collection's model of factors, ready for foldIn; its version is the run that made it. */
export interface ActiveFactors extends FactorModel {
  version: bigint;
}

/** The active model as it serves, or as it was before it learned the pairs that models are compared on. */
export type FactorUse = 'served' | 'judged';

interface ModelRow {
  version: bigint;
  dimensions: number;
  unobserved: number;
  regularization: number;
  exponent: number;
  item_count: number;
  spectrum: number[];
}

/** The model in use; undefined before the first training. */
export async function readActiveFactors(
  sql: Sql,
  collectionId: number,
  use: FactorUse = 'served',
): Promise<ActiveFactors | undefined> {
  const [row] = await sql.query<ModelRow>(
    `select version, dimensions, unobserved, regularization, exponent, item_count,
       case when $2 then coalesce(judged_spectrum, spectrum) else spectrum end as spectrum
      from kindred.factor_models where tenant_id = kindred.tenant() and collection_id = $1 and active`,
    [collectionId, use === 'judged'],
  );
  if (!row) return undefined;
  const { item_count: itemCount, spectrum, ...model } = row;
  return { ...model, itemCount, spectrum: Float64Array.from(spectrum) };
}

/** Factors of all items; those that the model does not know are absent. */
export async function readItemFactors(
  sql: Sql,
  collectionId: number,
  version: bigint,
  use: FactorUse = 'served',
): Promise<Map<string, Float32Array>> {
  const rows = await sql.query<{ item_id: string; factors: Buffer }>(
    `select item_id, vector_send(case when $3 then coalesce(judged_factors, factors) else factors end) as factors
      from kindred.item_factors where tenant_id = kindred.tenant() and collection_id = $1 and version = $2`,
    [collectionId, version, use === 'judged'],
  );
  return new Map(rows.map(({ item_id, factors }) => [item_id, decodeVector(factors)]));
}

/** The model's items behind `after`, in the order of ids, with their factors. */
export async function readFactorPage(
  database: Database,
  { tenant, collectionId }: { tenant: string; collectionId: number },
  version: bigint,
  { after, most }: { after: string; most: number },
): Promise<[string, Float32Array][]> {
  const rows = await database.query<{ item_id: string; factors: Buffer }>(
    { tenant, readOnly: true },
    `select item_id, vector_send(factors) as factors from kindred.item_factors
      where tenant_id = kindred.tenant() and collection_id = $1 and version = $2 and item_id > $3
      order by item_id limit $4`,
    [collectionId, version, after, most],
  );
  return rows.map(({ item_id, factors }) => [item_id, decodeVector(factors)]);
}

const itemsPerStatement = 1_000;

export interface NewFactors extends FactorModel {
  version: bigint;
  itemIds: readonly string[];
  factors: Float32Array;
  /** The same before the held-out pairs were learned too. */
  judged: { spectrum: Float64Array; factors: Float32Array };
  /** Absent where what is known of items says nothing of their factors. */
  map?: NewcomerMap | undefined;
  metrics: RunMetrics;
  dataset: string;
  datasetHash: string;
}

/** Writes a model's rows beside the active one's; nobody reads them before `activateFactors`. */
export async function writeFactors(
  database: Database,
  tenant: string,
  collectionId: number,
  model: NewFactors,
): Promise<void> {
  const { itemIds, factors, judged, dimensions } = model;
  for (let from = 0; from < itemIds.length; from += itemsPerStatement) {
    const ids = itemIds.slice(from, from + itemsPerStatement);
    const vectorsOf = (all: Float32Array) =>
      database.vectors(ids.map((_, at) => all.slice((from + at) * dimensions, (from + at + 1) * dimensions)));
    await database.query(
      { tenant },
      `insert into kindred.item_factors (tenant_id, collection_id, version, item_id, factors, judged_factors)
       select kindred.tenant(), $1, $2, i.item_id, v.factors, j.factors
       from unnest($3::text[]) with ordinality as i(item_id, position)
       join unnest($4::vector[]) with ordinality as v(factors, position) using (position)
       join unnest($5::vector[]) with ordinality as j(factors, position) using (position)
       on conflict (tenant_id, collection_id, version, item_id)
         do update set factors = excluded.factors, judged_factors = excluded.judged_factors`,
      [collectionId, model.version, ids, vectorsOf(factors), vectorsOf(judged.factors)],
    );
  }
}

/** Registers the model and makes it the active one: whoever reads in a later snapshot sees it whole. Older ones but the last go. */
export async function activateFactors(sql: Sql, collectionId: number, model: NewFactors): Promise<void> {
  const own = 'tenant_id = kindred.tenant() and collection_id = $1';
  await sql.query(`update kindred.factor_models set active = false where ${own} and active`, [collectionId]);
  await sql.query(
    `insert into kindred.factor_models (tenant_id, collection_id, version, active, dimensions, unobserved, regularization,
       exponent, item_count, spectrum, metrics, dataset, dataset_hash, judged_spectrum)
     values (kindred.tenant(), $1, $2, true, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12)`,
    [
      collectionId,
      model.version,
      model.dimensions,
      model.unobserved,
      model.regularization,
      model.exponent,
      model.itemCount,
      [...model.spectrum],
      JSON.stringify(model.metrics),
      model.dataset,
      model.datasetHash,
      [...model.judged.spectrum],
    ],
  );
  if (model.map) await writeMap(sql, collectionId, model.version, model.map);
  const kept = `select version from kindred.factor_models where ${own} order by version desc limit 2`;
  await sql.query(`delete from kindred.factor_models where ${own} and version not in (${kept})`, [collectionId]);
  await removeUnregistered(sql, collectionId);
}

/** Factors and maps that no registered model has: of runs that failed, or whose model was kept out. */
export async function removeUnregistered(sql: Sql, collectionId: number): Promise<void> {
  for (const table of ['item_factors', 'factor_maps']) {
    await sql.query(
      `delete from kindred.${table} f where f.tenant_id = kindred.tenant() and f.collection_id = $1 and not exists (
         select from kindred.factor_models m where m.tenant_id = kindred.tenant() and m.collection_id = $1 and m.version = f.version)`,
      [collectionId],
    );
  }
}
