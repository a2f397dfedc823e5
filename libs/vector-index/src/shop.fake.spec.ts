import { createHash } from 'node:crypto';
import type { Filter, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { analyze } from './analyze.ts';
import type { CollectionRow, IndexSettings } from './collection.store.ts';
import { CollectionDirectory } from './collection-directory.ts';
import { type AttributeDeclaration, contentHash, contentOf, contentParts } from './content.ts';
import { upsertDocuments } from './document.store.ts';
import type { ModelIdentity, ModelTable } from './models/model.store.ts';
import { ensureModel } from './models/model-table.ts';
import { upsertVectors } from './models/vector.store.ts';
import type { EmbeddedQuery, QueryEmbedder, QueryInput } from './search/embedded-leg.ts';

export const dimensions = 64;

export const fakeIdentity: ModelIdentity = {
  name: 'fake-text',
  version: '1',
  provider: 'fake',
  dimensions,
  dtype: 'float32',
  artifactHash: 'f'.repeat(64),
};

/** Each term pushes two dimensions that its hash chooses; length one. */
export function fakeVector(text: string): Float32Array {
  const sums = new Float32Array(dimensions);
  for (const term of analyze(text)) {
    const hash = createHash('sha256').update(term).digest();
    sums[hash[0]! % dimensions]! += 1;
    sums[hash[1]! % dimensions]! -= 0.5;
  }
  const length = Math.hypot(...sums);
  return length === 0 ? sums : sums.map((value) => value / length);
}

/** An embedder that can be switched off. */
export class FakeEmbedder implements QueryEmbedder {
  failure?: KindredError;
  /** What it says it is. */
  version = fakeIdentity.version;
  /** Other texts that stand for each query too. */
  others: string[] = [];
  calls = 0;

  async embed(_tenant: string, _model: ModelTable, input: QueryInput): Promise<EmbeddedQuery> {
    this.calls++;
    if (this.failure) throw this.failure;
    return {
      model: { name: fakeIdentity.name, version: this.version },
      vector: fakeVector(input.kind === 'text' ? input.text : input.bytes.toString()),
      others: this.others.map(fakeVector),
    };
  }
}

/** The same database as a server without pg_textsearch. */
export function withoutTextSearch(database: Database): Database {
  return {
    driver: database.driver,
    features: { ...database.features, textSearch: null },
    query: database.query.bind(database),
    transaction: database.transaction.bind(database),
    listen: database.listen.bind(database),
    vector: database.vector.bind(database),
    vectors: database.vectors.bind(database),
    close: async () => {},
  };
}

export interface ShopItem {
  itemId: string;
  title: string;
  body?: string;
  price?: number;
  stock?: number;
  hidden?: boolean;
  deleted?: boolean;
  categories?: string[];
  attributes?: Record<string, unknown>;
}

export const attribute = (name: string, type: AttributeDeclaration['type'], more = {}): AttributeDeclaration => ({
  name,
  type,
  array: false,
  filterable: true,
  embedded: false,
  shown: true,
  ...more,
});

/** A collection with items, documents and vectors, written as the services write them. */
export class Shop {
  private constructor(
    readonly database: Database,
    readonly tenant: string,
    readonly collection: CollectionRow,
    readonly model: ModelTable,
  ) {}

  static async open(
    database: Database,
    tenant: string,
    attributes: AttributeDeclaration[] = [],
    index: IndexSettings = { kind: 'auto' },
  ): Promise<Shop> {
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes, index_settings) values (kindred.tenant(), 'shop', $1::jsonb, $2::jsonb)`,
      [JSON.stringify(attributes), JSON.stringify(index)],
    );
    const collection = (await new CollectionDirectory(database).list(tenant))[0]!;
    return new Shop(database, tenant, collection, await ensureModel(database, tenant, fakeIdentity));
  }

  async put(items: ShopItem[], { vectors = true } = {}): Promise<void> {
    const { collectionId } = this.collection;
    const rows = items.map((item) => ({ ...this.row(item) }));
    await this.database.transaction({ tenant: this.tenant }, async (sql) => {
      await sql.query(putSql, [collectionId, JSON.stringify(rows)]);
      await upsertDocuments(
        sql,
        collectionId,
        rows.map((row) => ({ itemId: row.item_id, text: row.parts })),
      );
      if (!vectors) return;
      const made = rows.map((row) => ({
        itemId: row.item_id,
        revision: BigInt(row.revision),
        contentHash: contentHash(row.content),
        vector: fakeVector(row.content),
      }));
      await upsertVectors(this.database, sql, this.model, collectionId, made);
    });
  }

  /** Vectors of these items anew, as an embedding service writes them: after reading what the items are. */
  async revector(ids: readonly string[]): Promise<void> {
    const { collectionId } = this.collection;
    const read = 'select item_id, title, revision from kindred.items where collection_id = $1 and item_id = any($2)';
    const rows = await this.database.query<{ item_id: string; title: string; revision: bigint }>(
      { tenant: this.tenant },
      read,
      [collectionId, ids],
    );
    const made = rows.map(({ item_id: itemId, title, revision }) => ({
      itemId,
      revision,
      contentHash: contentHash(title),
      vector: fakeVector(title),
    }));
    await this.database.transaction({ tenant: this.tenant }, (sql) =>
      upsertVectors(this.database, sql, this.model, collectionId, made),
    );
  }

  private row(item: ShopItem) {
    const { itemId: item_id, title, body = '', categories = [], attributes = {} } = item;
    const searched = { title, body, categories, attributes };
    const content = contentOf(searched, this.collection.attributes);
    const parts = contentParts(searched, this.collection.attributes);
    const { price = null, stock = null, hidden = false, deleted = false } = item;
    const content_hash = contentHash(content).toString('hex');
    const texts = { item_id, title, body, categories, attributes, content, parts, content_hash };
    return { ...texts, price, stock, hidden, deleted, revision: String(Date.now()) };
  }
}

const putSql = `
  insert into kindred.items (tenant_id, collection_id, item_id, revision, title, body, price, stock, hidden, deleted, categories,
    attributes, content_hash)
  select kindred.tenant(), $1, r.item_id, r.revision, r.title, r.body, r.price, r.stock, r.hidden, r.deleted, r.categories,
    r.attributes, decode(r.content_hash, 'hex')
  from jsonb_to_recordset($2::jsonb) as r(item_id text, revision bigint, title text, body text, price float8, stock bigint,
    hidden boolean, deleted boolean, categories text[], attributes jsonb, content_hash text)
  on conflict (tenant_id, collection_id, item_id) do update set title = excluded.title, body = excluded.body,
    price = excluded.price, stock = excluded.stock, hidden = excluded.hidden, deleted = excluded.deleted,
    attributes = excluded.attributes, content_hash = excluded.content_hash`;

type Test = NonNullable<Extract<NonNullable<Filter['must'][number]['kind']>, { $case: 'field' }>['value']['test']>;

export const onField = (field: string, test: Test): Filter['must'][number] => ({
  kind: { $case: 'field', value: { field, test } },
});
export const must = (...conditions: Filter['must']): Filter => ({ must: conditions, should: [], mustNot: [] });
