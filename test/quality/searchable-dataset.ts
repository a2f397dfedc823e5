import type { Database } from '@kindred/database';
import { type EmbeddingModel, embedTexts } from '@kindred/embedder';
import {
  CollectionDirectory,
  type CollectionRow,
  contentHash,
  contentOf,
  ensureModel,
  loadMorphology,
  type ModelTable,
  promoteWhenLarge,
  type QueryInput,
  refreshVocabulary,
  Search,
  type SearchMode,
  startVocabulary,
  type TextOptions,
  upsertDocuments,
  upsertVectors,
  Vocabularies,
} from '@kindred/vector-index';
import type { Dataset, Document, Query } from './datasets.ts';

const batchSize = 500;
/** Questions asked at a time. */
const clients = 2;

/** A dataset in a collection of its own, written and indexed as the services do it, and the search over it. */
export class SearchableDataset {
  private constructor(
    private readonly database: Database,
    private readonly model: EmbeddingModel,
    private readonly collection: CollectionRow,
    private readonly search: Search,
    private readonly parameters: Record<string, unknown>,
  ) {}

  /** `parameters`: of the model, for a process that opens it as it was registered. */
  static async load(
    database: Database,
    model: EmbeddingModel,
    name: string,
    { documents }: Dataset,
    {
      tenant = 'quality',
      parameters = {},
      koreanAnalyzer,
    }: { tenant?: string; parameters?: Record<string, unknown>; koreanAnalyzer?: string } = {},
  ) {
    await database.query(
      { tenant },
      `insert into kindred.collections (tenant_id, name, attributes, model, search_settings)
       values (kindred.tenant(), $1, '[]', $2, $3::jsonb)`,
      [name, model.identity.name, JSON.stringify({ koreanAnalyzer })],
    );
    const morphology = await loadMorphology(koreanAnalyzer ?? '');
    await database.transaction({ tenant }, (sql) => startVocabulary(sql, name, morphology?.identity ?? ''));
    const directory = new CollectionDirectory(database);
    const collection = await directory.get(tenant, name);
    const embed = async (_tenant: string, _model: ModelTable, input: QueryInput) => ({
      model: model.identity,
      vector: (await model.embed([input], 'query'))[0]!,
    });
    const search = new Search(database, directory, { embed }, undefined, new Vocabularies(database));
    const dataset = new SearchableDataset(database, model, collection, search, parameters);
    await dataset.write(documents);
    return dataset;
  }

  /** From now on typing errors are mended, unless the options say otherwise. Call it before the first search. */
  async learnWords(): Promise<void> {
    await refreshVocabulary(this.database, this.collection, { always: true });
  }

  /** What is stored for the lexical leg, without its indexes. */
  async documentSizes(): Promise<{ terms: number; distinct: number; bytes: number }> {
    const [row] = await this.database.query<{ terms: number; distinct: number; bytes: number }>(
      { tenant: this.collection.tenant },
      `select sum(length)::int as terms, avg(length(terms))::int as distinct, sum(pg_column_size(d.*))::int as bytes
         from kindred.documents d where collection_id = $1`,
      [this.collection.collectionId],
    );
    return row!;
  }

  /** Ids by descending score, of as many queries as `queries`. */
  async rankings(
    queries: readonly Query[],
    mode: SearchMode,
    limit: number,
    textOptions?: TextOptions,
  ): Promise<string[][]> {
    const rankings: string[][] = new Array(queries.length);
    const waiting = queries.entries();
    const client = async () => {
      for (const [at, query] of waiting) rankings[at] = await this.ranking(query.text, mode, limit, textOptions);
    };
    await Promise.all(Array.from({ length: clients }, client));
    return rankings;
  }

  private async ranking(text: string, mode: SearchMode, limit: number, textOptions?: TextOptions): Promise<string[]> {
    const { tenant, name: collection } = this.collection;
    const { hits } = await this.search.query({
      tenant,
      collection,
      by: { kind: 'text', text },
      mode,
      limit,
      payload: false,
      textOptions,
    });
    return hits.map((hit) => hit.itemId);
  }

  private async write(documents: readonly Document[]): Promise<void> {
    const { tenant, collectionId, index } = this.collection;
    const facts = { parameters: this.parameters, takes: ['text'] as const, dataset: '', metrics: {} };
    const model = await ensureModel(this.database, tenant, this.model.identity, facts);
    for (let at = 0; at < documents.length; at += batchSize)
      await this.writeBatch(model, documents.slice(at, at + batchSize));
    await promoteWhenLarge(this.database, tenant, collectionId, 'documents', index);
    await promoteWhenLarge(this.database, tenant, collectionId, model, index);
  }

  private async writeBatch(model: ModelTable, documents: readonly Document[]): Promise<void> {
    const { tenant, collectionId, search } = this.collection;
    const morphology = await loadMorphology(search.koreanAnalyzer ?? '');
    const texts = documents.map((document) => contentOf({ ...document, categories: [], attributes: {} }, []));
    const vectors = await embedTexts(this.model, texts, 'document');
    const rows = documents.map((document, at) => ({
      itemId: document.id,
      revision: 1n,
      contentHash: contentHash(texts[at]!),
      vector: vectors[at]!,
    }));
    await this.database.transaction({ tenant }, async (sql) => {
      await sql.query(
        `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, body, content_hash)
         select kindred.tenant(), $1, * from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])`,
        [
          collectionId,
          documents.map(({ id }) => id),
          rows.map(({ revision }) => revision),
          documents.map(({ title }) => title),
          documents.map(({ body }) => body),
          rows.map((row) => row.contentHash),
        ],
      );
      await upsertDocuments(
        sql,
        collectionId,
        documents.map(({ id }, at) => ({ itemId: id, text: texts[at]! })),
        morphology,
      );
      await upsertVectors(
        this.database,
        sql,
        model,
        collectionId,
        rows.filter(({ vector }) => vector.some(Boolean)),
      );
    });
  }
}
