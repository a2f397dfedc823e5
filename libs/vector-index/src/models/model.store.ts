import type { Sql } from '@kindred/database';

/** As in libs/embedder: any difference means another vector table. */
export interface ModelIdentity {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  dtype: string;
  artifactHash: string;
}

export type ModelState = 'registered' | 'candidate' | 'active' | 'retired';
export type InputKind = 'text' | 'image' | 'sound';

/** What the registry knows of a model beside its identity. */
export interface ModelFacts {
  /** The provider's settings; no secrets. */
  parameters: Record<string, unknown>;
  takes: readonly InputKind[];
  /** Dataset version it was trained on; empty where it was not trained here. */
  dataset: string;
  metrics: Record<string, number>;
}

/** The vector table of one model version. */
export interface ModelTable {
  name: string;
  version: string;
  dimensions: number;
  /** Name inside the schema kindred, safe to put into SQL. */
  table: string;
  /** Type of the embedding column. */
  element: 'halfvec' | 'vector';
  identity: ModelIdentity;
  /** The provider's settings; no secrets. */
  parameters: Record<string, unknown>;
  takes: readonly InputKind[];
}

export interface RegisteredModel extends ModelTable, ModelFacts {
  state: ModelState;
  normalization: string;
  registeredAt: Date;
}

export interface StoredModel {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  dtype: string;
  artifact_hash: string;
  vector_table: string;
  element: 'halfvec' | 'vector';
  parameters: Record<string, unknown>;
  takes: InputKind[];
}

interface StoredRegistration extends StoredModel {
  dataset: string;
  metrics: Record<string, number>;
  state: ModelState;
  normalization: string;
  created_at: Date;
}

/** Columns of a StoredModel, of kindred.models aliased m. The element type is what the table has, not what this process would choose. */
export const modelColumns = `m.name, m.version, m.provider, m.dimensions, m.dtype, m.artifact_hash, m.vector_table, m.parameters, m.takes,
  (select a.atttypid::regtype::text from pg_attribute a
    where a.attrelid = to_regclass('kindred.' || m.vector_table) and a.attname = 'embedding') as element`;
const registration = `${modelColumns}, m.dataset, m.metrics, m.state, m.normalization, m.created_at`;

/** Registers the model unless it is, makes its table unless it exists, and returns what is stored. */
export async function registerModel(
  sql: Sql,
  identity: ModelIdentity,
  facts: ModelFacts,
  table: string,
  element: string,
): Promise<RegisteredModel> {
  await sql.query('select kindred.create_vector_table($1, $2, $3)', [table, identity.dimensions, element]);
  const { name, version, provider, dimensions, dtype, artifactHash } = identity;
  const { parameters, takes, dataset, metrics } = facts;
  await sql.query(
    `insert into kindred.models (tenant_id, name, version, provider, dimensions, dtype, artifact_hash, vector_table, state,
       parameters, takes, dataset, metrics)
     values (kindred.tenant(), $1, $2, $3, $4, $5, $6, $7, 'registered', $8::jsonb, $9::text[], $10, $11::jsonb)
     on conflict (tenant_id, name, version) do nothing`,
    [
      ...[name, version, provider, dimensions, dtype, artifactHash, table],
      ...[JSON.stringify(parameters), takes, dataset, JSON.stringify(metrics)],
    ],
  );
  return (await readModel(sql, name, version))!;
}

/** The version, or for an empty one the newest of that name. */
export async function readModel(sql: Sql, name: string, version: string): Promise<RegisteredModel | undefined> {
  const rows = await sql.query<StoredRegistration>(
    `select ${registration} from kindred.models m
      where m.tenant_id = kindred.tenant() and m.name = $1 and ($2 = '' or m.version = $2)
      order by m.created_at desc, m.version desc limit 1`,
    [name, version],
  );
  return rows.map(registeredModel)[0];
}

/** Every model of the tenant, newest first. */
export async function readModels(sql: Sql): Promise<RegisteredModel[]> {
  const rows = await sql.query<StoredRegistration>(
    `select ${registration} from kindred.models m where m.tenant_id = kindred.tenant()
      order by m.created_at desc, m.name, m.version desc`,
  );
  return rows.map(registeredModel);
}

/** Metrics of the same name are replaced, others kept. */
export async function addMetrics(sql: Sql, model: ModelTable, metrics: Record<string, number>): Promise<void> {
  await sql.query(
    `update kindred.models set metrics = metrics || $3::jsonb
      where tenant_id = kindred.tenant() and name = $1 and version = $2`,
    [model.name, model.version, JSON.stringify(metrics)],
  );
}

export function modelTable(row: StoredModel): ModelTable {
  const { name, version, provider, dimensions, dtype, artifact_hash: artifactHash } = row;
  const identity = { name, version, provider, dimensions, dtype, artifactHash };
  const { element, parameters, takes } = row;
  return { name, version, dimensions, table: checkedTable(row.vector_table), element, identity, parameters, takes };
}

function registeredModel(row: StoredRegistration): RegisteredModel {
  const { dataset, metrics, state, normalization, created_at: registeredAt } = row;
  return { ...modelTable(row), dataset, metrics, state, normalization, registeredAt };
}

// Table names come from our own rows, yet they go into SQL: never trust them.
function checkedTable(table: string): string {
  if (!/^vectors_[a-z0-9_]{1,40}$/.test(table)) throw new Error(`"${table}" is no vector table`);
  return table;
}
