import type { Sql } from '@kindred/database';
import { type Segment, underField } from './segments.ts';

/** Tells a share of 1 % to within a tenth of it. */
const sampleSize = 20_000;
const mostValues = 200;

// Repeatable: what was wanted a minute ago is wanted now.
const commonSql = `
  with sampled as materialized (
    select i.attributes, i.categories from kindred.items i tablesample bernoulli ($3) repeatable (1)
     where i.tenant_id = kindred.tenant() and i.collection_id = $1 and not i.deleted)
  select f.field, f.value, count(*) * 100 / $3::float8 as rows
    from sampled i cross join lateral (
      select a.key as field, a.value from jsonb_each(i.attributes) a
       where a.key = any($2) and jsonb_typeof(a.value) in ('string', 'boolean')
      union
      select a.key, e.value from jsonb_each(i.attributes) a
       cross join lateral jsonb_array_elements(case jsonb_typeof(a.value) when 'array' then a.value else '[]' end) e
       where a.key = any($2) and jsonb_typeof(e.value) in ('string', 'boolean')
      union
      select $4, to_jsonb(array_to_string(p.parts[:depth], '/')) from unnest(i.categories) c
       cross join lateral (select string_to_array(c, '/') as parts) p
       cross join lateral generate_series(1, greatest(1, cardinality(p.parts))) depth where $4 = any($2)) f
   group by 1, 2 order by 3 desc, 1, 2 limit ${mostValues}`;

/** The most frequent values of the fields, as facts call them, among the items of a collection with so many vectors. */
export function readCommonValues(
  sql: Sql,
  collectionId: number,
  fields: readonly string[],
  rows: number,
): Promise<Segment[]> {
  const percent = Math.min(100, (100 * sampleSize) / Math.max(1, rows));
  return sql.query<Segment>(commonSql, [collectionId, fields, percent, underField]);
}
