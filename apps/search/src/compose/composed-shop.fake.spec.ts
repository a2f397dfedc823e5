import { createHash } from 'node:crypto';
import { type Filter, QueryRequest, type QueryResponse } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { defaultMediaLimits } from '@kindred/embedder';
import { type Caller, Log } from '@kindred/runtime';
import {
  type AttributeDeclaration,
  analyze,
  CollectionDirectory,
  contentHash,
  contentOf,
  ensureModel,
  type ModelTable,
  Search,
  upsertDocuments,
  upsertVectors,
  Vocabularies,
} from '@kindred/vector-index';
import { QueryLog } from '../query-log.ts';
import { SearchService } from '../search.service.ts';
import type { RerankerSource } from './composed-search.ts';

export interface StockedItem {
  itemId: string;
  title: string;
  body?: string;
  price?: number;
  categories?: string[];
  attributes?: Record<string, unknown>;
}

const dimensions = 32;
const identityOf = (name: string) => ({
  name,
  version: '1',
  provider: 'fake',
  dimensions,
  dtype: 'float32',
  artifactHash: name,
});

/** Each term pushes two dimensions; length one. */
export function termVector(text: string): Float32Array {
  const sums = new Float32Array(dimensions);
  for (const term of analyze(text)) {
    const hash = createHash('sha256').update(term).digest();
    sums[hash[0]! % dimensions]! += 1;
    sums[hash[1]! % dimensions]! += 0.5;
  }
  const length = Math.hypot(...sums) || 1;
  return sums.map((value) => value / length);
}

const attribute = (name: string, type: AttributeDeclaration['type'], more = {}): AttributeDeclaration => ({
  name,
  type,
  array: false,
  filterable: true,
  embedded: false,
  shown: true,
  ...more,
});

export const shopAttributes = [
  attribute('brand', 'keyword'),
  attribute('tags', 'keyword', { array: true }),
  attribute('rating', 'number'),
  attribute('released', 'time'),
  attribute('place', 'geo'),
  attribute('secret', 'keyword', { filterable: false }),
  attribute('acl', 'keyword', { array: true, shown: false }),
];

/** A tenant's collections, and the service that searches them. */
export class ComposedShop {
  readonly embedded: string[] = [];
  readonly service: SearchService;

  constructor(
    readonly database: Database,
    readonly tenant: string,
    rerankers?: RerankerSource,
  ) {
    const directory = new CollectionDirectory(database);
    const embed = async (_tenant: string, { name, version }: ModelTable, input: { kind: string; text?: string }) => {
      this.embedded.push(input.text ?? input.kind);
      return { model: { name, version }, vector: termVector(input.text ?? '') };
    };
    const media = { limits: defaultMediaLimits, resources: {}, rerankers };
    const queries = new QueryLog(database, directory, Log.silent(), false);
    const search = new Search(database, directory, { embed }, undefined, new Vocabularies(database));
    this.service = new SearchService(search, database, directory, media, queries);
  }

  async stock(
    name: string,
    items: readonly StockedItem[],
    { attributes = shopAttributes, model = 'terms', vectors = true } = {},
  ): Promise<void> {
    const { database, tenant } = this;
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes, model) values (kindred.tenant(), $1, $2::jsonb, $3)`,
      [name, JSON.stringify(attributes), model],
    );
    await this.put(name, items, { attributes, model, vectors });
  }

  /** New items of a collection that is there. */
  async put(
    name: string,
    items: readonly StockedItem[],
    { attributes = shopAttributes, model = 'terms', vectors = true } = {},
  ): Promise<void> {
    const { database, tenant } = this;
    const { collectionId } = await new CollectionDirectory(database).get(tenant, name);
    const table = await ensureModel(database, tenant, identityOf(model));
    const rows = items.map((item) => {
      const content = contentOf({ body: '', categories: [], attributes: {}, ...item }, attributes);
      const hash = contentHash(content).toString('hex');
      return { body: '', categories: [], attributes: {}, price: null, ...item, content, hash };
    });
    await database.transaction({ tenant }, async (sql) => {
      await sql.query(insertSql, [collectionId, JSON.stringify(rows)]);
      const documents = rows.map(({ itemId, content }) => ({ itemId, text: content }));
      await upsertDocuments(sql, collectionId, documents);
      if (!vectors) return;
      const made = rows.map(({ itemId, content }) => ({
        itemId,
        revision: 1n,
        contentHash: contentHash(content),
        vector: termVector(content),
      }));
      await upsertVectors(database, sql, table, collectionId, made);
    });
  }

  ask(request: Partial<QueryRequest>): Promise<QueryResponse> {
    const caller: Caller = { tenant: this.tenant, role: 'reader', requestId: 'r' };
    const { signal } = new AbortController();
    return this.service.query(QueryRequest.create({ collection: 'shop', ...request }), caller, signal);
  }

  /** The ids of all pages, in order. */
  async everyPage(request: Partial<QueryRequest>): Promise<string[]> {
    const ids: string[] = [];
    let pageToken = '';
    for (let page = 0; page < 100; page++) {
      const { hits, groups, nextPageToken } = await this.ask({ ...request, pageToken });
      ids.push(...hits.map(({ itemId }) => itemId), ...groups.map(({ value }) => String(value)));
      if (nextPageToken === '') return ids;
      pageToken = nextPageToken;
    }
    throw new Error('pages without end');
  }
}

const insertSql = `
  insert into kindred.items (tenant_id, collection_id, item_id, revision, title, body, price, categories, attributes, content_hash)
  select kindred.tenant(), $1, r."itemId", 1, r.title, r.body, r.price, r.categories, r.attributes,
    decode(r.hash, 'hex')
    from jsonb_to_recordset($2::jsonb)
      as r("itemId" text, title text, body text, price float8, categories text[], attributes jsonb, hash text)`;

export const text = (value: string) => ({ $case: 'text', value }) as const;
export const idsOf = ({ hits }: QueryResponse) => hits.map(({ itemId }) => itemId);

export function where(field: string, value: unknown): Filter {
  const test = { $case: 'equals' as const, value };
  return { must: [{ kind: { $case: 'field', value: { field, test } } }], should: [], mustNot: [] };
}

const brands = ['Acme', '삼성', 'LG', 'Canon', 'Rare'];

/** 400 devices. Every 100th is of the brand "Rare"; the last of them match the query "mouse" worst. */
export function devices(): StockedItem[] {
  return Array.from({ length: 400 }, (_, at) => ({
    itemId: `d${String(at).padStart(3, '0')}`,
    title: `${at % 3 === 0 ? 'wireless' : '무선'} mouse device ${at}`,
    body: 'with many more words '.repeat(Math.floor(at / 40)),
    price: at,
    categories: at % 2 === 0 ? ['even'] : ['odd', 'special'],
    attributes: {
      brand: at % 100 === 99 ? 'Rare' : brands[at % 4],
      tags: [`t${at % 7}`, `u${at % 5}`],
      rating: (at % 50) / 10,
      released: new Date(Date.UTC(2026, 0, 1) + at * 86_400_000).toISOString(),
      place: [126.978 + at / 1_000, 37.5665],
      secret: `s${at % 2}`,
    },
  }));
}
