import type { Database, Sql } from '@kindred/database';
import {
  dimensionProblem,
  type IndexSettings,
  type ModelTable,
  readCollectionModels,
  readModel,
} from '@kindred/vector-index';
import type { CollectionDeclaration } from './collection.store.ts';
import { invalid } from './index-declaration.ts';

/**
 * Refuses an index that vectors of the collection's models cannot have. Models that are not known yet are checked when
 * they are used: an index that cannot be built is left out, and searched exactly.
 */
export async function checkIndex(
  sql: Sql,
  database: Database,
  declaration: CollectionDeclaration,
  collectionId: number | undefined,
): Promise<void> {
  const settings = declaration.index as IndexSettings;
  const element = database.features.vectorElement;
  for (const dimensions of await dimensionsOf(sql, declaration, collectionId)) {
    const problem = dimensionProblem(settings, { dimensions, element });
    if (problem) throw invalid(problem);
  }
}

async function dimensionsOf(sql: Sql, declaration: CollectionDeclaration, collectionId: number | undefined) {
  const models = collectionId === undefined ? [] : await readCollectionModels(sql, collectionId);
  const known: Pick<ModelTable, 'dimensions'>[] = models.map(({ model }) => model);
  for (const name of [declaration.model, declaration.imageModel, declaration.soundModel]) {
    const registered = name === '' ? undefined : await readModel(sql, name, '');
    if (registered) known.push(registered);
  }
  return new Set(known.map(({ dimensions }) => dimensions));
}
