import { KindredError } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import type { ModelPool } from '@kindred/embedder';
import { ensureModel, type RegisteredModel, readModel, readModels } from '@kindred/vector-index';
import { readUses } from './model-registry.store.ts';

const nameForm = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Parameters are stored and shown: secrets stay in the environment. */
const secretForm = /(^|_|-)(api_?key|token|secret|password|authorization)$/i;

export interface Registration {
  name: string;
  version: string;
  provider: string;
  parameters: Record<string, unknown>;
  dataset: string;
  metrics: Record<string, number>;
}

export interface KnownModel extends RegisteredModel {
  /** Names of the collections that are searched by it. */
  collections: string[];
}

/** The models a tenant may use. */
export class ModelRegistry {
  constructor(
    private readonly database: Database,
    private readonly models: ModelPool,
  ) {}

  /** Opens the model, so that what is missing shows now, and records it. Registering the same again changes nothing. */
  async register(tenant: string, wanted: Registration): Promise<KnownModel> {
    checkRegistration(wanted);
    const { name, version, provider, parameters, dataset, metrics } = wanted;
    const { identity, takes } = await this.models.get(tenant, { name, version, provider, parameters });
    if (identity.name !== name || identity.version !== version) {
      const message = `The provider "${provider}" is ${identity.name} ${identity.version} and nothing else; register it as that`;
      throw new KindredError('FIELD_INVALID', 'name', message);
    }
    await ensureModel(this.database, tenant, identity, { parameters, takes, dataset, metrics });
    return this.get(tenant, name, version);
  }

  /** The version, or for an empty one the newest. Throws MODEL_NOT_FOUND with the field. */
  async get(tenant: string, name: string, version: string, field = 'model'): Promise<KnownModel> {
    await this.addStandard(tenant);
    const found = await this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const model = await readModel(sql, name, version);
      return model && withUses(model, await readUses(sql));
    });
    if (found) return found;
    const what = version === '' ? `"${name}"` : `"${name}" in version ${version}`;
    const message = `There is no model ${what}; register it with RegisterModel, or list the models with ListModels`;
    throw new KindredError('MODEL_NOT_FOUND', field, message);
  }

  /** Newest first; the server's own model is always among them. */
  async list(tenant: string): Promise<KnownModel[]> {
    await this.addStandard(tenant);
    return this.database.transaction({ tenant, readOnly: true }, async (sql) => {
      const uses = await readUses(sql);
      return (await readModels(sql)).map((model) => withUses(model, uses));
    });
  }

  private addStandard(tenant: string): Promise<RegisteredModel> {
    return ensureModel(this.database, tenant, this.models.standard.identity);
  }
}

const withUses = (model: RegisteredModel, uses: ReadonlyMap<string, string[]>): KnownModel => ({
  ...model,
  collections: uses.get(JSON.stringify([model.name, model.version])) ?? [],
});

function checkRegistration({ name, version, parameters }: Registration): void {
  for (const [field, value] of Object.entries({ name, version })) {
    if (nameForm.test(value)) continue;
    const message = `${field} is "${value}"; give 1 to 64 of a-z, 0-9, ".", "-" and "_", beginning with a letter or digit`;
    throw new KindredError('FIELD_INVALID', field, message);
  }
  const secret = Object.keys(parameters).find((key) => secretForm.test(key));
  if (secret === undefined) return;
  const message = `parameters.${secret} looks like a secret, and parameters are stored; put it into the environment of the embedding service, and its name into parameters.apiKeyName`;
  throw new KindredError('FIELD_INVALID', `parameters.${secret}`, message);
}
