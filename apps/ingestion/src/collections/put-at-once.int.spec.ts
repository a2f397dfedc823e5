import { AttributeType, Collection } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { CollectionDirectory } from '@kindred/vector-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { CollectionService } from './collection.service.ts';

const tenant = 'default';

describe.each(testDatabases())('collections put at once on $name', ({ open }) => {
  let database: Database;
  let collections: CollectionService;
  beforeAll(async () => {
    database = await open();
    collections = new CollectionService(database, new CollectionDirectory(database));
  });

  it('are made once, by whichever comes first, and the others change it', async () => {
    const names = Array.from({ length: 4 }, (_, at) => `name${at}`);
    const put = (name: string) => {
      const attributes = [{ name, type: AttributeType.ATTRIBUTE_TYPE_KEYWORD }];
      return collections.put(tenant, Collection.fromPartial({ name: 'shared', attributes }));
    };
    const made = await Promise.all(names.map(put));
    expect(made.map(({ attributes }) => attributes[0]!.name)).toEqual(names);
    expect(names).toContain((await collections.get(tenant, 'shared')).attributes[0]!.name);
    expect(await collections.list(tenant)).toHaveLength(1);
  });
});
