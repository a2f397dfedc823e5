import type { Item } from '@kindred/contracts';
import { KindredClientError } from '../client-error.ts';
import type { AttributeInput, CollectionInput, QueryInput, WriteOptions } from '../inputs.ts';
import type { Kindred } from '../kindred.ts';
import type { SearchModeName } from '../names.ts';
import { onlyKeys, refusal } from '../refusal.ts';
import type { CollectionInfo, WriteOutcome } from '../results.ts';
import type { CallOptions } from '../transport.ts';
import { inferAttributes } from './infer-attributes.ts';
import { matchCount } from './match-count.ts';
import { type Metadata, MetadataFields, type MetadataOptions } from './metadata-fields.ts';
import { type MetadataFilter, metadataFilter } from './metadata-filter.ts';
import { recordError, throwRefused } from './refused-records.ts';

export interface IndexRecord<Meta extends object = Metadata> {
  id: string | number;
  metadata?: Meta;
  /** Refused where there are any: Kindred embeds the title and the text itself. */
  values?: number[];
}

export interface IndexQuery {
  /** 1-1,000. */
  topK: number;
  /** One of them: what the records are about, a record to find more like, or a vector of the collection's model. */
  text?: string;
  id?: string | number;
  vector?: ArrayLike<number>;
  filter?: MetadataFilter;
  /** Default false, both. */
  includeValues?: boolean;
  includeMetadata?: boolean;
  /** Legs of a query by text. Default "hybrid". */
  mode?: SearchModeName;
}

export interface IndexMatch<Meta extends object = Metadata> {
  id: string;
  /** Higher is better; comparable within one answer. */
  score: number;
  values?: number[];
  metadata?: Meta;
}

export interface IndexOptions extends MetadataOptions {
  /** A part that is searched apart from the others: the collection "<name>-<namespace>". Default: the collection itself. */
  namespace?: string;
}

export interface IndexDescription {
  name: string;
  namespace: string;
  totalRecordCount: number;
  /** Of the vectors of the text model that is searched with; undefined until there is one. */
  dimension: number | undefined;
  /** Like "kindred-text@2". */
  model: string | undefined;
  /** Keys of the metadata that a filter may name. */
  filterable: string[];
}

/**
 * A collection with the methods that users of vector databases know (docs/from-pinecone.md). A refused request rejects
 * with a KindredClientError that names the field and the way out.
 */
export class RecordIndex<Meta extends object = Metadata> {
  readonly collection: string;
  private readonly fields: MetadataFields;
  /** With the declared attributes, once they were asked for. */
  private declaredFields: Promise<MetadataFields> | undefined;

  constructor(
    private readonly kindred: Kindred,
    readonly name: string,
    private readonly options: IndexOptions = {},
  ) {
    this.collection = collectionOf(name, options.namespace);
    this.fields = new MetadataFields(options);
  }

  /** The same index, in another namespace: a collection of its own, declared like any other. */
  namespace(namespace: string): RecordIndex<Meta> {
    return new RecordIndex(this.kindred, this.name, { ...this.options, namespace });
  }

  /**
   * Makes the collection, unless it is there and has attributes or items: with `attributes`, by default filterable by all
   * that the records hold.
   */
  async declare(
    records: { metadata?: object }[],
    attributes: AttributeInput[] = inferAttributes(records, this.options),
    options?: CallOptions,
  ): Promise<void> {
    const { collections } = this.kindred;
    const found = await collections.get(this.collection, options).catch((error: unknown) => {
      if (error instanceof KindredClientError && error.code === 'COLLECTION_NOT_FOUND') return undefined;
      throw error;
    });
    if (found && (found.items > 0n || found.attributes.length > 0)) return;
    await collections.put({ ...(found && declarationOf(found)), name: this.collection, attributes }, options);
    this.declaredFields = undefined;
  }

