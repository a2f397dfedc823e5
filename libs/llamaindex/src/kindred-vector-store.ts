import {
  type AttributeInput,
  type IndexMatch,
  type Kindred,
  type MetadataFilter,
  matchCount,
  metadataFilter,
  type RecordIndex,
  type SearchModeName,
  type WaitName,
} from '@kindred/client';
import type { BaseEmbedding } from '@llamaindex/core/embeddings';
import { type BaseNode, MetadataMode, TextNode } from '@llamaindex/core/schema';
import {
  BaseVectorStore,
  metadataDictToNode,
  nodeToMetadata,
  type VectorStoreQuery,
  type VectorStoreQueryResult,
} from '@llamaindex/core/vector-store';
import { filterOf } from './filter-of.ts';
import { KindredEmbedding } from './kindred-embedding.ts';

export interface KindredStoreConfig {
  kindred: Kindred;
  /** Where the nodes live; made when the first are added, unless it is there. */
  collection: string;
  /** Attributes of a collection that is made here. Default: filterable by what the first nodes' metadata holds. */
  attributes?: AttributeInput[];
  /** Legs of a query by text. Default "hybrid": words and vectors. */
  mode?: SearchModeName;
  /** Default "completed": what was added is found by the next query. */
  wait?: WaitName;
  /** Default: the server's model. Only an index that embeds by itself asks it. */
  embedModel?: BaseEmbedding;
}

type Metadata = Record<string, unknown>;

/** Under this key the client takes the text; no node's metadata has it. */
const textKey = 'llamaindex:text';
/** So many are read at once. */
const mostRead = 1_000;

/**
 * LlamaIndex's vector store over a Kindred collection. Kindred embeds nodes and queries itself: vectors that come with a
 * node are not stored, and a query with a text is answered by the text, in one hybrid call.
 */
export class KindredVectorStore extends BaseVectorStore<Kindred> {
  readonly storesText = true;
  private readonly index: RecordIndex<Metadata>;

  constructor(private readonly config: KindredStoreConfig) {
    super({ embedModel: config.embedModel ?? new KindredEmbedding(config.kindred) });
    this.index = config.kindred.index<Metadata>(config.collection, { text: textKey, unfit: 'keep' });
  }

  client(): Kindred {
    return this.config.kindred;
  }

  /** A node of an id that is there replaces it. */
  async add(nodes: BaseNode[]): Promise<string[]> {
    if (nodes.length === 0) return [];
    const records = nodes.map(recordOf);
    const filterable = records.map(({ metadata: { _node_content, _node_type, ...metadata } }) => ({ metadata }));
    await this.index.declare(filterable, this.config.attributes);
    await this.index.upsert(records, { wait: this.config.wait ?? 'completed' });
    return records.map(({ id }) => id);
  }

  /** Deletes the nodes of a document, and the document itself where it was added as a node. */
  async delete(refDocId: string): Promise<void> {
    const { kindred, collection } = this.config;
    const filter = metadataFilter({ ref_doc_id: refDocId });
    const nodes = kindred.scroll({ collection, filter, pageSize: mostRead, with: { payload: false } });
    const ids = Object.keys((await this.index.fetch([refDocId])).records);
    for await (const { itemId } of nodes) ids.push(itemId);
    await this.index.delete(ids, { wait: 'completed' });
  }

  async query(query: VectorStoreQuery): Promise<VectorStoreQueryResult> {
    const { queryStr, queryEmbedding, similarityTopK } = query;
    const topK = matchCount(similarityTopK, 'similarityTopK');
    const mode = modeOf(query) ?? this.config.mode;
    const asked = queryStr === undefined ? { vector: queryEmbedding } : { text: queryStr, mode };
    const { matches } = await this.index.query({ topK, ...asked, filter: filterFor(query), includeMetadata: true });
    return {
      nodes: matches.map(nodeOf),
      similarities: matches.map(({ score }) => score),
      ids: matches.map(({ id }) => id),
    };
  }
}

function modeOf({ mode, alpha, mmrThreshold }: VectorStoreQuery): SearchModeName | undefined {
  if (alpha !== undefined)
    throw new TypeError('alpha is not taken: Kindred weighs words and vectors by the query; leave it out');
  if (mmrThreshold !== undefined) throw new TypeError('mmrThreshold is not taken; leave it out');
  if (mode === 'default') return undefined;
  if (mode === 'sparse') return 'lexical';
  if (mode === 'hybrid' || mode === 'semantic_hybrid') return 'hybrid';
  throw new TypeError(`mode is "${mode}"; Kindred has default, sparse, hybrid and semantic_hybrid`);
}

function filterFor({ filters, docIds }: VectorStoreQuery): MetadataFilter | undefined {
  const given = [filters && filterOf(filters), docIds && { doc_id: { $in: docIds } }].filter(
    (one) => one !== undefined,
  );
  return given.length === 0 ? undefined : { $and: given };
}

function recordOf(node: BaseNode): { id: string; metadata: Metadata } {
  const metadata = nodeToMetadata(node, true, 'text');
  // getContent trims.
  const text = node instanceof TextNode ? node.text : node.getContent(MetadataMode.NONE);
  return { id: node.id_, metadata: { ...metadata, [textKey]: text } };
}

function nodeOf({ id, metadata }: IndexMatch<Metadata>): BaseNode {
  const { [textKey]: text = '', ...rest } = metadata ?? {};
  // Items that others wrote are nodes of their text.
  const own = '_node_content' in rest ? undefined : { fallback: { id_: id, metadata: rest } };
  const node = metadataDictToNode(rest, own);
  node.setContent(text);
  return node;
}
