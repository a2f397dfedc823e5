import {
  CatalogServiceService as Catalog,
  CountRequest,
  DeleteCollectionRequest,
  DeleteItemsRequest,
  DeleteUsersRequest,
  EmbeddingServiceService as Embedding,
  EmbedRequest,
  GetCollectionRequest,
  GetItemsRequest,
  GetStatusRequest,
  IdentifyUserRequest,
  ListCollectionsRequest,
  ListDeadLettersRequest,
  ListModelsRequest,
  PutCollectionRequest,
  QueryRequest,
  RecommendationServiceService as Recommendation,
  RecommendRequest,
  RecordInteractionsRequest,
  ReplayDeadLettersRequest,
  SearchServiceService as Search,
  SimilarRequest,
  UpsertItemsRequest,
  UpsertUsersRequest,
} from '@kindred/contracts';
import { bidi } from './bidi.ts';
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
  private readonly transport: Transport;

  constructor(options: KindredOptions = {}) {
    this.transport = new Transport(options);
    this.catalog = catalogOf(this.transport);
    this.search = searchOf(this.transport);
    this.recommendation = recommendationOf(this.transport);
    this.embedding = embeddingOf(this.transport);
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
    count: unary(transport, 'search', Search.count, CountRequest),
  };
}

function recommendationOf(transport: Transport) {
  return {
    recommend: unary(transport, 'recommendation', Recommendation.recommend, RecommendRequest),
    similar: unary(transport, 'recommendation', Recommendation.similar, SimilarRequest),
  };
}

function embeddingOf(transport: Transport) {
  return {
    embed: unary(transport, 'embedding', Embedding.embed, EmbedRequest),
    listModels: unary(transport, 'embedding', Embedding.listModels, ListModelsRequest),
  };
}
