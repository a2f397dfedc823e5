import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type ModelFacts, type ModelIdentity, type RegisteredModel, registerModel } from './model.store.ts';

const known = new WeakMap<Database, Map<string, Promise<RegisteredModel>>>();

const noFacts: ModelFacts = { parameters: {}, takes: ['text'], dataset: '', metrics: {} };

/**
 * Registers the model for the tenant and makes its vector table, once per process. Throws MODEL_EXISTS when the same
 * name and version stand for another artifact: such vectors must not meet in one table.
 */
export function ensureModel(
  database: Database,
  tenant: string,
  identity: ModelIdentity,
  facts: ModelFacts = noFacts,
): Promise<RegisteredModel> {
  const cache = known.get(database) ?? new Map<string, Promise<RegisteredModel>>();
  known.set(database, cache);
  const key = JSON.stringify([tenant, identity.name, identity.version, identity.artifactHash, identity.dtype]);
  const made = cache.get(key) ?? register(database, tenant, identity, facts);
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}

async function register(
  database: Database,
  tenant: string,
  identity: ModelIdentity,
  facts: ModelFacts,
): Promise<RegisteredModel> {
  const { vectorElement } = database.features;
  const stored = await database.transaction({ tenant }, (sql) =>
    registerModel(sql, identity, facts, vectorTableName(identity, vectorElement), vectorElement),
  );
  const { identity: before } = stored;
  const same = (['provider', 'dimensions', 'dtype', 'artifactHash'] as const).every(
    (part) => before[part] === identity[part],
  );
  if (same) return stored;
  const model = `${identity.name} ${identity.version}`;
  const message = `Model ${model} is registered with other content (${before.artifactHash}); give the new one a new version`;
  throw new KindredError('MODEL_EXISTS', 'version', message);
}

/** Name of a model's vector table. Tenants share the table: it depends on the model alone. */
function vectorTableName(identity: ModelIdentity, element: string): string {
  const parts = [identity.name, identity.version, identity.provider, identity.dimensions, identity.dtype];
  const hash = createHash('sha256').update(JSON.stringify([...parts, identity.artifactHash, element]));
  const slug = identity.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 24);
  return `vectors_${slug}_${hash.digest('hex').slice(0, 12)}`;
}
