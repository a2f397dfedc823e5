import {
  type ExplainResponse,
  type Filter,
  type GetStatusResponse,
  type Hit,
  type Item,
  limits,
  type NextInSessionResponse,
  type PersonalizeResponse,
  type QueryResponse,
  type RecommendResponse,
  type RunAnalyzerResponse,
  type SimilarResponse,
  type TrendingResponse,
} from '@kindred/contracts';
import { type Collections, collectionsOf } from './collections.ts';
import { type Datasets, datasetsOf } from './datasets.ts';
import { type DeadLetters, deadLettersOf } from './dead-letters.ts';
import { type Experiments, experimentsOf } from './experiments.ts';
import { type FilterInput, filterOf } from './filter-input.ts';
import { inChunks } from './in-chunks.ts';
import type {
  EmbedInput,
  InteractionInput,
  ItemInput,
  ItemPatchInput,
  ModelInput,
  QueryInput,
  UserInput,
  WriteOptions,
} from './inputs.ts';
import { KindredClient } from './kindred-client.ts';
import { type Migrations, migrationsOf } from './migrations.ts';
import { purposes, waits } from './names.ts';
import type { NextInput, PersonalizeInput, RecommendInput, SimilarInput, TrendingInput } from './recommend-inputs.ts';
import { nextOf, personalizeOf, recommendOf, similarOf, trendingOf } from './recommend-requests.ts';
import type { Metadata } from './records/metadata-fields.ts';
import { type IndexOptions, RecordIndex } from './records/record-index.ts';
import { interactionOf, itemOf, itemPatchOf, queryOf, userOf } from './requests.ts';
import {
  type ItemOutcome,
  type ModelInfo,
  modelInfoOf,
  outcomeOf,
  present,
  type SuggestionInfo,
  suggestionInfoOf,
  type VectorInfo,
  vectorInfoOf,
  type WriteOutcome,
} from './results.ts';
import {
  type Absence,
  type BatchOutcome,
  explainAbsence,
  type FacetInput,
  type Facets,
  facet,
  queryBatch,
  type ScrollInput,
  scroll,
} from './sets.ts';
import type { CallOptions, KindredOptions } from './transport.ts';
import { type Words, wordsOf } from './words.ts';

/**
 * Kindred for TypeScript. Every method takes CallOptions last (deadlineMs, signal, requestId), retries on UNAVAILABLE
 * within the deadline, and rejects with a KindredClientError. Writes are idempotent, so a retry changes nothing twice.
 */
export class Kindred {
  readonly collections: Collections;
  readonly deadLetters: DeadLetters;
  readonly migrations: Migrations;
  readonly datasets: Datasets;
  readonly words: Words;
  readonly experiments: Experiments;
  /** The contract's methods as they stand, for what is not here. */
  readonly rpc: KindredClient;

  constructor(options: KindredOptions = {}) {
    this.rpc = new KindredClient(options);
    this.collections = collectionsOf(this.rpc);
    this.deadLetters = deadLettersOf(this.rpc);
    this.migrations = migrationsOf(this.rpc);
    this.datasets = datasetsOf(this.rpc);
    this.words = wordsOf(this.rpc);
    this.experiments = experimentsOf(this.rpc);
  }

  /** A collection with the methods that users of vector databases know: docs/from-pinecone.md. */
  index<Meta extends object = Metadata>(name: string, options?: IndexOptions): RecordIndex<Meta> {
    return new RecordIndex<Meta>(this, name, options);
  }

  /** Searches by text, vector, image, items, user or examples. */
  async query(input: QueryInput, options?: CallOptions): Promise<QueryResponse> {
    return this.rpc.search.query(queryOf(input), options);
  }

  /** Many queries in one call; each succeeds or fails alone. More than 100 in several calls. */
  queryBatch(inputs: QueryInput[], options?: CallOptions): Promise<BatchOutcome[]> {
    return queryBatch(this.rpc, inputs, options);
  }

  /** How many items of the filtered set have which value. */
  facet(input: FacetInput, options?: CallOptions): Promise<Facets> {
    return facet(this.rpc, input, options);
  }

