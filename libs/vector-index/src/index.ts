export { analyze } from './analyze.ts';
export { BackgroundPromotion } from './background-promotion.ts';
export { announceCollection, type CollectionRow, collectionsChannel, type IndexSettings } from './collection.store.ts';
export { CollectionDirectory } from './collection-directory.ts';
export { type CollectionStatus, collectionStatus } from './collection-status.store.ts';
export { type AttributeDeclaration, contentHash, contentOf, type SearchableItem } from './content.ts';
export { deleteDocuments, upsertDocuments } from './document.store.ts';
export { filterToSql } from './filter/filter-to-sql.ts';
export { itemFromRow, type LiveItemRow, liveItemColumns, liveItemCondition } from './live-item.ts';
export { readArtifact, saveArtifact } from './models/artifact.store.ts';
export {
  activeModel,
  type CollectionModel,
  type ModelRole,
  readCollectionModels,
  readRoles,
  readTextModels,
} from './models/collection-models.store.ts';
export { hasInputSql, inputHashSql } from './models/input-hash.ts';
export { countLedger, type LedgerCounts } from './models/ledger.store.ts';
export {
  addMetrics,
  type InputKind,
  type ModelFacts,
  type ModelIdentity,
  type ModelState,
  type ModelTable,
  type RegisteredModel,
  readModel,
  readModels,
} from './models/model.store.ts';
export { ensureModel } from './models/model-table.ts';
export {
  decodeVector,
  deleteVectors,
  type LedgerEntry,
  readLedger,
  readVectorsByContent,
  touchRevisions,
  upsertVectors,
  type VectorRow,
} from './models/vector.store.ts';
export { type Promotable, promote, promoteWhenLarge } from './promotion.ts';
export { noteQueries, readRecentQueries } from './recent-queries.store.ts';
export { readLayout, vectorMethodOf } from './search/layout.store.ts';
export type { EmbeddedQuery, QueryEmbedder, QueryInput } from './search/leg-chooser.ts';
export type { QueryExpander, QueryExpansion } from './search/query-expander.ts';
export { Search, type SearchResult } from './search/search.ts';
export type {
  Fusion,
  SearchBy,
  SearchMode,
  SearchRequest,
} from './search/search-request.ts';
export { bm25From, hnswFrom } from './thresholds.ts';
