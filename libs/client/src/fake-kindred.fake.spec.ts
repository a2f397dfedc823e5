import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import {
  CatalogServiceService,
  type Collection,
  DatasetServiceService,
  EmbeddingServiceService,
  ExperimentServiceService,
  type GroupBy,
  type Hit,
  type Item,
  type MeasuredIndex,
  ModelServiceService,
  type RecallPoint,
  RecommendationServiceService,
  SearchServiceService,
  type UpsertItemsRequest,
  type UpsertItemsResponse,
  WordServiceService,
  WriteStatus,
} from '@kindred/contracts';
import { fakeExperiments } from './fake-experiments.fake.spec.ts';
import { FakeModels } from './fake-models.fake.spec.ts';
import { fakeScenarios } from './fake-scenarios.fake.spec.ts';
import { fakeSets } from './fake-sets.fake.spec.ts';
import { refused } from './refused.fake.spec.ts';

type Unary = ServerUnaryCall<Record<string, unknown>, unknown>;
type Callback = (error: object | null, value?: unknown) => void;
type UpsertCall = ServerDuplexStream<UpsertItemsRequest, UpsertItemsResponse>;
type Handler = (call: Unary) => unknown;

/** An in-memory Kindred on a real gRPC server: keeps items and collections, finds by words in titles. */
export class FakeKindred {
  readonly items = new Map<string, Item>();
  readonly collections = new Map<string, Collection>();
  readonly models = new FakeModels();
  recall: RecallPoint[] = [];
  measured: MeasuredIndex[] = [];
  /** Every call: method, request (of streams: none) and metadata. */
  readonly calls: { method: string; request: Record<string, unknown>; metadata: Metadata }[] = [];
  /** Thrown, one per call, before anything else happens. */
  readonly failures: object[] = [];
  /** Runs before each answer of the stream; may wait, throw, or end it. */
  onUpsert: (request: UpsertItemsRequest, index: number) => Promise<void> | void = () => undefined;
  /** Runs before each query; may throw. */
  onQuery: (collection: string) => void = () => undefined;
  address = '';
  private server = new Server({ 'grpc.max_receive_message_length': 16_000_000 });