  /** Every item that matches, in order; the next page is fetched when the one before was read. */
  scroll(input: ScrollInput, options?: CallOptions): AsyncGenerator<Hit> {
    return scroll(this.rpc, input, options);
  }

  /** A query's answer, the ways that were weighed for it, its statement, and what PostgreSQL did. Runs it twice. */
  async explain(input: QueryInput, options?: CallOptions): Promise<ExplainResponse> {
    return this.rpc.search.explain({ query: queryOf(input) }, options);
  }

  /** Why an item is not among the hits of a query. */
  explainAbsence(input: QueryInput & { itemId: string | number }, options?: CallOptions): Promise<Absence> {
    return explainAbsence(this.rpc, input, options);
  }

  /** How many items match. */
  async count(input: { collection: string; filter?: FilterInput }, options?: CallOptions): Promise<bigint> {
    const filter: Filter | undefined = filterOf(input.filter);
    return (await this.rpc.search.count({ collection: input.collection, filter }, options)).count;
  }

  /** What the text being typed may become, best first. */
  async suggest(
    input: { collection: string; text: string; limit?: number },
    options?: CallOptions,
  ): Promise<SuggestionInfo[]> {
    return (await this.rpc.search.suggest(input, options)).suggestions.map(suggestionInfoOf);
  }

  /** The terms that a text is searched by, with their places; with a collection also its stop words and synonyms. */
  async analyze(input: { text: string; collection?: string }, options?: CallOptions): Promise<RunAnalyzerResponse> {
    return this.rpc.search.runAnalyzer(input, options);
  }

  /** For a user, a session, a household, or everybody. */
  async recommend(input: RecommendInput, options?: CallOptions): Promise<RecommendResponse> {
    return this.rpc.recommendation.recommend(recommendOf(input), options);
  }

  /** Items like this one, or like this basket. */
  async similar(input: SimilarInput, options?: CallOptions): Promise<SimilarResponse> {
    return this.rpc.recommendation.similar(similarOf(input), options);
  }

  /** The given items in the order of a person's taste. */
  async personalize(input: PersonalizeInput, options?: CallOptions): Promise<PersonalizeResponse> {
    return this.rpc.recommendation.personalize(personalizeOf(input), options);
  }

  /** What many people turn to now. */
  async trending(input: TrendingInput, options?: CallOptions): Promise<TrendingResponse> {
    return this.rpc.recommendation.trending(trendingOf(input), options);
  }

  /** What people turned to after what this person turned to last. */
  async nextInSession(input: NextInput, options?: CallOptions): Promise<NextInSessionResponse> {
    return this.rpc.recommendation.nextInSession(nextOf(input), options);
  }

  /**
   * Writes items and yields what became of each, in order. A refused item never stops its neighbors. The source is read
   * no faster than the server answers, so it may be endless. Read the results: nothing is sent before the first is asked for.
   */
  async *upsertItems(
    items: Iterable<ItemInput> | AsyncIterable<ItemInput>,
    { wait, ...options }: WriteOptions = {},
  ): AsyncGenerator<ItemOutcome> {
    const waiting = waits.number(wait, 'wait');
    const requests = (async function* () {
      for await (const item of items) yield { item: itemOf(item), wait: waiting };
    })();
    for await (const { index, result } of this.rpc.catalog.upsertItems(requests, options)) {
      yield { index: Number(index), ...outcomeOf(present(result, 'the result of an item')) };
    }
  }

  /**
   * Changes single fields of stored items, merged by the server: changes of other fields at the same time all stay. More
   * than 1,000 in several requests. Tried again after a lost answer a patch is merged again, also over what somebody else
   * wrote into the same field in between.
   */
  async patchItems(patches: ItemPatchInput[], { wait, ...options }: WriteOptions = {}): Promise<WriteOutcome[]> {
    return inChunks(patches.map(itemPatchOf), limits.idsPerRequest, async (chunk) => {
      const request = { patches: chunk, wait: waits.number(wait, 'wait') };
      return (await this.rpc.catalog.patchItems(request, options)).results.map(outcomeOf);
    });
  }

