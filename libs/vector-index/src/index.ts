export { analyze } from './analyze.ts';
export { BackgroundPromotion } from './background-promotion.ts';
export type { CollectionRow, IndexSettings } from './collection.store.ts';
export { CollectionDirectory, collectionsChannel } from './collection-directory.ts';
export { type CollectionStatus, collectionStatus } from './collection-status.store.ts';
export { type AttributeDeclaration, contentHash, contentOf, type SearchableItem } from './content.ts';
export { deleteDocuments, upsertDocuments } from './document.store.ts';
export { filterToSql } from './filter/filter-to-sql.ts';
export { itemFromRow, type LiveItemRow, liveItemColumns, liveItemCondition } from './live-item.ts';
export type { ModelTable } from './model.store.ts';
export { ensureModel, listModelTables } from './model-table.ts';
export { type Promotable, promote, promoteWhenLarge } from './promotion.ts';
export type { EmbeddedQuery, QueryEmbedder } from './search/leg-chooser.ts';
export { Search, type SearchResult } from './search/search.ts';
export type {
  Fusion,
  SearchBy,
  SearchMode,
  SearchRequest,
} from './search/search-request.ts';
export { bm25From, hnswFrom } from './thresholds.ts';
export {
  deleteVectors,
  type LedgerEntry,
  readLedger,
  touchRevisions,
  upsertVectors,
  type VectorRow,
} from './vector.store.ts';
