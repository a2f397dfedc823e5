import { Collection } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory, ensureModel } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionService } from './collection.service.ts';

const tenant = 'default';

describe.each(testDatabases())('the expansion model of a collection on $name', ({ open }) => {
  let database: Database;
  let collections: CollectionService;
  const put = (expansionModel: string) => collections.put(tenant, Collection.create({ name: 'films', expansionModel }));

  beforeAll(async () => {
    database = await open();
    collections = new CollectionService(database, new CollectionDirectory(database));
    for (const [name, provider] of [
      ['film-words', 'words'],
      ['film-texts', 'onnx'],
    ] as const) {
      const identity = { name, version: '1', provider, dimensions: 4, dtype: 'float32', artifactHash: name };
      await ensureModel(database, tenant, identity, { parameters: {}, takes: ['text'], dataset: '', metrics: {} });
    }
  });

  it('is stored, read back and taken away again', async () => {
    expect((await put('film-words')).expansionModel).toBe('film-words');
    expect((await collections.get(tenant, 'films')).expansionModel).toBe('film-words');
    expect((await new CollectionDirectory(database).get(tenant, 'films')).expansionModel).toBe('film-words');
    expect((await put('')).expansionModel).toBe('');
  });

  it.each([
    ['nothing registered', '영화-words', 'MODEL_NOT_FOUND', 'No word model'],
    ['a model of texts', 'film-texts', 'INPUT_KIND_NOT_TAKEN', 'is no word model'],
  ])('is refused where it names %s', async (_, name, code, message) => {
    const refused = { code, field: 'collection.expansion_model', message: expect.stringContaining(message) };
    await expect(put(name)).rejects.toMatchObject(refused);
  });
});
