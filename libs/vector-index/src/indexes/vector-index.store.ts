import type { Sql } from '@kindred/database';
import type { ModelTable } from '../models/model.store.ts';
import type { Distance } from '../search/distance.ts';
import { type IndexedElement, type IndexSpec, operators } from './index-spec.ts';
import { readSegmentFields, type SegmentFields } from './segment-fields.ts';
import type { BuiltSegment } from './segments.ts';

/** Of a partition in use. */
export interface BuiltIndex {
  spec: Exclude<IndexSpec, { method: 'none' }>;
  /** The elements are made of the stored ones by a cast. */
  cast: boolean;
  /** Those of HNSW that have a graph of their own beside it. */
  segments?: readonly BuiltSegment[];
}

export interface IndexRow {
  partition: string;
  method: string;
  index: string;
  /** "halfvec_ip_ops". */
  operators: string;
  expression: boolean;
  /** Of the rows: all, the recent ones, all the others, or of these a segment. */
  part: 'all' | 'recent' | 'rest' | 'segment';
  /** Of a segment: {"field": "brand", "value": "acme", "fact": "-4711"}. */
  comment: string | null;
  rows: number;
  bytes: bigint;
  /** "m=24". */
  options: string[];
}

// An index that is still being built, or a partition not yet attached, is not there.
const indexesSql = `
  select t.relname::text as partition, m.amname::text as method, x.relname::text as index, o.opcname::text as operators,
    n.indexprs is not null as expression,
    case when n.indpred is null then 'all' when pg_get_expr(n.indpred, t.oid) = 'recent' then 'recent'
      when pg_get_expr(n.indpred, t.oid) like '%segments%' then 'segment' else 'rest' end as part,
    obj_description(x.oid, 'pg_class') as comment, greatest(x.reltuples, 0)::float8 as rows, pg_relation_size(x.oid) as bytes,
    coalesce(x.reloptions, '{}')::text[] as options
    from pg_inherits h
    join pg_class t on t.oid = h.inhrelid and t.relnamespace = 'kindred'::regnamespace
    join pg_index n on n.indrelid = t.oid and n.indisvalid
    join pg_class x on x.oid = n.indexrelid
    join pg_am m on m.oid = x.relam
    join pg_opclass o on o.oid = n.indclass[0]
   where t.relname = any($1::text[]::name[]) and m.amname in ('bm25', 'gin', 'hnsw', 'ivfflat')`;

/** The search indexes of partitions in use. */
export const readIndexes = (sql: Sql, partitions: readonly string[]): Promise<IndexRow[]> =>
  sql.query<IndexRow>(indexesSql, [partitions]);

/** pgvector's own defaults, of an index built without options. */
const unsaid = { m: 16, ef_construction: 64, lists: 100 };

/** The catalog's account of the index that a partition's vectors are found by; undefined where there is none. */
export function builtIndex(rows: readonly IndexRow[], partition: string): BuiltIndex | undefined {
  const main = mainIndexOf(rows, partition);
  const [, element, operator] = /^(vector|halfvec|bit)_([a-z0-9]+)_ops$/.exec(main?.operators ?? '') ?? [];
  const distance = (Object.keys(operators) as Distance[]).find((one) => operators[one] === operator);
  if (!main || !element || !distance) return undefined;
  const { method, expression, part, options } = main;
  const given = Object.fromEntries(options.map((option) => option.split('='))) as Record<string, string>;
  const option = (key: keyof typeof unsaid) => Number(given[key] ?? unsaid[key]);
  const common = { element: element as IndexedElement, distance };
  if (method === 'ivfflat') return { cast: expression, spec: { method, ...common, lists: option('lists') } };
  if (method !== 'hnsw') return undefined;
  const links = { m: option('m'), efConstruction: option('ef_construction') };
  const segments = rows.filter((row) => row.partition === partition && row.part === 'segment').map(builtSegment);
  return { cast: expression, segments, spec: { method, ...common, ...links, recent: part === 'rest', segments } };
}

function builtSegment({ comment, index, rows, bytes }: IndexRow): BuiltSegment {
  const { field, value, fact } = JSON.parse(comment!) as Pick<BuiltSegment, 'field' | 'value' | 'fact'>;
  // It goes into SQL: never trust it.
  if (!/^-?\d{1,19}$/.test(fact)) throw new Error(`the comment of the index ${index} names no fact: ${comment}`);
  return { field, value, fact, rows, bytes: Number(bytes) };
}

