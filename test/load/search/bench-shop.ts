import { createHash } from 'node:crypto';
import type { Database } from '@kindred/database';
import { builtInTextModel, embedTexts } from '@kindred/embedder';
import {
  CollectionDirectory,
  type CollectionRow,
  contentHash,
  ensureModel,
  type ModelIdentity,
  type ModelTable,
  promote,
  upsertDocuments,
  upsertVectors,
} from '@kindred/vector-index';
import { dimensions, type RealVectors } from './real-vectors.ts';

export const tenant = 'default';
export const vectorCollection = 'sentences';
export const textCollection = 'texts';
const perBatch = 2_000;

/** Shares of the items that each attribute picks out: by chance (any_*), or those that lie one way (near_*). */
export const shares = { '50': 0.5, '10': 0.1, '1': 0.01, '0_1': 0.001, '0_01': 0.0001 } as const;
export type Share = keyof typeof shares;
export type FilterKind = 'any' | 'near';
/** The same 10 % again, whose items have a graph of their own. */
export const segments = ['anysegment_10', 'nearsegment_10'] as const;

export interface BenchShop {
  /** False where it was there already. */
  isNew: boolean;
  collection: CollectionRow;
  model: ModelTable;
}

const miniLm: ModelIdentity = {
  name: 'minilm',
  version: '1',
  provider: 'onnx',
  dimensions,
  dtype: 'q8',
  artifactHash: 'b'.repeat(64),
};

/** The table of the sentences' vectors. */
export const vectorModel = (database: Database): Promise<ModelTable> => ensureModel(database, tenant, miniLm);

/** The sentences with their MiniLM vectors and attributes to filter by, and the same with vectors of the built-in model. */
export async function benchShops(database: Database, real: RealVectors, count: number) {
  const attributes = Object.keys(shares)
    .flatMap((share) => [`any_${share}`, `near_${share}`])
    .concat(segments)
    .map((name) => ({ name, type: 'boolean', array: false, filterable: true, embedded: false, shown: true }));
  const vectors = await shop(database, miniLm, vectorCollection, attributes, { kind: 'auto', segments });
  const builtIn = await builtInTextModel();
  const texts = await shop(database, builtIn.identity, textCollection);
  const facts = vectors.isNew ? attributesOf(real.stored, count) : [];
  await fill(database, vectors, count, (from, to) => ({
    texts: real.texts.slice(from, to),
    facts: facts.slice(from, to),
    vectors: Array.from({ length: to - from }, (_, at) => rowOf(real.stored, from + at)),
  }));
  await fill(database, texts, count, async (from, to) => ({
    texts: real.texts.slice(from, to),
    facts: [],
    vectors: await embedTexts(builtIn, real.texts.slice(from, to), 'document'),
  }));
  return { vectors, texts };
}

export const itemIdOf = (at: number) => `s-${String(at).padStart(7, '0')}`;

export const rowOf = (vectors: Float32Array, at: number) => vectors.subarray(at * dimensions, (at + 1) * dimensions);

/** The collection and its model's table, made where they are not there. */
export async function shop(
  database: Database,
  identity: ModelIdentity,
  name: string,
  attributes: readonly object[] = [],
  index: object = {},
): Promise<BenchShop> {
  const inserted = await database.query(
    { tenant },
    `insert into kindred.collections (tenant_id, name, model, attributes, index_settings)
     values (kindred.tenant(), $1, $2, $3::jsonb, $4::jsonb) on conflict do nothing returning name`,
    [name, identity.name, JSON.stringify(attributes), JSON.stringify(index)],
  );
  const directory = new CollectionDirectory(database);
  const collection = await directory.get(tenant, name);
  await directory.close();
  return { isNew: inserted.length > 0, collection, model: await ensureModel(database, tenant, identity) };
}

interface Rows {
  texts: string[];
  facts: Record<string, boolean>[];
  vectors: Float32Array[];
}

/** Written as the services write, then indexed. */
export async function fill(
  database: Database,
  { isNew, collection, model }: BenchShop,
  count: number,
  rowsOf: (from: number, to: number) => Rows | Promise<Rows>,
): Promise<void> {
  if (!isNew) return;
  for (let at = 0; at < count; at += perBatch) {
    await put(database, { collection, model }, await rowsOf(at, Math.min(count, at + perBatch)), at);
  }
  await database.query({ tenant }, 'select kindred.refresh_statistics($1, $2)', [model.table, count]);
  await promote(database, tenant, collection.collectionId, 'documents');
  await promote(database, tenant, collection.collectionId, model, collection.index);
}

async function put(
  database: Database,
  { collection: { collectionId }, model }: Pick<BenchShop, 'collection' | 'model'>,
  { texts, facts, vectors }: Rows,
  from: number,
): Promise<void> {
  const rows = texts.map((text, at) => {
    const hash = contentHash(text);
    return { itemId: itemIdOf(from + at), text, attributes: facts[at] ?? {}, hash, at: from + at };
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
    const written = rows.map(({ itemId, hash }, at) => ({
      itemId,
      revision: 1n,
      contentHash: hash,
      vector: vectors[at]!,
    }));
    await upsertVectors(database, sql, model, collectionId, written);
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
  for (const one of facts) {
    one.anysegment_10 = one.any_10!;
    one.nearsegment_10 = one.near_10!;
  }
  return facts;
}

function order(count: number, keyOf: (at: number) => number): number[] {
  const keys = Array.from({ length: count }, (_, at) => keyOf(at));
  return Array.from({ length: count }, (_, at) => at).sort((a, b) => keys[a]! - keys[b]! || a - b);
}