  /**
   * Writes records, each as a whole. Every record that can be is written: the call then rejects with the first refusal,
   * counting the others. `wait: 'completed'` resolves when the next query sees them.
   */
  async upsert(
    records: IndexRecord<Meta>[] | { records: IndexRecord<Meta>[] },
    options?: WriteOptions,
  ): Promise<{ upsertedCount: number }> {
    const list = Array.isArray(records) ? records : records.records;
    if (list.length === 0) return { upsertedCount: 0 };
    const fields = await this.fieldsToWrite(options);
    const items = list.map((record, at) => {
      const { id, metadata = {} } = this.checked(record, `records[${at}]`);
      return fields.itemOf(this.collection, id, metadata, `records[${at}].metadata`);
    });
    const outcomes: WriteOutcome[] = [];
    for await (const outcome of this.kindred.upsertItems(items, options)) outcomes.push(outcome);
    throwRefused(outcomes, 'records', fields);
    return { upsertedCount: outcomes.length };
  }

  async query(query: IndexQuery, options?: CallOptions): Promise<{ matches: IndexMatch<Meta>[]; namespace: string }> {
    const { includeValues = false, includeMetadata = false } = query;
    const { hits } = await this.kindred.query(this.queryOf(query), options);
    const matches = hits.map(({ itemId, score, vector, item }) => ({
      id: itemId,
      score,
      ...(includeValues && { values: vector }),
      ...(includeMetadata && item && { metadata: this.metadataOf(item) }),
    }));
    return { matches, namespace: this.options.namespace ?? '' };
  }

  /** Records by their ids, without their vectors; ids that are not there are left out. */
  async fetch(
    ids: (string | number)[] | { ids: (string | number)[] },
    options?: CallOptions,
  ): Promise<{ records: Record<string, IndexRecord<Meta>>; namespace: string }> {
    const itemIds = Array.isArray(ids) ? ids : ids.ids;
    const items = itemIds.length === 0 ? [] : await this.read(itemIds, options);
    const records = items.map((item) => [item.itemId, { id: item.itemId, metadata: this.metadataOf(item) }] as const);
    return { records: Object.fromEntries(records), namespace: this.options.namespace ?? '' };
  }

  /**
   * Changes the given keys of one record's metadata; null removes a key. The server merges, so whatever else is written at
   * the same time stays, and attributes that are not shown too. Only what `unfit: 'keep'` keeps is written as a whole.
   * Tried again after a lost answer it is merged again, also over what somebody else wrote into the same key in between.
   */
  async update(record: IndexRecord<Partial<Meta>>, options?: WriteOptions): Promise<void> {
    const { id, metadata = {} } = this.checked(record, '');
    const [item] = this.fields.readsBeforePatch ? await this.read([id], options) : [];
    const patch = (await this.fieldsToWrite(options)).patchOf(this.collection, id, metadata, 'metadata', item);
    const [outcome] = await this.kindred.patchItems([patch], options);
    const error = outcome?.error;
    if (error?.code === 'ITEM_NOT_FOUND') {
      throw refusal('ITEM_NOT_FOUND', 'id', `"${id}" is not in "${this.collection}"; upsert it`);
    }
    if (error) throw recordError(error, this.fields);
  }

  /**
   * Deletes records. `deleteAll` deletes the collection with everything in it, interactions too, and declares it again.
   * By filter nothing is deleted: query for the ids and delete those.
   */
  async delete(what: string | number | (string | number)[] | Deletion, options?: WriteOptions): Promise<void> {
    const { ids, deleteAll } = deletionOf(what);
    if (deleteAll === true) return this.clear(options);
    if (!ids) throw refusal('FIELD_MISSING', 'ids', 'are missing; give ids, or deleteAll: true');
    const missing = ids.findIndex((id) => typeof id !== 'string' && typeof id !== 'number');
    if (missing >= 0) throw refusal('FIELD_MISSING', `ids[${missing}]`, 'is missing; an id is a string or a number');
    if (ids.length === 0) return;
    throwRefused(
      await this.kindred.deleteItems({ collection: this.collection, itemIds: ids }, options),
      'ids',
      this.fields,
    );
  }

  async describe(options?: CallOptions): Promise<IndexDescription> {
    const [collection, vectors, models] = await Promise.all([
      this.kindred.collections.get(this.collection, options),
      this.kindred.vectorStatus(this.collection, options),
      this.kindred.models(options),
    ]);
    const used = vectors.find(({ kind, role }) => kind === 'text' && role === 'active')?.model;
    const model = models.find(({ name, version }) => name === used?.name && version === used?.version);
    return {
      name: this.name,
      namespace: this.options.namespace ?? '',
      totalRecordCount: Number(collection.items),
      dimension: model?.dimensions,
      model: used && `${used.name}@${used.version}`,
      filterable: collection.attributes.filter(({ filterable }) => filterable).map(({ name }) => name),
    };
  }