/** That of the recent part, and those of segments, stand beside it. */
export const mainIndexOf = (rows: readonly IndexRow[], partition: string): IndexRow | undefined =>
  rows.find(
    ({ partition: of, method, part }) =>
      of === partition && ['hnsw', 'ivfflat'].includes(method) && (part === 'all' || part === 'rest'),
  );

/** As the index of ids over the recent part has it: a search by its graph leaves the second condition out. */
export const recentIdsSql = (alias = '') => `${alias}recent and ${alias}item_id >= ''`;

/** Vectors of the collection that no main index has, counted up to `most`. Reads an index alone. */
export async function countRecent(sql: Sql, table: string, collectionId: number, most?: number): Promise<number> {
  const [row] = await sql.query<{ rows: number }>(
    `select count(*)::int as rows from (select from kindred.${table}
      where tenant_id = kindred.tenant() and collection_id = $1 and ${recentIdsSql()} limit $2) counted`,
    [collectionId, most ?? null],
  );
  return row!.rows;
}

/** How a collection's vectors of one model are stored. */
export interface PartitionState {
  /** Of the partition of its own; absent where it shares one. */
  oid?: bigint;
  index?: BuiltIndex;
  rows: number;
  /** Of these, what was written since the index was built and is not in it; 0 where the index has no recent part. */
  recentRows: number;
  /** Row versions that are dead, as the statistics have it. */
  deadRows: number;
  tableBytes: number;
  /** Of the vector index; 0 where there is none. */
  indexBytes: number;
  /** What shall have graphs of its own; absent where that is nothing. */
  segments?: SegmentFields;
  /** There is a copy: a new index is being made, or was when its maker ended. */
  copying: boolean;
  /** Somebody is at it. */
  busy: boolean;
}

interface StateRow {
  oid: bigint | null;
  copying: boolean;
  busy: boolean;
  dead: bigint | null;
  table_bytes: bigint | null;
  rows: bigint;
  recent: bigint;
}

/** Counts the collection's vectors: not for the way of a request. */
export async function readPartition(
  sql: Sql,
  model: ModelTable,
  collectionId: number,
  partition: string,
): Promise<PartitionState> {
  const [state] = await sql.query<StateRow>(
    `select (select h.inhrelid::int8 from pg_inherits h where h.inhrelid = t.oid) as oid,
       to_regclass('kindred.' || $2 || '_next') is not null as copying,
       exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
         and l.database = (select d.oid from pg_database d where d.datname = current_database())
         and l.classid = hashtext('kindred.promote')::oid and l.objid = hashtext($2)::oid) as busy,
       pg_stat_get_dead_tuples(t.oid) as dead,
       pg_table_size(t.oid) as table_bytes,
       c.rows, c.recent
       from (select to_regclass('kindred.' || $2)::oid as oid) t
      cross join (select count(*) as rows, count(*) filter (where v.recent) as recent from kindred.${model.table} v
         where v.tenant_id = kindred.tenant() and v.collection_id = $1) c`,
    [collectionId, partition],
  );
  const rows = await readIndexes(sql, [partition]);
  const row = mainIndexOf(rows, partition);
  const index = builtIndex(rows, partition);
  const count = Number(state!.rows);
  return {
    oid: state!.oid ?? undefined,
    index,
    rows: count,
    recentRows: row?.part === 'rest' ? Number(state!.recent) : 0,
    deadRows: Number(state!.dead ?? 0),
    tableBytes: Number(state!.table_bytes ?? 0),
    indexBytes: Number(row?.bytes ?? 0),
    segments: await readSegmentFields(sql, collectionId, index?.segments ?? [], count),
    copying: state!.copying,
    busy: state!.busy,
  };
}

export interface BuildProgress {
  /** PostgreSQL's name of the phase: "building index: loading tuples". */
  phase: string;
  done: number;
  total: number;
}

/** How far the index under construction has come; undefined where none is, or none may be seen. */
export async function readProgress(sql: Sql, table: string, collectionId: number): Promise<BuildProgress | undefined> {
  const [row] = await sql.query<{ phase: string; done: bigint; total: bigint }>(
    'select phase, done, total from kindred.index_progress($1, $2)',
    [table, collectionId],
  );
  return row && { phase: row.phase, done: Number(row.done), total: Number(row.total) };
}
