import { type Collection, KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { CollectionDirectory } from '@kindred/vector-index';
import type { WordRefresh } from '../words/word-refresh.ts';
import { checkIndex } from './check-index.ts';
import { checkModels } from './check-models.ts';
import * as store from './collection.store.ts';
import { checkChange, collectionOf, declarationOf } from './collection-declaration.ts';
import { declareAnalyzer } from './declare-analyzer.ts';

export class CollectionService {
  constructor(
    private readonly database: Database,
    private readonly directory: CollectionDirectory,
    private readonly words?: Pick<WordRefresh, 'consider'>,
  ) {}

  /** Creates or changes the collection. Idempotent. */
  async put(tenant: string, wanted: Collection | undefined): Promise<Collection> {
    const declaration = declarationOf(wanted);
    const stored = await this.database.transaction({ tenant }, async (sql) => {
      await store.lockName(sql, declaration.name);
      const before = await store.lockCollection(sql, declaration.name);
      if (before) checkChange(before, declaration);
      await checkModels(sql, declaration, before?.collection_id);
      await checkIndex(sql, this.database, declaration, before?.collection_id);
      await store.putCollection(sql, declaration);
      await declareAnalyzer(sql, declaration, before);
      const [after] = await store.listCollections(sql, declaration.name);
      return collectionOf(after!);
    });
    this.directory.invalidate(tenant, declaration.name);
    this.words?.consider(await this.directory.get(tenant, declaration.name));
    return stored;
  }

  async get(tenant: string, name: string): Promise<Collection> {
    const [row] = await this.database.transaction({ tenant }, (sql) => store.listCollections(sql, name));
    if (!row) throw notFound(name);
    return collectionOf(row);
  }

  async list(tenant: string): Promise<Collection[]> {
    const rows = await this.database.transaction({ tenant }, (sql) => store.listCollections(sql));
    return rows.map(collectionOf);
  }

  /** Removes the collection with its items, vectors and interactions. Returns how many live items went. */
  async delete(tenant: string, name: string): Promise<number> {
    const items = await this.database.transaction({ tenant }, async (sql) => {
      const row = await store.lockCollection(sql, name);
      if (!row) throw notFound(name);
      return store.deleteCollection(sql, name, row.collection_id);
    });
    this.directory.invalidate(tenant, name);
    return items;
  }
}

const notFound = (name: string) =>
  new KindredError('COLLECTION_NOT_FOUND', 'name', `There is no collection "${name}"; create it with PutCollection`);
