import { createHash } from 'node:crypto';
import type { Database } from '@kindred/database';
import {
  CollectionDirectory,
  type CollectionRow,
  contentHash,
  ensureModel,
  type ModelTable,
  promote,
  upsertDocuments,
  upsertVectors,
} from '@kindred/vector-index';
import { dimensions, type RealVectors } from './real-vectors.ts';

export const tenant = 'default';
export const collectionName = 'sentences';
const perBatch = 2_000;

/** Shares of the items that each attribute picks out: by chance (any_*), or those that lie one way (near_*). */
export const shares = { '50': 0.5, '10': 0.1, '1': 0.01, '0_1': 0.001, '0_01': 0.0001 } as const;
export type Share = keyof typeof shares;
export type FilterKind = 'any' | 'near';

export interface BenchShop {
  /** False where it was there already. */
  loaded: boolean;
  collection: CollectionRow;
  model: ModelTable;
}

/** Items, documents and vectors, written as the services write them, and indexed. */
export async function benchShop(database: Database, real: RealVectors, count: number): Promise<BenchShop> {
  const attributes = Object.keys(shares)
    .flatMap((share) => [`any_${share}`, `near_${share}`])
    .map((name) => ({ name, type: 'boolean', array: false, filterable: true, embedded: false, shown: true }));
  const inserted = await database.query(
    { tenant },
    `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), $1, $2::jsonb)
     on conflict do nothing returning name`,
    [collectionName, JSON.stringify(attributes)],
  );
  const directory = new CollectionDirectory(database);
  const collection = await directory.get(tenant, collectionName);
  await directory.close();
  const model = await ensureModel(database, tenant, {
    name: 'minilm',
    version: '1',
    provider: 'onnx',
    dimensions,
    dtype: 'q8',
    artifactHash: 'b'.repeat(64),
  });
  if (inserted.length === 0) return { loaded: false, collection, model };
  const facts = attributesOf(real.stored, count);
  for (let at = 0; at < count; at += perBatch) {
    await put(database, { loaded: true, collection, model }, real, facts.slice(at, at + perBatch), at);
  }
  await database.query({ tenant }, 'select kindred.refresh_statistics($1, $2)', [model.table, count]);
  await promote(database, tenant, collection.collectionId, 'documents');
  await promote(database, tenant, collection.collectionId, model);
  return { loaded: true, collection, model };
}

export const itemIdOf = (at: number) => `s-${String(at).padStart(7, '0')}`;

async function put(
  database: Database,
  { collection: { collectionId }, model }: BenchShop,
  real: RealVectors,
  facts: Record<string, boolean>[],
  from: number,
): Promise<void> {
  const rows = facts.map((attributes, at) => {
    const text = real.texts[from + at]!;
    const hash = contentHash(text);
    return { itemId: itemIdOf(from + at), text, attributes, hash, at: from + at };
  });
  await database.transaction({ tenant }, async (sql) => {
    await sql.query(
      `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, price, attributes, content_hash)
       select kindred.tenant(), $1, r.item_id, 1, r.title, r.price, r.attributes, decode(r.hash, 'hex')
         from jsonb_to_recordset($2::jsonb) as r(item_id text, title text, price float8, attributes jsonb, hash text)`,
      [
        collectionId,
        JSON.stringify(
          rows.map(({ itemId, text, attributes, hash, at }) => ({
            item_id: itemId,
            title: text,
            price: at % 1_000,
            attributes,
            hash: hash.toString('hex'),
          })),
        ),
      ],
    );
    await upsertDocuments(sql, collectionId, rows);
    const vectors = rows.map(({ itemId, hash, at }) => ({
      itemId,
      revision: 1n,
      contentHash: hash,
      vector: real.stored.subarray(at * dimensions, (at + 1) * dimensions),
    }));
    await upsertVectors(database, sql, model, collectionId, vectors);
  });
}

function attributesOf(vectors: Float32Array, count: number): Record<string, boolean>[] {
  const byChance = order(count, (at) => createHash('sha256').update(`chance ${at}`).digest().readUInt32BE(0));
  // The first item points the way: what lies nearest to it.
  const byPlace = order(count, (at) => {
    let product = 0;
    for (let each = 0; each < dimensions; each++) product += vectors[at * dimensions + each]! * vectors[each]!;
    return -product;
  });
  const facts: Record<string, boolean>[] = Array.from({ length: count }, () => ({}));
  for (const [share, part] of Object.entries(shares)) {
    const most = Math.round(part * count);
    for (let at = 0; at < count; at++) {
      facts[byChance[at]!]![`any_${share}`] = at < most;
      facts[byPlace[at]!]![`near_${share}`] = at < most;
    }
  }
  return facts;
}

function order(count: number, keyOf: (at: number) => number): number[] {
  const keys = Array.from({ length: count }, (_, at) => keyOf(at));
  return Array.from({ length: count }, (_, at) => at).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
