import {
  ActivateModelRequest,
  AnalogyRequest,
  CatalogServiceService as Catalog,
  CompareModelsRequest,
  CountRequest,
  CreateDatasetRequest,
  CreateExperimentRequest,
  DatasetServiceService as Datasets,
  DeleteCollectionRequest,
  DeleteItemsRequest,
  DeleteScenarioRequest,
  DeleteUsersRequest,
  DiffDatasetsRequest,
  DropModelRequest,
  EmbeddingServiceService as Embedding,
  EmbedRequest,
  ExperimentServiceService as Experiments,
  ExplainAbsenceRequest,
  ExplainRecommendationAbsenceRequest,
  ExplainRequest,
  ExportWordsRequest,
  FacetRequest,
  GetCollectionRequest,
  GetExperimentStatusRequest,
  GetItemsRequest,
  GetMigrationRequest,
  GetModelRequest,
  GetRecallRequest,
  GetScenarioRequest,
  GetStatusRequest,
  GetVectorStatusRequest,
  IdentifyUserRequest,
  ImportWordsRequest,
  ListClicksRequest,
  ListCollectionsRequest,
  ListDatasetsRequest,
  ListDeadLettersRequest,
  ListExperimentsRequest,
  ListIndexesRequest,
  ListModelsRequest,
  ListScenariosRequest,
  ListTrainingRunsRequest,
  ModelServiceService as Models,
  NextInSessionRequest,
  PatchItemsRequest,
  PersonalizeRequest,
  PlanMigrationRequest,
  PutCollectionRequest,
  PutScenarioRequest,
  QueryBatchRequest,
  QueryRequest,
  RebuildIndexRequest,
  RecommendationServiceService as Recommendation,
  RecommendRequest,
  ReconcileVectorsRequest,
  RecordInteractionsRequest,
  RegisterModelRequest,
  ReplayDeadLettersRequest,
  ReplayScenarioRequest,
  RollbackModelRequest,
  RunAnalyzerRequest,
  ScrollRequest,
  SearchServiceService as Search,
  SimilarRequest,
  SimilarWordsRequest,
  StartMigrationRequest,
  StopExperimentRequest,
  SuggestRequest,
  TrainingServiceService as Training,
  TrainRequest,
  TrainWordsRequest,
  TrendingRequest,
  UpsertItemsRequest,
  UpsertUsersRequest,
  VerifyDatasetRequest,
  WordServiceService as Words,
} from '@kindred/contracts';
import { bidi } from './bidi.ts';
import { streaming } from './streaming.ts';
import { type KindredOptions, Transport } from './transport.ts';
import { unary } from './unary.ts';

/**
 * Every method of the contract as it stands, with deadlines, retries and KindredClientError. Requests may leave fields
 * out; answers are the contract's messages. `Kindred` is the same for people.
 */
export class KindredClient {
  readonly catalog: ReturnType<typeof catalogOf>;
  readonly search: ReturnType<typeof searchOf>;
  readonly recommendation: ReturnType<typeof recommendationOf>;
  readonly embedding: ReturnType<typeof embeddingOf>;
  readonly models: ReturnType<typeof modelsOf>;
  readonly datasets: ReturnType<typeof datasetsOf>;
  /** Served by the recommendation service. */
  readonly training: ReturnType<typeof trainingOf>;
  /** Served by the recommendation service. */
  readonly experiments: ReturnType<typeof experimentsOf>;
  /** Served by the embedding service. */
  readonly words: ReturnType<typeof wordsOf>;
  private readonly transport: Transport;

  constructor(options: KindredOptions = {}) {
    this.transport = new Transport(options);
    this.catalog = catalogOf(this.transport);
    this.search = searchOf(this.transport);
    this.recommendation = recommendationOf(this.transport);
    this.embedding = embeddingOf(this.transport);
    this.models = modelsOf(this.transport);
    this.datasets = datasetsOf(this.transport);
    this.training = trainingOf(this.transport);
    this.experiments = experimentsOf(this.transport);
    this.words = wordsOf(this.transport);
  }

  /** Closes the connections; calls in flight fail. */
  close(): void {
    this.transport.close();
  }
}

function catalogOf(transport: Transport) {
  return {
    putCollection: unary(transport, 'catalog', Catalog.putCollection, PutCollectionRequest),
    getCollection: unary(transport, 'catalog', Catalog.getCollection, GetCollectionRequest),
    listCollections: unary(transport, 'catalog', Catalog.listCollections, ListCollectionsRequest),
    deleteCollection: unary(transport, 'catalog', Catalog.deleteCollection, DeleteCollectionRequest),
    upsertItems: bidi(transport, 'catalog', Catalog.upsertItems, UpsertItemsRequest),
    patchItems: unary(transport, 'catalog', Catalog.patchItems, PatchItemsRequest),
    deleteItems: unary(transport, 'catalog', Catalog.deleteItems, DeleteItemsRequest),
    getItems: unary(transport, 'catalog', Catalog.getItems, GetItemsRequest),
    upsertUsers: unary(transport, 'catalog', Catalog.upsertUsers, UpsertUsersRequest),
    deleteUsers: unary(transport, 'catalog', Catalog.deleteUsers, DeleteUsersRequest),
    identifyUser: unary(transport, 'catalog', Catalog.identifyUser, IdentifyUserRequest),
    recordInteractions: unary(transport, 'catalog', Catalog.recordInteractions, RecordInteractionsRequest),
    getStatus: unary(transport, 'catalog', Catalog.getStatus, GetStatusRequest),
    listDeadLetters: unary(transport, 'catalog', Catalog.listDeadLetters, ListDeadLettersRequest),
    replayDeadLetters: unary(transport, 'catalog', Catalog.replayDeadLetters, ReplayDeadLettersRequest),
  };
}

