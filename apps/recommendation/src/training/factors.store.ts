import type { Database, Sql } from '@kindred/database';
import type { FactorModel } from '@kindred/ranking';

/** A collection's model of factors, ready for foldIn; its version is the run that made it. */
export interface ActiveFactors extends FactorModel {
  version: bigint;
}

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
export async function readActiveFactors(sql: Sql, collectionId: number): Promise<ActiveFactors | undefined> {
  const [row] = await sql.query<ModelRow>(
    `select version, dimensions, unobserved, regularization, exponent, item_count, spectrum from kindred.factor_models
      where tenant_id = kindred.tenant() and collection_id = $1 and active`,
    [collectionId],
  );
  if (!row) return undefined;
  const { item_count: itemCount, spectrum, ...model } = row;
  return { ...model, itemCount, spectrum: Float64Array.from(spectrum) };
}

/** Factors of the named items, or of all; items that the model does not know are absent. */
export async function readItemFactors(
  sql: Sql,
  collectionId: number,
  version: bigint,
  itemIds?: readonly string[],
): Promise<Map<string, Float32Array>> {
  const rows = await sql.query<{ item_id: string; factors: Buffer }>(
    `select item_id, vector_send(factors) as factors from kindred.item_factors
      where tenant_id = kindred.tenant() and collection_id = $1 and version = $2 and ($3::text[] is null or item_id = any($3))`,
    [collectionId, version, itemIds ?? null],
  );
  return new Map(rows.map(({ item_id, factors }) => [item_id, vectorOf(factors)]));
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
  return rows.map(({ item_id, factors }) => [item_id, vectorOf(factors)]);
}

/** pgvector's binary form: int16 dimensions, int16 0, float32 big-endian each. */
function vectorOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.readInt16BE(0) }, (_, at) => bytes.readFloatBE(4 + at * 4));
}

const itemsPerStatement = 1_000;

export interface NewFactors extends FactorModel {
  version: bigint;
  itemIds: readonly string[];
  factors: Float32Array;
  metrics: object;
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
  const { itemIds, factors, dimensions } = model;
  for (let from = 0; from < itemIds.length; from += itemsPerStatement) {
    const ids = itemIds.slice(from, from + itemsPerStatement);
    const vectors = ids.map((_, at) => factors.slice((from + at) * dimensions, (from + at + 1) * dimensions));
    await database.query(
      { tenant },
      `insert into kindred.item_factors (tenant_id, collection_id, version, item_id, factors)
       select kindred.tenant(), $1, $2, i.item_id, v.factors
       from unnest($3::text[]) with ordinality as i(item_id, position)
       join unnest($4::vector[]) with ordinality as v(factors, position) using (position)
       on conflict (tenant_id, collection_id, version, item_id) do update set factors = excluded.factors`,
      [collectionId, model.version, ids, database.vectors(vectors)],
    );
  }
}

/** Registers the model and makes it the active one: whoever reads in a later snapshot sees it whole. Older ones but the last go. */
export async function activateFactors(sql: Sql, collectionId: number, model: NewFactors): Promise<void> {
  const own = 'tenant_id = kindred.tenant() and collection_id = $1';
  await sql.query(`update kindred.factor_models set active = false where ${own} and active`, [collectionId]);
  await sql.query(
    `insert into kindred.factor_models (tenant_id, collection_id, version, active, dimensions, unobserved, regularization,
       exponent, item_count, spectrum, metrics, dataset, dataset_hash)
     values (kindred.tenant(), $1, $2, true, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11)`,
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
    ],
  );
  const kept = `select version from kindred.factor_models where ${own} order by version desc limit 2`;
  await sql.query(`delete from kindred.factor_models where ${own} and version not in (${kept})`, [collectionId]);
  await removeUnregistered(sql, collectionId);
}

/** Factors that no registered model has: of runs that failed, or whose model was kept out. */
export async function removeUnregistered(sql: Sql, collectionId: number): Promise<void> {
  await sql.query(
    `delete from kindred.item_factors f where f.tenant_id = kindred.tenant() and f.collection_id = $1 and not exists (
       select from kindred.factor_models m where m.tenant_id = kindred.tenant() and m.collection_id = $1 and m.version = f.version)`,
    [collectionId],
  );
}
