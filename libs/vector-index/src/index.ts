export { AbsenceExplainer, checkItemId } from './absence/absence-explainer.ts';
export { blockingReasons, farBehind, outranked, unknownItem } from './absence/absence-reasons.ts';
export { type ItemFacts, readItemFacts } from './absence/item-facts.store.ts';
export { analyze } from './analyze.ts';
export { BackgroundPromotion } from './background-promotion.ts';
export { announceCollection, type CollectionRow, collectionsChannel, type IndexSettings } from './collection.store.ts';
export { CollectionDirectory } from './collection-directory.ts';
export { type CollectionStatus, collectionStatus } from './collection-status.store.ts';
export {
  type Arranged,
  type Arrangement,
  type Arranging,
  arrangeUnseen,
  countUnseen,
  groupKey,
  keysOf,
  mostDiversified,
} from './compose/arrange.ts';
export { checkAttribute, checkGroupBy, declaresAttribute, diversityOf, groupByOf } from './compose/arrangement-of.ts';
export type { Boost, BoostValue, Diversity, GroupBy } from './compose/boost.ts';
export { checkBoost } from './compose/boost-value.ts';
export { boostsOf } from './compose/boosts-of.ts';
export { FactPlan, type Traits } from './compose/fact-plan.ts';
export { checkFacts, readFacts, readItems, readVectors } from './compose/item-facts.store.ts';
export { type LeafHit, type LeafPool, type PlannedLeaf, SearchSnapshot } from './compose/search-snapshot.ts';
export { invalid, missing, placed, under } from './compose/under.ts';
export { type AttributeDeclaration, contentHash, contentOf, contentParts, type SearchableItem } from './content.ts';
export { deleteDocuments, upsertDocuments } from './document.store.ts';
export { bothFilters } from './filter/both-filters.ts';
export { contradictionOf } from './filter/contradiction.ts';
export { isValueSql, rangeToSql } from './filter/field-to-sql.ts';
export { type FilterField, filterField, refuseUnlisted } from './filter/filter-field.ts';
export { filterToSql } from './filter/filter-to-sql.ts';
export { noteAskedFields } from './indexes/asked-fields.store.ts';
export { type BuildStep, buildIndex } from './indexes/build-index.ts';
export { type Due, indexFor } from './indexes/index-due.ts';
export { dimensionProblem, type IndexProblem, indexProblem } from './indexes/index-problem.ts';
export { readIndexRecall } from './indexes/index-recall.store.ts';
export type { IndexRecall } from './indexes/index-recall.ts';
export { type Bloat, bloatOf, expectedIndexBytes, rebuildAt } from './indexes/index-size.ts';
export { type IndexedElement, type IndexSpec, operators } from './indexes/index-spec.ts';
export { dueIn, examineIndex, keepIndex, type Vectors } from './indexes/keep-index.ts';
export { addLiveRecall, type LiveIndex, readLiveRecall } from './indexes/live-recall.store.ts';
export { type BreadthRecall, compared } from './indexes/recall-curve.ts';
export { fieldName, segmentProblem } from './indexes/segments.ts';
export {
  type BuildProgress,
  type BuiltIndex,
  builtIndex,
  type IndexRow,
  type PartitionState,
  readIndexes,
  readProgress,
  recentIdsSql,
} from './indexes/vector-index.store.ts';
export { itemFromRow, itemVersionSql, type LiveItemRow, liveItemColumns, liveItemCondition } from './live-item.ts';
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
export type { FilterFacts } from './planner/filter-facts.ts';
export { type Matching, MatchingItems } from './planner/matching-items.ts';
export { type BuildReason, type Promotable, promote, promoteWhenLarge } from './promotion.ts';
export { noteQueries, noteRequests, readRecentQueries } from './recent-queries.store.ts';
export { Refreshed as RefreshedCache } from './refreshed.ts';
export { closenessOf } from './search/closeness.ts';
export { denseWeightFor, mostFor } from './search/dense-weight.ts';
export { type Distance, isAngular } from './search/distance.ts';
export type { EmbeddedQuery, QueryEmbedder, QueryInput } from './search/embedded-leg.ts';
export { itemsSql } from './search/facts-sql.ts';
export { readLayout, vectorMethodOf } from './search/layout.store.ts';
export type { ChosenLegs, LegChooser, Narrower } from './search/leg-chooser.ts';
export type { NarrowFilters } from './search/narrow-filters.ts';
export type { QueryExpander, QueryExpansion } from './search/query-expander.ts';
export { type Probed, RecallProbe } from './search/recall-probe.ts';
export { type Explanation, lookedFor, ranOf, Search, type SearchResult } from './search/search.ts';
export type {
  Fusion,
  SearchBy,
  SearchMode,
  SearchRequest,
  TextOptions,
} from './search/search-request.ts';
export { type CheckedRequest, checkRequest } from './search/search-request.ts';
export { Shown } from './search/shown.ts';
export { StatementParams } from './search/statement-params.ts';
export {
  identityBytes,
  invalidToken,
  type Ran,
  ranByte,
  ranOfByte,
  readToken,
  writeToken,
} from './search/token-frame.ts';
export { completeText } from './text/complete-text.ts';
export { highlightHits } from './text/highlight.ts';
export { findMorphology, loadMorphology } from './text/load-morphology.ts';
export { queryMorphology } from './text/query-morphology.ts';
export { type ReadText, readText } from './text/read-text.ts';
export { type Refreshed, refreshVocabulary } from './text/refresh-vocabulary.ts';
export { runAnalyzer } from './text/run-analyzer.ts';
export { compile, compileSettings, type SearchSettings, type SynonymSet } from './text/search-settings.ts';
export { unmetNotes } from './text/text-conditions.ts';
export { Vocabularies } from './text/vocabularies.ts';
export { changeAnalyzer, noteAnalyzer, startVocabulary } from './text/vocabulary.store.ts';
export { bm25From, hnswFrom } from './thresholds.ts';
