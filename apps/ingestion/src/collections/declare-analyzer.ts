import type { Sql } from '@kindred/database';
import { changeAnalyzer, loadMorphology, startVocabulary } from '@kindred/vector-index';
import type { CollectionDeclaration, CollectionRecord } from './collection.store.ts';

/**
 * Begins what is derived from a new collection's texts, and notes where documents are no longer of the declared analyzer. Throws where
 * that is not known or not installed; one that was declared before may be missing by now, and stays.
 */
export async function declareAnalyzer(
  sql: Sql,
  { name, search }: CollectionDeclaration,
  before: CollectionRecord | undefined,
): Promise<void> {
  const analyzer = search?.koreanAnalyzer ?? '';
  const isChange = search !== undefined && analyzer !== (before?.search_settings.koreanAnalyzer ?? '');
  const morphology = isChange ? await loadMorphology(analyzer) : undefined;
  if (!before) await startVocabulary(sql, name, morphology?.identity ?? '');
  else if (isChange) await changeAnalyzer(sql, before.collection_id);
}