function searchOf(transport: Transport) {
  return {
    query: unary(transport, 'search', Search.query, QueryRequest),
    queryBatch: unary(transport, 'search', Search.queryBatch, QueryBatchRequest),
    count: unary(transport, 'search', Search.count, CountRequest),
    facet: unary(transport, 'search', Search.facet, FacetRequest),
    scroll: unary(transport, 'search', Search.scroll, ScrollRequest),
    explain: unary(transport, 'search', Search.explain, ExplainRequest),
    explainAbsence: unary(transport, 'search', Search.explainAbsence, ExplainAbsenceRequest),
    suggest: unary(transport, 'search', Search.suggest, SuggestRequest),
    runAnalyzer: unary(transport, 'search', Search.runAnalyzer, RunAnalyzerRequest),
    getRecall: unary(transport, 'search', Search.getRecall, GetRecallRequest),
    listClicks: unary(transport, 'search', Search.listClicks, ListClicksRequest),
  };
}

function recommendationOf(transport: Transport) {
  return {
    recommend: unary(transport, 'recommendation', Recommendation.recommend, RecommendRequest),
    similar: unary(transport, 'recommendation', Recommendation.similar, SimilarRequest),
    personalize: unary(transport, 'recommendation', Recommendation.personalize, PersonalizeRequest),
    trending: unary(transport, 'recommendation', Recommendation.trending, TrendingRequest),
    nextInSession: unary(transport, 'recommendation', Recommendation.nextInSession, NextInSessionRequest),
    explainRecommendationAbsence: unary(
      transport,
      'recommendation',
      Recommendation.explainRecommendationAbsence,
      ExplainRecommendationAbsenceRequest,
    ),
    listScenarios: unary(transport, 'recommendation', Recommendation.listScenarios, ListScenariosRequest),
    getScenario: unary(transport, 'recommendation', Recommendation.getScenario, GetScenarioRequest),
    putScenario: unary(transport, 'recommendation', Recommendation.putScenario, PutScenarioRequest),
    deleteScenario: unary(transport, 'recommendation', Recommendation.deleteScenario, DeleteScenarioRequest),
  };
}

function embeddingOf(transport: Transport) {
  return {
    embed: unary(transport, 'embedding', Embedding.embed, EmbedRequest),
    listModels: unary(transport, 'embedding', Embedding.listModels, ListModelsRequest),
  };
}

/** Models live where the vectors are made. */
function modelsOf(transport: Transport) {
  return {
    registerModel: unary(transport, 'embedding', Models.registerModel, RegisterModelRequest),
    getModel: unary(transport, 'embedding', Models.getModel, GetModelRequest),
    compareModels: unary(transport, 'embedding', Models.compareModels, CompareModelsRequest),
    planMigration: unary(transport, 'embedding', Models.planMigration, PlanMigrationRequest),
    startMigration: unary(transport, 'embedding', Models.startMigration, StartMigrationRequest),
    getMigration: unary(transport, 'embedding', Models.getMigration, GetMigrationRequest),
    activateModel: unary(transport, 'embedding', Models.activateModel, ActivateModelRequest),
    rollbackModel: unary(transport, 'embedding', Models.rollbackModel, RollbackModelRequest),
    dropModel: unary(transport, 'embedding', Models.dropModel, DropModelRequest),
    getVectorStatus: unary(transport, 'embedding', Models.getVectorStatus, GetVectorStatusRequest),
    reconcileVectors: unary(transport, 'embedding', Models.reconcileVectors, ReconcileVectorsRequest),
    listIndexes: unary(transport, 'embedding', Models.listIndexes, ListIndexesRequest),
    rebuildIndex: unary(transport, 'embedding', Models.rebuildIndex, RebuildIndexRequest),
  };
}

function datasetsOf(transport: Transport) {
  return {
    createDataset: unary(transport, 'embedding', Datasets.createDataset, CreateDatasetRequest),
    listDatasets: unary(transport, 'embedding', Datasets.listDatasets, ListDatasetsRequest),
    diffDatasets: unary(transport, 'embedding', Datasets.diffDatasets, DiffDatasetsRequest),
    verifyDataset: unary(transport, 'embedding', Datasets.verifyDataset, VerifyDatasetRequest),
  };
}

function trainingOf(transport: Transport) {
  return {
    train: streaming(transport, 'recommendation', Training.train, TrainRequest),
    listTrainingRuns: unary(transport, 'recommendation', Training.listTrainingRuns, ListTrainingRunsRequest),
  };
}

function experimentsOf(transport: Transport) {
  return {
    createExperiment: unary(transport, 'recommendation', Experiments.createExperiment, CreateExperimentRequest),
    listExperiments: unary(transport, 'recommendation', Experiments.listExperiments, ListExperimentsRequest),
    getExperimentStatus: unary(
      transport,
      'recommendation',
      Experiments.getExperimentStatus,
      GetExperimentStatusRequest,
    ),
    stopExperiment: unary(transport, 'recommendation', Experiments.stopExperiment, StopExperimentRequest),
    replayScenario: unary(transport, 'recommendation', Experiments.replayScenario, ReplayScenarioRequest),
  };
}

function wordsOf(transport: Transport) {
  return {
    trainWords: streaming(transport, 'embedding', Words.trainWords, TrainWordsRequest),
    similarWords: unary(transport, 'embedding', Words.similarWords, SimilarWordsRequest),
    analogy: unary(transport, 'embedding', Words.analogy, AnalogyRequest),
    importWords: streaming(transport, 'embedding', Words.importWords, ImportWordsRequest),
    exportWords: streaming(transport, 'embedding', Words.exportWords, ExportWordsRequest),
  };
}
