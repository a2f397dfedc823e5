import type { Sql } from '@kindred/database';
import type { AskedField } from './asked-fields.ts';

/** A field is forgotten that nobody asked for so long. */
const keptDays = 28;

/** Adds today's searches by field, unless the collection is gone, and forgets what is old. */
export async function noteAskedFields(
  sql: Sql,
  collectionId: number,
  searches: ReadonlyMap<string, number>,
): Promise<void> {
  await sql.query(
    `insert into kindred.asked_fields as a (tenant_id, collection_id, field, day, searches)
     select kindred.tenant(), $1, n.field, current_date, n.searches
       from unnest($2::text[], $3::int8[]) as n(field, searches)
      where exists (select from kindred.collections c where c.tenant_id = kindred.tenant() and c.collection_id = $1)
      order by n.field collate "C"
     on conflict (tenant_id, collection_id, field, day) do update set searches = a.searches + excluded.searches`,
    [collectionId, [...searches.keys()], [...searches.values()]],
  );
  await sql.query(
    `delete from kindred.asked_fields where tenant_id = kindred.tenant() and collection_id = $1
        and day <= current_date - ${keptDays}`,
    [collectionId],
  );
}

/** By field, of seven days and of all that is kept. */
export function readAskedFields(sql: Sql, collectionId: number): Promise<AskedField[]> {
  return sql.query<AskedField>(
    `select field, (coalesce(sum(searches) filter (where day > current_date - 7), 0))::float8 as week,
       sum(searches)::float8 as month
       from kindred.asked_fields
      where tenant_id = kindred.tenant() and collection_id = $1 and day > current_date - ${keptDays}
      group by field`,
    [collectionId],
  );
}