  /** What is of another type than declared is kept beside the attributes where that was asked for, else the server refuses it. */
  private fieldsToWrite(options?: CallOptions): Promise<MetadataFields> {
    if (this.options.unfit !== 'keep') return Promise.resolve(this.fields);
    this.declaredFields ??= this.kindred.collections
      .get(this.collection, { deadlineMs: options?.deadlineMs, signal: options?.signal })
      .then(({ attributes }) => new MetadataFields(this.options, new Map(attributes.map((one) => [one.name, one]))))
      .catch((error: unknown) => {
        this.declaredFields = undefined;
        throw error;
      });
    return this.declaredFields;
  }

  private checked(record: IndexRecord<object>, path: string): IndexRecord<object> {
    const { values, ...rest } = record;
    onlyKeys({ ...rest, values: values?.length ? values : undefined }, path, ['id', 'metadata'], recordWaysOut);
    const field = path === '' ? 'id' : `${path}.id`;
    if (record.id === undefined) throw refusal('FIELD_MISSING', field, 'is missing; give each record an id');
    return record;
  }

  private queryOf(query: IndexQuery): QueryInput {
    onlyKeys(query, '', queryKeys, queryWaysOut);
    const { topK, text, id, vector, filter, includeValues = false, includeMetadata = false, mode } = query;
    const asked = [text, id, vector].filter((one) => one !== undefined).length;
    if (asked !== 1) throw refusal('FIELD_INVALID', '', 'A query looks for one thing; give one of text, id and vector');
    return {
      collection: this.collection,
      text,
      vector,
      itemIds: id === undefined ? undefined : [id],
      limit: matchCount(topK, 'topK'),
      mode,
      filter: filter && metadataFilter(filter, (key, path) => this.fields.fieldOf(key, path)),
      with: { payload: includeMetadata, vectors: includeValues },
    };
  }

  private read(itemIds: (string | number)[], options?: CallOptions): Promise<Item[]> {
    return this.kindred.getItems({ collection: this.collection, itemIds }, options);
  }

  private metadataOf = (item: Item) => this.fields.metadataOf(item) as Meta;

  private async clear(options?: CallOptions): Promise<void> {
    const declared = declarationOf(await this.kindred.collections.get(this.collection, options));
    await this.kindred.collections.delete(this.collection, options);
    await this.kindred.collections.put(declared, options);
    this.declaredFields = undefined;
  }
}

interface Deletion {
  ids?: (string | number)[];
  deleteAll?: boolean;
}

function deletionOf(what: string | number | (string | number)[] | Deletion | null | undefined): Deletion {
  if (what === undefined || what === null) return {};
  if (typeof what !== 'object' || Array.isArray(what)) return { ids: [what].flat() };
  onlyKeys(what, '', ['ids', 'deleteAll'], deleteWaysOut);
  return what;
}

function collectionOf(name: string, namespace = ''): string {
  return namespace === '' || namespace === '__default__' ? name : `${name}-${namespace}`;
}

/** What was declared once, to declare it again. */
const declarationOf = ({ createdAt, updatedAt, items, ...declared }: CollectionInfo) => declared as CollectionInput;

const embedded = 'cannot be given: Kindred embeds the title and the text itself';
const apart = 'is not taken by a call; use index.namespace(name)';
const recordWaysOut = {
  values: `${embedded}. Leave them out, and put what the vector was made of into metadata.text`,
  sparseValues: `${embedded}, and indexes their words. Leave them out`,
};
const queryWaysOut = {
  namespace: apart,
  sparseVector: 'is not taken; give text, whose words are looked up beside its vector',
};
const deleteWaysOut = {
  namespace: apart,
  filter: 'is not taken; query for the ids and delete those',
};
const queryKeys = ['topK', 'text', 'id', 'vector', 'filter', 'includeValues', 'includeMetadata', 'mode'];
