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
}

interface StoredModel {
  name: string;
  version: string;
  provider: string;
  dimensions: number;
  dtype: string;
  artifact_hash: string;
  vector_table: string;
  element: 'halfvec' | 'vector';
}

// The element type is what the table has, not what this process would choose.
const columns = `name, version, provider, dimensions, dtype, artifact_hash, vector_table,
  (select a.atttypid::regtype::text from pg_attribute a
    where a.attrelid = to_regclass('kindred.' || vector_table) and a.attname = 'embedding') as element`;

/** Registers the model unless it is, makes its table unless it exists, and returns what is stored. */
export async function registerModel(
  sql: Sql,
  identity: ModelIdentity,
  table: string,
  element: string,
): Promise<ModelTable> {
  await sql.query('select kindred.create_vector_table($1, $2, $3)', [table, identity.dimensions, element]);
  const { name, version, provider, dimensions, dtype, artifactHash } = identity;
  await sql.query(
    `insert into kindred.models (tenant_id, name, version, provider, dimensions, dtype, artifact_hash, vector_table)
     values (kindred.tenant(), $1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, name, version) do nothing`,
    [name, version, provider, dimensions, dtype, artifactHash, table],
  );
  const rows = await sql.query<StoredModel>(
    `select ${columns} from kindred.models where tenant_id = kindred.tenant() and name = $1 and version = $2`,
    [name, version],
  );
  return modelTable(rows[0]!);
}

/** Models whose vectors may be searched, newest first. */
export async function readModels(sql: Sql): Promise<ModelTable[]> {
  const rows = await sql.query<StoredModel>(
    `select ${columns} from kindred.models where tenant_id = kindred.tenant() and state = 'active'
      order by created_at desc, name, version desc`,
  );
  return rows.map(modelTable);
}

function modelTable(row: StoredModel): ModelTable {
  const { name, version, provider, dimensions, dtype, artifact_hash: artifactHash } = row;
  const identity = { name, version, provider, dimensions, dtype, artifactHash };
  return { name, version, dimensions, table: checkedTable(row.vector_table), element: row.element, identity };
}

// Table names come from our own rows, yet they go into SQL: never trust them.
function checkedTable(table: string): string {
  if (!/^vectors_[a-z0-9_]{1,40}$/.test(table)) throw new Error(`"${table}" is no vector table`);
  return table;
}
