import { createHash } from 'node:crypto';
import { QueryRequest, SearchMode } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { defaultMediaLimits, defaultTraining, trainWords, writeWordArtifact } from '@kindred/embedder';
import { Log } from '@kindred/runtime';
import { CollectionDirectory, ensureModel, Search, saveArtifact, upsertDocuments } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../test/support/databases.ts';
import { QueryLog } from './query-log.ts';
import { SearchService } from './search.service.ts';
import { WordExpander } from './word-expander.ts';

const tenant = 'cinema';
/** 배우 and 감독 stand in the same places, with the same words around them; mice do not. */
const lines = [
  '유명한 배우 새로운 작품 찍었다',
  '유명한 감독 새로운 작품 찍었다',
  '배우가 상을 받았다',
  '감독이 상을 받았다',
  'the mouse ate old cheese',
];
const titles: Record<string, string> = { actor: '이름난 배우', director: '이름난 감독', mouse: 'wireless mouse' };

async function trained(): Promise<{ artifact: Uint8Array; hash: string }> {
  const text = Array.from({ length: 300 }, () => lines.join('\n')).join('\n');
  const parameters = { ...defaultTraining, dimensions: 16, minCount: 2, epochs: 10, sample: 0, subwords: undefined };
  const { model } = await trainWords([{ name: 'films.txt', chunks: [Buffer.from(text)] }], parameters);
  const artifact = writeWordArtifact(model);
  return { artifact, hash: createHash('sha256').update(artifact).digest('hex') };
}

describe.each(testDatabases())('queries widened by a stored word model on $name', ({ open }) => {
  let database: Database;
  let words: { artifact: Uint8Array; hash: string };

  beforeAll(async () => {
    [database, words] = await Promise.all([open(), trained()]);
    const identity = { name: 'film-words', version: words.hash.slice(0, 12), provider: 'words', dimensions: 16 };
    const parameters = { artifact: words.hash };
    await ensureModel(
      database,
      tenant,
      { ...identity, dtype: 'float32', artifactHash: words.hash },
      { parameters, takes: ['text'], dataset: '', metrics: {} },
    );
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, expansion_model) values (kindred.tenant(), 'films', 'film-words')`,
    );
    const { collectionId } = await new CollectionDirectory(database).get(tenant, 'films');
    await database.transaction({ tenant }, async (sql) => {
      for (const [id, title] of Object.entries(titles)) {
        await sql.query(
          `insert into kindred.items (tenant_id, collection_id, item_id, revision, title)
           values (kindred.tenant(), $1, $2, 1, $3)`,
          [collectionId, id, title],
        );
        await upsertDocuments(sql, collectionId, [{ itemId: id, text: title }]);
      }
    });
  });

  it('loads the model once it can, and finds what has only a neighboring word', async () => {
    const directory = new CollectionDirectory(database);
    const search = new Search(database, directory, undefined, new WordExpander(database));
    const queries = new QueryLog(database, directory, Log.silent(), false);
    const media = { limits: defaultMediaLimits, resources: {} };
    const service = new SearchService(search, database, directory, media, queries);
    const ask = () =>
      service.query(
        QueryRequest.create({
          collection: 'films',
          by: { $case: 'text', value: '배우를' },
          mode: SearchMode.SEARCH_MODE_LEXICAL,
          with: { explain: true, payload: true, vectors: false },
        }),
        { tenant, role: 'reader', requestId: 'r' },
        new AbortController().signal,
      );
    const before = await ask();
    expect(before.hits.map((hit) => hit.itemId)).toEqual(['actor']);
    expect(before.plan!.notes[0]).toMatch(/not widened by "film-words".*missing or damaged/);
    await database.transaction({ tenant }, (sql) => saveArtifact(sql, words.hash, words.artifact));
    const after = await ask();
    expect(after.hits.map((hit) => hit.itemId)).toEqual(['actor', 'director']);
    expect(after.plan!.notes).toEqual([]);
    expect(after.plan!.legs[0]!.settings.extra_terms!.split(' ')).toContain('감독');
  });

  it('weighs the words by half their mean similarity, and keeps tenants apart', async () => {
    const expander = new WordExpander(database);
    const { words: extra, weight } = await expander.expand(tenant, 'film-words', '배우');
    expect(extra).toContain('감독');
    expect(weight).toBeGreaterThanOrEqual(0.15);
    expect(weight).toBeLessThanOrEqual(0.25);
    expect(await expander.expand(tenant, 'film-words', 'zebra')).toEqual({ words: [], weight: 0 });
    const refused = { code: 'MODEL_NOT_FOUND', field: 'collection.expansion_model' };
    await expect(expander.expand('stranger', 'film-words', '배우')).rejects.toMatchObject(refused);
    await expect(expander.expand(tenant, 'other', '배우')).rejects.toMatchObject(refused);
  });
});
