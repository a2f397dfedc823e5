import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { OpenWordModels, type WordModel, writeWordArtifact } from '@kindred/embedder';
import { ensureModel, type ModelIdentity, readArtifact, readModel, saveArtifact } from '@kindred/vector-index';

const largestArtifact = 1024 ** 3;

/** What a stored model is registered with. */
export interface WordModelRecord {
  tenant: string;
  name: string;
  /** Dataset version it was trained on. */
  dataset?: string;
  metrics?: Record<string, number>;
}

/** The stored word models of all tenants, the last used ones in memory. */
export class WordModels {
  private readonly open: OpenWordModels;

  constructor(private readonly database: Database) {
    this.open = new OpenWordModels((tenant, hash) => readArtifact(database, tenant, hash));
  }

  /** Stores a model and registers it under its name; its version is the start of its artifact's hash. */
  async save(
    { tenant, name, dataset = '', metrics = {} }: WordModelRecord,
    model: WordModel,
    signal: AbortSignal,
  ): Promise<ModelIdentity> {
    const artifact = writeWordArtifact(model);
    if (artifact.length > largestArtifact) {
      const message = `The model has ${artifact.length} bytes; at most ${largestArtifact} are stored. Take fewer words or dimensions.`;
      throw new KindredError('FIELD_TOO_LARGE', 'parameters', message);
    }
    const artifactHash = createHash('sha256').update(artifact).digest('hex');
    const version = artifactHash.slice(0, 12);
    const { dimensions } = model;
    const identity = { name, version, provider: 'words', dimensions, dtype: 'float32', artifactHash };
    await this.database.transaction({ tenant, signal }, (sql) => saveArtifact(sql, artifactHash, artifact));
    const facts = { parameters: { artifact: artifactHash }, takes: ['text'] as const, dataset, metrics };
    await ensureModel(this.database, tenant, identity, facts);
    return identity;
  }

  /** Throws MODEL_NOT_FOUND on the field "model". */
  async get(tenant: string, name: string, version: string, signal: AbortSignal): Promise<WordModel> {
    const scope = { tenant, readOnly: true, signal };
    const known = await this.database.transaction(scope, (sql) => readModel(sql, name, version));
    if (known?.identity.provider !== 'words') throw notFound(name, version);
    return this.open.get(tenant, known.identity.artifactHash);
  }
}

function notFound(name: string, version: string): KindredError {
  const which = version === '' ? `"${name}"` : `"${name}" of version "${version}"`;
  const message = `There is no word model ${which}; train one with TrainWords, or import one with ImportWords`;
  return new KindredError('MODEL_NOT_FOUND', 'model', message);
}
