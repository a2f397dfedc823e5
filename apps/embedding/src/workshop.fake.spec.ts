import { createHash } from 'node:crypto';
import { KindredError, topics } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import {
  checkInputs,
  defaultMediaLimits,
  type EmbeddingModel,
  type EmbedInput,
  type InputKind,
  type MediaAccess,
  ModelPool,
} from '@kindred/embedder';
import type { Outcome } from '@kindred/messaging';
import { Log } from '@kindred/runtime';
import {
  BackgroundPromotion,
  CollectionDirectory,
  type CollectionRow,
  contentHash,
  contentOf,
} from '@kindred/vector-index';
import { delivered } from '../../../test/support/recorded-messaging.ts';
import { CompareService } from './models/compare.service.ts';
import { MigrationService } from './models/migration.service.ts';
import { ModelRegistry } from './models/model-registry.ts';
import { ModelSwitch } from './models/model-switch.ts';
import { ModelsService } from './models/models.service.ts';
import { EmbedChangesService } from './vectors/embed-changes.service.ts';
import { inputReader } from './vectors/read-input.ts';
import { Reconciler } from './vectors/reconciler.ts';
import { TargetDirectory } from './vectors/target-directory.ts';
import { VectorStatusService } from './vectors/vector-status.service.ts';
import { VectorWriter } from './vectors/vector-writer.ts';

/** A model that counts what it embeds, refuses texts with "refused" in them, and fails when told to. */
export class FakeModel implements EmbeddingModel {
  readonly embedded: string[] = [];
  failure: Error | undefined;
  /** Called with each batch before it is embedded. */
  before: () => Promise<void> = async () => {};

  constructor(
    readonly name: string,
    readonly version: string,
    readonly dimensions: number,
    readonly takes: readonly InputKind[] = ['text'],
  ) {}

  get identity() {
    const { name, version, dimensions } = this;
    return {
      name,
      version,
      provider: 'fake',
      dimensions,
      dtype: 'float32',
      artifactHash: `${name} ${version} ${dimensions}`,
    };
  }

  async embed(inputs: readonly EmbedInput[]): Promise<Float32Array[]> {
    checkInputs(this, inputs);
    await this.before();
    if (this.failure) throw this.failure;
    const texts = inputs.map((input) => (input.kind === 'text' ? input.text : Buffer.from(input.bytes).toString()));
    const refused = texts.findIndex((text) => text.includes('refused'));
    if (refused >= 0) {
      throw new KindredError('FIELD_INVALID', `inputs[${refused}]`, `inputs[${refused}] is not to this model's liking`);
    }
    this.embedded.push(...texts);
    return texts.map((text) => this.vectorOf(text));
  }

  /** Words decide: texts that share some are near each other. */
  vectorOf(text: string): Float32Array {
    const vector = new Float32Array(this.dimensions);
    for (const word of text.toLowerCase().split(/\s+/)) {
      vector[createHash('md5').update(this.name).update(word).digest()[0]! % this.dimensions]! += 1;
    }
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  }

  async close(): Promise<void> {}
}

export interface StoredItem {
  id: string;
  title: string;
  imageUrl?: string;
  deleted?: boolean;
}

/** The embedding service's parts over a database, without a process around them. */
export class Workshop {
  readonly collections: CollectionDirectory;
  readonly reconciler: Reconciler;
  readonly models: ModelsService;
  readonly switcher: ModelSwitch;
  readonly changes: EmbedChangesService;
  private revision = 0n;

  constructor(
    readonly database: Database,
    own: readonly EmbeddingModel[],
    readonly tenant: string,
    media: MediaAccess = { limits: defaultMediaLimits, resources: {} },
  ) {
    const pool = new ModelPool(own);
    this.collections = new CollectionDirectory(database);
    const { collections } = this;
    const targets = new TargetDirectory(database, pool);
    const writer = new VectorWriter(database, pool, inputReader(media));
    const promotion = new BackgroundPromotion(database, () => {});
    this.changes = new EmbedChangesService(database, collections, targets, writer, promotion);
    this.switcher = new ModelSwitch(database, pool);
    const { switcher } = this;
    this.reconciler = new Reconciler({ database, collections, targets, writer, switcher, log: Log.silent() });
    const operations = {
      registry: new ModelRegistry(database, pool),
      switcher,
      migrations: new MigrationService(database, targets, writer),
      comparison: new CompareService(database, collections, pool),
      vectors: new VectorStatusService(database, collections, targets, () => {}),
    };
    this.models = new ModelsService(collections, operations, () => {});
  }

  async collection(name = 'shop', declared: { model?: string; imageModel?: string } = {}): Promise<CollectionRow> {
    await this.database.query(
      { tenant: this.tenant },
      `insert into kindred.collections (tenant_id, name, model, image_model) values (kindred.tenant(), $1, $2, $3)`,
      [name, declared.model ?? '', declared.imageModel ?? ''],
    );
    return this.collections.get(this.tenant, name);
  }

  /** Stores the rows as ingestion does, each with a newer revision. */
  async put({ collectionId, attributes }: CollectionRow, items: readonly StoredItem[]): Promise<void> {
    for (const { id, title, imageUrl = '', deleted = false } of items) {
      const text = contentOf({ title, body: '', categories: [], attributes: {} }, attributes);
      await this.database.query(
        { tenant: this.tenant },
        `insert into kindred.items (tenant_id, collection_id, item_id, revision, title, image_url, deleted, content_hash)
         values (kindred.tenant(), $1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id, collection_id, item_id) do update set revision = excluded.revision,
           title = excluded.title, image_url = excluded.image_url, deleted = excluded.deleted, content_hash = excluded.content_hash`,
        [collectionId, id, ++this.revision, title, imageUrl, deleted, contentHash(text)],
      );
    }
  }

  /** Announces them, as ingestion does after storing. */
  announce({ name }: CollectionRow, ids: readonly string[]): Promise<Outcome[]> {
    const values = ids.map((item_id) => ({ kind: 'upserted', collection: name, item_id, revision: 1 }));
    const context = { signal: new AbortController().signal, heartbeat: async () => {} };
    return this.changes.store(delivered(topics.itemChanges.name, values, 0, this.tenant), context);
  }

  async putAndAnnounce(collection: CollectionRow, items: readonly StoredItem[]): Promise<Outcome[]> {
    await this.put(collection, items);
    return this.announce(
      collection,
      items.map(({ id }) => id),
    );
  }

  async register(name: string, version = '1'): Promise<void> {
    const nothing = { parameters: {}, dataset: '', metrics: {} };
    await this.models.register(this.tenant, { name, version, provider: 'fake', ...nothing });
  }

  async status(collection = '') {
    const { vectors } = await this.models.vectorStatus(this.tenant, { collection });
    return vectors;
  }
}
