import type { Database } from '@kindred/database';
import { CollectionDirectory, type CollectionRow, ensureModel, promote, upsertVectors } from '@kindred/vector-index';
import { seeded } from '../../support/random.ts';

export const tenant = 'default';
export const collectionName = 'goods';
export const dimensions = 64;
const groups = 200;
const perBatch = 2_000;

export interface BenchSize {
  users: number;
  items: number;
  /** On average; half of the people have a third of that or less. */
  eventsPerUser: number;
}

/** People with leanings: each turns to items of three of 200 groups, to popular ones most. Made in the database. */
export async function benchTastes(database: Database, size: BenchSize): Promise<CollectionRow> {
  const attributes = [{ name: 'group', type: 'keyword', array: false, filterable: true, embedded: false, shown: true }];
  await database.query(
    { tenant },
    `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), $1, $2::jsonb)`,
    [collectionName, JSON.stringify(attributes)],
  );
  const directory = new CollectionDirectory(database);
  const collection = await directory.get(tenant, collectionName);
  await directory.close();
  await putItems(database, collection, size);
  await putEvents(database, collection, size);
  await putVectors(database, collection, size);
  await database.query(
    { tenant },
    `insert into kindred.rebuilds (tenant_id, collection_id, wanted_at)
    values (kindred.tenant(), $1, now()) on conflict do nothing`,
    [collection.collectionId],
  );
  return collection;
}

const itemSql = (number: string) => `'item-' || lpad((${number})::text, 6, '0')`;

async function putItems(database: Database, { collectionId }: CollectionRow, { items }: BenchSize): Promise<void> {
  await database.query(
    { tenant },
    `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, body, price, stock, categories, attributes)
     select kindred.tenant(), $1, ${itemSql('n')}, 1, 'Item ' || n, repeat('A text about the item. ', 10), n % 500, 1 + n % 9,
       array['group ' || n % ${groups}], jsonb_build_object('group', 'g' || n % ${groups})
       from generate_series(0, $2::int - 1) as n`,
    [collectionId, items],
  );
}

async function putEvents(database: Database, { collectionId }: CollectionRow, size: BenchSize): Promise<void> {
  const step = 10_000;
  for (let from = 0; from < size.users; from += step) {
    // The random numbers of a batch depend on its first user alone.
    await database.transaction({ tenant }, async (sql) => {
      await sql.query('select setseed($1)', [(from / size.users) * 2 - 1]);
      await sql.query(
        `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
         select kindred.tenant(), 'e-' || p.u || '-' || k, now() - random() * interval '365 days',
           (array['view', 'view', 'click', 'like', 'purchase'])[1 + floor(random() * 5)::int], 'user-' || p.u, $1,
           ${itemSql(`(floor(power(random(), 2) * $4::int / ${groups})::int * ${groups}
             + (p.u * 7 + floor(random() * 3)::int * 31) % ${groups}) % $4::int`)}
           from (select u, (2 + 3 * $5::int * power(random(), 2))::int as events
                   from generate_series($2::int, $3::int) as u) p
           cross join lateral generate_series(1, p.events) as k`,
        [collectionId, from, Math.min(from + step, size.users) - 1, size.items, size.eventsPerUser],
      );
    });
  }
}

async function putVectors(database: Database, { collectionId }: CollectionRow, { items, users }: BenchSize) {
  const identity = {
    name: 'bench',
    version: '1',
    provider: 'fake',
    dimensions,
    dtype: 'q8',
    artifactHash: 'c'.repeat(64),
  };
  const model = await ensureModel(database, tenant, identity);
  const random = seeded(7);
  const centers = Array.from({ length: groups }, () => unit(() => random() - 0.5));
  for (let from = 0; from < items; from += perBatch) {
    const rows = Array.from({ length: Math.min(perBatch, items - from) }, (_, at) => {
      const center = centers[(from + at) % groups]!;
      const vector = unit((each) => center[each]! + (random() - 0.5) / 4);
      const itemId = `item-${String(from + at).padStart(6, '0')}`;
      return { itemId, revision: 1n, contentHash: Buffer.from(itemId), vector };
    });
    await database.transaction({ tenant }, (sql) => upsertVectors(database, sql, model, collectionId, rows));
  }
  await promote(database, tenant, collectionId, model);
  // Each person's taste is the center of one of their groups.
  await database.query(
    { tenant },
    `insert into kindred.user_vectors (tenant_id, collection_id, user_id, model, embedding, events)
     select kindred.tenant(), $1, 'user-' || u, $2, v.embedding::vector, 1 from generate_series(0, $3::int - 1) as u
       join kindred.${model.table} v on v.tenant_id = kindred.tenant() and v.collection_id = $1
        and v.item_id = ${itemSql(`(u * 7) % ${groups}`)}`,
    [collectionId, model.table, users],
  );
}

function unit(element: (at: number) => number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, (_, at) => element(at));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