  async start(port = 0, credentials = ServerCredentials.createInsecure()): Promise<this> {
    this.server = new Server({ 'grpc.max_receive_message_length': 16_000_000 });
    const upsertItems = (call: UpsertCall) => this.upsert(call);
    this.server.addService(CatalogServiceService, { ...this.unaries(this.catalog()), upsertItems } as never);
    this.server.addService(SearchServiceService, this.unaries(this.search()));
    this.server.addService(RecommendationServiceService, this.unaries(this.recommendation()));
    this.server.addService(ExperimentServiceService, this.unaries(fakeExperiments));
    this.server.addService(EmbeddingServiceService, this.unaries(this.embedding()));
    this.server.addService(ModelServiceService, this.unaries(this.models.handlers()));
    this.server.addService(WordServiceService, this.models.wordHandlers() as never);
    this.server.addService(DatasetServiceService, this.unaries(this.models.datasetHandlers()));
    const taken = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    this.address = `localhost:${taken}`;
    return this;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private unaries(handlers: Record<string, Handler>): UntypedServiceImplementation {
    const wrapped = Object.entries(handlers).map(([method, handle]) => [
      method,
      (call: Unary, callback: Callback) => {
        this.calls.push({ method, request: call.request, metadata: call.metadata });
        const failure = this.failures.shift();
        if (failure) return callback(failure);
        return (async () => handle(call))().then((value) => callback(null, value), callback);
      },
    ]);
    return Object.fromEntries(wrapped);
  }

  private catalog(): Record<string, Handler> {
    const results = (ids: string[]) => ({
      results: ids.map((id) => ({ id, status: WriteStatus.WRITE_STATUS_ACKNOWLEDGED })),
    });
    return {
      putCollection: ({ request }) => this.putCollection(request.collection as Collection),
      getCollection: ({ request }) => ({ collection: this.collection(request.name as string) }),
      listCollections: () => ({ collections: [...this.collections.values()] }),
      deleteCollection: ({ request }) => ({ deletedItems: this.deleteCollection(request.name as string) }),
      getItems: ({ request }) => ({ items: (request.itemIds as string[]).flatMap((id) => this.items.get(id) ?? []) }),
      patchItems: ({ request }) => results((request.patches as { itemId: string }[]).map(({ itemId }) => itemId)),
      deleteItems: ({ request }) => {
        for (const id of request.itemIds as string[]) this.items.delete(id);
        return results(request.itemIds as string[]);
      },
      upsertUsers: ({ request }) => results((request.users as { userId: string }[]).map((user) => user.userId)),
      deleteUsers: ({ request }) => results(request.userIds as string[]),
      identifyUser: ({ request }) => ({ result: results([request.userId as string]).results[0] }),
      recordInteractions: ({ request }) =>
        results((request.interactions as { eventId: string }[]).map((one) => one.eventId)),
      getStatus: () => ({
        collections: [],
        lags: [],
        services: [],
        users: 1n,
        interactions: 2n,
        deadLetters: 0n,
        robots: 0n,
        robotEvents: 0n,
        version: '0.1.0',
      }),
      listDeadLetters: ({ request }) => deadLetters(request.pageToken as string),
      replayDeadLetters: ({ request }) => ({ replayed: BigInt((request.ids as string[]).length || 3) }),
    };
  }

  private search(): Record<string, Handler> {
    return {
      query: async (call) => {
        this.onQuery(call.request.collection as string);
        const by = call.request.by as { value: string } | undefined;
        if (by?.value === 'slow') await new Promise<void>((resolve) => call.once('cancelled', () => resolve()));
        const words = String(by?.value ?? '').split(' ');
        const found = [...this.items.values()].filter((item) => words.some((word) => item.title.includes(word)));
        return {
          requestId: 'q-1',
          ...hitsOrGroups(found, call.request),
          nextPageToken: '',
          plan: planOf(found.length),
          suggestions: found.length === 0 ? [{ text: '무선 마우스', kind: 2, items: 2n }] : [],
        };
      },
      count: () => ({ count: BigInt(this.items.size) }),
      ...fakeSets(this.items),
      suggest: ({ request }) => ({
        suggestions: [...this.items.values()]
          .filter(({ title }) => title.startsWith(request.text as string))
          .map(({ title }) => ({ text: title, kind: 1, items: 1n })),
      }),
      runAnalyzer: ({ request }) => ({
        terms: [
          {
            term: request.text,
            start: 0,
            end: String(request.text).length,
            stopWord: false,
            synonyms: [],
            morpheme: false,
          },
        ],
        phrases: [],
        excluded: [],
        analyzer: 'pairs of characters',
        notes: [],
        synonyms: [{ start: 0, end: 3, word: 'computer mouse', terms: ['comput', 'mous'] }],
      }),
      getRecall: () => ({ points: this.recall, indexes: this.measured }),
    };
  }

  private recommendation(): Record<string, Handler> {
    const all: Handler = ({ request }) => ({
      requestId: 'r-1',
      ...hitsOrGroups([...this.items.values()], request),
      nextPageToken: '',
      plan: planOf(this.items.size),
    });
    return { recommend: all, similar: all, personalize: all, trending: all, nextInSession: all, ...fakeScenarios };
  }

  private embedding(): Record<string, Handler> {
    return {
      embed: ({ request }) => {
        const vectors = (request.inputs as object[]).map(() => ({ values: [0.6, 0.8] }));
        return { model: this.models.models.get('kindred-text@1'), vectors };
      },
      listModels: () => ({ models: [...this.models.models.values()] }),
    };
  }

  private async upsert(call: UpsertCall): Promise<void> {
    this.calls.push({ method: 'upsertItems', request: {}, metadata: call.metadata });
    const failure = this.failures.shift();
    if (failure) return void call.emit('error', failure);
    let index = 0;
    try {
      for await (const request of call.iterator({ destroyOnReturn: false }) as AsyncIterable<UpsertItemsRequest>) {
        await this.onUpsert(request, index);
        call.write({ index: BigInt(index), result: this.store(request) });
        index += 1;
      }
      call.end();
    } catch (error) {
      if (!call.cancelled) call.emit('error', error);
    }
  }

  private store({ item }: UpsertItemsRequest): UpsertItemsResponse['result'] {
    const id = item?.itemId ?? '';
    if (!item || id === '') {
      const error = { code: 'FIELD_MISSING', field: 'item.item_id', message: 'item.item_id is missing; give it' };
      return { id, status: WriteStatus.WRITE_STATUS_REJECTED, error };
    }
    this.items.set(id, item);
    return { id, status: WriteStatus.WRITE_STATUS_ACKNOWLEDGED, revision: item.revision ?? 1n };
  }

  private putCollection(collection: Collection) {
    this.collections.set(collection.name, { ...collection, createdAt: new Date(0), updatedAt: new Date(0) });
    return { collection: this.collections.get(collection.name) };
  }

  private collection(name: string): Collection {
    const found = this.collections.get(name);
    if (!found) throw refused('COLLECTION_NOT_FOUND', 'collection', `there is no collection "${name}"`, 'NOT_FOUND');
    return found;
  }

  private deleteCollection(name: string): bigint {
    this.collections.delete(name);
    const size = BigInt(this.items.size);
    this.items.clear();
    return size;
  }
}

export const hitOf = (item: Item): Hit => ({
  collection: item.collection,
  itemId: item.itemId,
  score: 1,
  item,
  scores: { lexical: 1 },
  vector: [],
  reason: '',
  matchedFields: [],
  highlights: [],
});

/** Each item is in the group of its own value. */
function hitsOrGroups(items: Item[], { groupBy }: Record<string, unknown>) {
  const hits = items.map(hitOf);
  if (!groupBy) return { hits, groups: [] };
  const { field } = groupBy as GroupBy;
  const groups = hits.map((hit) => ({ value: hit.item?.attributes?.[field], hits: [hit] }));
  return { hits: [], groups };
}

export const planOf = (rows: number) => ({
  legs: [],
  complete: true,
  fusion: 1,
  denseWeight: 0.5,
  model: 'kindred-text',
  notes: [],
  tookMs: 1,
  collectionItems: BigInt(rows),
  steps: [],
});

function deadLetters(pageToken: string) {
  const letter = {
    id: `letter-${pageToken || 1}`,
    topic: 'items.v1',
    key: 'k',
    reasonCode: 'MALFORMED_JSON',
    field: '',
  };
  const rest = { reason: 'not JSON', step: 'ingestion', failedAt: new Date(0), value: Buffer.from('{') };
  return { deadLetters: [{ ...letter, ...rest }], nextPageToken: pageToken === '' ? '2' : '' };
}
