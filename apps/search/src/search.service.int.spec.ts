import { type Distance, FusionMethod, type Item, QueryRequest, SearchMode, type Typos } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { defaultMediaLimits } from '@kindred/embedder';
import { type Caller, Log } from '@kindred/runtime';
import { CollectionDirectory, ensureModel, Search, upsertDocuments, upsertVectors } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { QueryLog } from './query-log.ts';
import { SearchService } from './search.service.ts';

const identity = { name: 'm', version: '1', provider: 'fake', dimensions: 2, dtype: 'float32', artifactHash: 'a' };
const caller: Caller = { tenant: 'wire', role: 'reader', requestId: 'r-1' };
const { signal } = new AbortController();

describe.each(testDatabases())('the search service on $name', ({ open }) => {
  let database: Database;
  let service: SearchService;

  beforeAll(async () => {
    database = await open();
    const tenant = 'wire';
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes) values (kindred.tenant(), 'shop', $1::jsonb)`,
      [
        JSON.stringify([
          { name: 'color', type: 'keyword', array: false, filterable: true, embedded: false, shown: true },
        ]),
      ],
    );
    const directory = new CollectionDirectory(database);
    const { collectionId } = await directory.get(tenant, 'shop');
    const model = await ensureModel(database, tenant, identity);
    await database.transaction({ tenant }, async (sql) => {
      await sql.query(
        `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, price, stock, attributes)
         select kindred.tenant(), $1, 'i' || n, 9007199254740993, 'mouse ' || n, n, n, jsonb_build_object('color', 'red')
           from generate_series(1, 12) n`,
        [collectionId],
      );
      const ids = Array.from({ length: 12 }, (_, at) => `i${at + 1}`);
      await upsertDocuments(
        sql,
        collectionId,
        ids.map((itemId) => ({ itemId, text: `mouse ${itemId.slice(1)}` })),
      );
      const vectors = ids.map((itemId, at) => ({
        itemId,
        revision: 1n,
        contentHash: Buffer.from(itemId),
        vector: Float32Array.of(Math.cos(at / 10), Math.sin(at / 10)),
      }));
      await upsertVectors(database, sql, model, collectionId, vectors);
    });
    const media = { limits: defaultMediaLimits, resources: {} };
    const queries = new QueryLog(database, directory, Log.silent(), true);
    const embedder = { embed: async () => ({ model: identity, vector: Float32Array.of(1, 0) }) };
    service = new SearchService(new Search(database, directory, embedder), database, directory, media, queries);
  });

  const ask = (request: Partial<QueryRequest>) =>
    service.query(QueryRequest.create({ collection: 'shop', ...request }), caller, signal);
  const mouse = { $case: 'text', value: 'mouse' } as const;
  const vector = (values: number[], model = '') => ({ by: { $case: 'vector', value: { values, model } } }) as const;

  it('answers in wire form, with exact 64-bit numbers and the next page', async () => {
    const answer = await ask({ by: mouse });
    expect(answer.requestId).toBe('r-1');
    expect(answer.hits).toHaveLength(10);
    expect(answer.hits[0]!.item).toMatchObject<Partial<Item>>({
      collection: 'shop',
      itemId: answer.hits[0]!.itemId,
      revision: 9007199254740993n,
      attributes: { color: 'red' },
    });
    const rest = await ask({ by: mouse, pageToken: answer.nextPageToken });
    expect(rest.hits).toHaveLength(2);
    expect(rest.nextPageToken).toBe('');
  });

  it('carries what was asked for and nothing else', async () => {
    const [bare] = (await ask({ by: mouse, with: { payload: false, vectors: true, explain: true } })).hits;
    expect(bare!.item).toBeUndefined();
    expect(bare!.vector).toHaveLength(2);
    expect(bare!.scores).toMatchObject({ lexical_rank: expect.any(Number), dense_rank: expect.any(Number) });
  });

  it('takes mode, fusion and params', async () => {
    const dense = await ask({ by: mouse, mode: SearchMode.SEARCH_MODE_DENSE, params: { exact: true, distance: 0 } });
    expect(dense.hits.map((hit) => hit.itemId).slice(0, 3)).toEqual(['i1', 'i2', 'i3']);
    const fusion = { method: FusionMethod.FUSION_METHOD_RRF };
    expect((await ask({ by: mouse, fusion })).plan!.fusion).toBe(FusionMethod.FUSION_METHOD_RRF);
  });

  it('explains how a query ran, with what PostgreSQL says of it', async () => {
    const query = QueryRequest.create({ collection: 'shop', by: mouse });
    const { response, choices, statement, postgresPlan } = await service.explain({ query }, caller, signal);
    expect(response!.hits.map((hit) => hit.itemId)).toEqual((await ask({ by: mouse })).hits.map((hit) => hit.itemId));
    expect(choices.filter(({ chosen }) => chosen).map(({ leg }) => leg)).toEqual(['lexical', 'dense']);
    expect(statement).toContain('kindred.items');
    expect(postgresPlan).toMatch(/actual time/);
    const composed = QueryRequest.create({ ...query, diversity: { strength: 0.5 } });
    await expect(service.explain({ query: composed }, caller, signal)).rejects.toMatchObject({
      code: 'FIELD_INVALID',
      field: 'query',
    });
    await expect(service.explain({}, caller, signal)).rejects.toMatchObject({ code: 'FIELD_MISSING', field: 'query' });
  });

  it('counts what a filter matches', async () => {
    const range = { $case: 'range', value: { gte: 4 } } as const;
    const must = [{ kind: { $case: 'field', value: { field: 'price', test: range } } } as const];
    const request = { collection: 'shop', filter: { must, should: [], mustNot: [] } };
    expect(await service.count(request, caller, signal)).toBe(9n);
    expect(await service.count({ collection: 'shop' }, caller, signal)).toBe(12n);
  });

  it.each<[string, Partial<QueryRequest>, string, string]>([
    ['nothing to search by', {}, 'FIELD_MISSING', 'by'],
    ['an empty text', { by: { $case: 'text', value: ' ' } }, 'FIELD_MISSING', 'text'],
    ['a null byte', { by: { $case: 'text', value: 'a\u0000' } }, 'TEXT_HAS_NULL_BYTE', 'text'],
    ['a text too long', { by: { $case: 'text', value: 'x'.repeat(8_193) } }, 'FIELD_TOO_LARGE', 'text'],
    ['an image', { by: { $case: 'image', value: {} } }, 'FIELD_MISSING', 'image'],
    [
      'a recall target above 1',
      { by: mouse, params: { exact: false, recallTarget: 1.1, distance: 0 } },
      'FIELD_INVALID',
      'params.recall_target',
    ],
    [
      'a distance that is none',
      { by: mouse, params: { exact: false, distance: 99 as Distance } },
      'FIELD_INVALID',
      'params.distance',
    ],
    ['a vector of NaN', vector([1, Number.NaN]), 'VECTOR_NOT_FINITE', 'vector.values[1]'],
    ['a vector of zeros', vector([0, 0]), 'VECTOR_ALL_ZERO', 'vector.values'],
    ['a vector too long', vector([1, 1, 1]), 'VECTOR_DIMENSION_MISMATCH', 'vector.values'],
    ['no ids', { by: { $case: 'itemIds', value: { ids: [] } } }, 'FIELD_MISSING', 'item_ids.ids'],
    ['an unknown id', { by: { $case: 'itemIds', value: { ids: ["i'0"] } } }, 'ITEM_NOT_FOUND', 'item_ids.ids[0]'],
    [
      'a user in lexical mode',
      { by: { $case: 'userId', value: 'u' }, mode: SearchMode.SEARCH_MODE_LEXICAL },
      'FIELD_INVALID',
      'mode',
    ],
    ['a mode that is none', { by: mouse, mode: 99 as SearchMode }, 'FIELD_INVALID', 'mode'],
    ['a fusion that is none', { by: mouse, fusion: { method: 77 as FusionMethod } }, 'FIELD_INVALID', 'fusion.method'],
    [
      'a treatment of typos that is none',
      { by: mouse, textOptions: { typos: 9 as Typos, highlight: false, withoutSynonyms: false, literal: false } },
      'FIELD_INVALID',
      'text_options.typos',
    ],
    ['limit 0', { by: mouse, limit: 0 }, 'LIMIT_OUT_OF_RANGE', 'limit'],
    ['a weight below 0', { by: mouse, fusion: { method: 0, denseWeight: -1 } }, 'FIELD_INVALID', 'fusion.dense_weight'],
    ['a quoted collection', { by: mouse, collection: "'; --" }, 'COLLECTION_NOT_FOUND', 'collection'],
  ])('refuses %s by its field', async (_, request, code, field) => {
    await expect(ask(request)).rejects.toMatchObject({ code, field });
  });

  it('refuses at once when the caller has gone', async () => {
    const gone = AbortSignal.abort();
    const request = QueryRequest.create({ collection: 'shop', by: mouse });
    await expect(service.query(request, caller, gone)).rejects.toBeDefined();
  });
});