  /** Deletes items of a collection; more than 1,000 in several requests. */
  async deleteItems(
    input: { collection: string; itemIds: (string | number)[]; revision?: bigint | number },
    { wait, ...options }: WriteOptions = {},
  ): Promise<WriteOutcome[]> {
    const { collection, itemIds, revision } = input;
    return inChunks(itemIds.map(String), limits.idsPerRequest, async (ids) => {
      const request = { collection, itemIds: ids, revision, wait: waits.number(wait, 'wait') };
      return (await this.rpc.catalog.deleteItems(request, options)).results.map(outcomeOf);
    });
  }

  /** The stored items; ids that are not there are left out. */
  async getItems(input: { collection: string; itemIds: (string | number)[] }, options?: CallOptions): Promise<Item[]> {
    const { collection, itemIds } = input;
    return inChunks(itemIds.map(String), limits.idsPerRequest, async (ids) => {
      return (await this.rpc.catalog.getItems({ collection, itemIds: ids }, options)).items;
    });
  }

  async upsertUsers(users: UserInput[], { wait, ...options }: WriteOptions = {}): Promise<WriteOutcome[]> {
    return inChunks(users.map(userOf), limits.idsPerRequest, async (chunk) => {
      const request = { users: chunk, wait: waits.number(wait, 'wait') };
      return (await this.rpc.catalog.upsertUsers(request, options)).results.map(outcomeOf);
    });
  }

  /** Erases users with everything known about them. */
  async deleteUsers(userIds: (string | number)[], { wait, ...options }: WriteOptions = {}): Promise<WriteOutcome[]> {
    return inChunks(userIds.map(String), limits.idsPerRequest, async (ids) => {
      const request = { userIds: ids, wait: waits.number(wait, 'wait') };
      return (await this.rpc.catalog.deleteUsers(request, options)).results.map(outcomeOf);
    });
  }

  /** What the session did belongs to the user from now on. */
  async identify(
    input: { userId: string | number; sessionId: string },
    { wait, ...options }: WriteOptions = {},
  ): Promise<WriteOutcome> {
    const request = { userId: String(input.userId), sessionId: input.sessionId, wait: waits.number(wait, 'wait') };
    const { result } = await this.rpc.catalog.identifyUser(request, options);
    return outcomeOf(present(result, 'the result'));
  }

  /** Records what people did; more than 1,000 in several requests. */
  async recordInteractions(
    interactions: InteractionInput[],
    { wait, ...options }: WriteOptions = {},
  ): Promise<WriteOutcome[]> {
    return inChunks(interactions.map(interactionOf), limits.interactionsPerRequest, async (chunk) => {
      const request = { interactions: chunk, wait: waits.number(wait, 'wait') };
      return (await this.rpc.catalog.recordInteractions(request, options)).results.map(outcomeOf);
    });
  }

  /** Counts, lag, staleness and dead letters of the tenant. */
  async status(options?: CallOptions): Promise<GetStatusResponse> {
    return this.rpc.catalog.getStatus({}, options);
  }

  /** Texts to unit vectors, in order. */
  async embed(input: EmbedInput, options?: CallOptions): Promise<{ model: ModelInfo; vectors: number[][] }> {
    const inputs = input.texts.map((value) => ({ kind: { $case: 'text' as const, value } }));
    const request = { model: input.model, inputs, purpose: purposes.number(input.purpose, 'purpose') };
    const { model, vectors } = await this.rpc.embedding.embed(request, options);
    return { model: modelInfoOf(present(model, 'the model')), vectors: vectors.map((vector) => vector.values) };
  }

  async models(options?: CallOptions): Promise<ModelInfo[]> {
    return (await this.rpc.embedding.listModels({}, options)).models.map(modelInfoOf);
  }

  /** Opens a model at the server and records what it is; no collection uses it yet. */
  async registerModel(input: ModelInput, options?: CallOptions): Promise<ModelInfo> {
    return modelInfoOf(present((await this.rpc.models.registerModel(input, options)).model, 'the model'));
  }

  /** Missing, stale, orphaned and refused vectors, by collection and model. Of all collections, or of one. */
  async vectorStatus(collection?: string, options?: CallOptions): Promise<VectorInfo[]> {
    return (await this.rpc.models.getVectorStatus({ collection }, options)).vectors.map(vectorInfoOf);
  }

  /** Closes the connections; calls in flight fail. */
  close(): void {
    this.rpc.close();
  }
}
