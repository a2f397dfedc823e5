import { randomUUID } from 'node:crypto';
import {
  type AttributeInput,
  type IndexMatch,
  type IndexQuery,
  type Kindred,
  type MetadataFilter,
  matchCount,
  type RecordIndex,
  type SearchModeName,
  type WaitName,
} from '@kindred/client';
import { Document, type DocumentInterface } from '@langchain/core/documents';
import { maximalMarginalRelevance } from '@langchain/core/utils/math';
import { type MaxMarginalRelevanceSearchOptions, VectorStore } from '@langchain/core/vectorstores';
import { KindredEmbeddings } from './kindred-embeddings.ts';

export interface KindredStoreConfig {
  kindred: Kindred;
  /** Where the documents live; made when the first are added, unless it is there. */
  collection: string;
  /** Attributes of a collection that is made here. Default: filterable by what the first documents' metadata holds. */
  attributes?: AttributeInput[];
  /** Legs of a search by text. Default "hybrid": words and vectors. */
  mode?: SearchModeName;
  /** Default "completed": what was added is found by the next search. */
  wait?: WaitName;
}

type Metadata = Record<string, unknown>;
interface AddOptions {
  ids?: string[];
}

/** Under this key the client takes the text; no document's metadata has it. */
const textKey = 'langchain:page_content';

/**
 * LangChain's vector store over a Kindred collection. Kindred embeds documents and queries itself, so a search by text is
 * hybrid and costs one call. Metadata of any kind comes back as it was; strings, numbers, booleans and lists of them can
 * be filtered by. Scores: higher is better, comparable within one answer.
 */
export class KindredVectorStore extends VectorStore {
  declare FilterType: MetadataFilter;
  private readonly index: RecordIndex<Metadata>;
  private declared: Promise<void> | undefined;

  constructor(
    embeddings: KindredEmbeddings,
    private readonly config: KindredStoreConfig,
  ) {
    if (!(embeddings instanceof KindredEmbeddings)) {
      const message =
        'embeddings would not be used: Kindred embeds by itself. Pass new KindredEmbeddings(kindred), and';
      throw new TypeError(`${message} register the model you want (docs/providers.md)`);
    }
    super(embeddings, config);
    this.index = config.kindred.index<Metadata>(config.collection, { text: textKey, unfit: 'keep' });
  }

  static override async fromTexts(
    texts: string[],
    metadatas: object[] | object,
    embeddings: KindredEmbeddings,
    config: KindredStoreConfig,
  ): Promise<KindredVectorStore> {
    const metadataOf = (at: number) => (Array.isArray(metadatas) ? metadatas[at] : metadatas) ?? {};
    const documents = texts.map((pageContent, at) => new Document({ pageContent, metadata: metadataOf(at) }));
    return KindredVectorStore.fromDocuments(documents, embeddings, config);
  }

  static override async fromDocuments(
    documents: DocumentInterface[],
    embeddings: KindredEmbeddings,
    config: KindredStoreConfig,
  ): Promise<KindredVectorStore> {
    const store = new KindredVectorStore(embeddings, config);
    await store.addDocuments(documents);
    return store;
  }

  override _vectorstoreType(): string {
    return 'kindred';
  }

  /** Ids are those of `options`, else those of the documents, else new ones. A document of an id that is there replaces it. */
  override async addDocuments(documents: DocumentInterface[], options: AddOptions = {}): Promise<string[]> {
    const { ids } = options;
    if (ids && ids.length !== documents.length) {
      throw new TypeError(`ids are ${ids.length} for ${documents.length} documents; give one for each`);
    }
    const records = documents.map(({ id, pageContent, metadata }, at) => ({
      id: ids?.[at] ?? id ?? randomUUID(),
      metadata: { ...metadata, [textKey]: pageContent },
    }));
    await this.declare(records);
    await this.index.upsert(records, { wait: this.config.wait ?? 'completed' });
    return records.map(({ id }) => id);
  }

  override async addVectors(): Promise<string[]> {
    throw new TypeError('vectors cannot be given: Kindred embeds by itself. Call addDocuments(documents)');
  }

  /** `{ ids }`, or `{ deleteAll: true }`. By filter nothing is deleted: search for the ids first. */
  override async delete(what: { ids?: string[]; deleteAll?: boolean }): Promise<void> {
    await this.index.delete(what, { wait: this.config.wait ?? 'completed' });
  }

  override async similaritySearch(query: string, k = 4, filter?: MetadataFilter): Promise<Document[]> {
    return (await this.similaritySearchWithScore(query, k, filter)).map(([document]) => document);
  }

  override async similaritySearchWithScore(
    query: string,
    k = 4,
    filter?: MetadataFilter,
  ): Promise<[Document, number][]> {
    const matches = await this.search({ topK: matchCount(k, 'k'), text: query, mode: this.config.mode, filter });
    return matches.map((match) => [documentOf(match), match.score]);
  }

  /** `query` must be of the collection's model. */
  override async similaritySearchVectorWithScore(
    query: number[],
    k: number,
    filter?: MetadataFilter,
  ): Promise<[Document, number][]> {
    const matches = await this.search({ topK: matchCount(k, 'k'), vector: query, filter });
    return matches.map((match) => [documentOf(match), match.score]);
  }

  /** Of the `fetchK` (default 20) nearest, the `k` that are near the query and unlike one another (`lambda`, default 0.5). */
  override async maxMarginalRelevanceSearch(
    query: string,
    { k, fetchK = 20, lambda = 0.5, filter }: MaxMarginalRelevanceSearchOptions<MetadataFilter>,
  ): Promise<Document[]> {
    const topK = Math.max(matchCount(k, 'k'), matchCount(fetchK, 'fetchK'));
    const vector = await this.embeddings.embedQuery(query);
    const nearest = await this.search({ topK, vector, filter, includeValues: true });
    const vectors = nearest.map(({ values = [] }) => values);
    return maximalMarginalRelevance(vector, vectors, lambda, k).map((at) => documentOf(nearest[at]!));
  }

  private async search(query: IndexQuery): Promise<IndexMatch<Metadata>[]> {
    return (await this.index.query({ ...query, includeMetadata: true })).matches;
  }

  /** Once there is something to infer from. */
  private declare(records: { metadata: Metadata }[]): Promise<void> {
    if (records.length === 0) return this.index.declare([], this.config.attributes);
    this.declared ??= this.index.declare(records, this.config.attributes).catch((error) => {
      this.declared = undefined;
      throw error;
    });
    return this.declared;
  }
}

function documentOf({ id, metadata }: IndexMatch<Metadata>): Document {
  const { [textKey]: text, ...rest } = metadata ?? {};
  return new Document({ id, pageContent: typeof text === 'string' ? text : '', metadata: rest });
}
