import { KindredError } from '@kindred/contracts';
import type { EmbeddingModel, ModelIdentity } from './embedding-model.ts';
import { type ModelDefinition, type ModelResources, openModel } from './open-model.ts';

type OnUsage = NonNullable<ModelResources['onUsage']>;

/** What `ModelResources` are for one tenant. */
export type ResourcesOf = (tenant: string) => ModelResources;

/** What the registry knows a model by. */
export interface RegisteredDefinition {
  identity: ModelIdentity;
  parameters: ModelDefinition['parameters'];
}

/** The models a process has open: each opened once, when it is first needed. A failed opening is tried again. */
export class ModelPool {
  private readonly open = new Map<string, Promise<EmbeddingModel>>();
  private readonly usageListeners: OnUsage[] = [];

  /** `own` are there from the start, under their own names and versions. */
  constructor(
    private readonly own: readonly EmbeddingModel[],
    private readonly resourcesOf: ResourcesOf = () => ({}),
  ) {}

  /** Throws a KindredError MODEL_UNUSABLE for a model that cannot be opened here. */
  get(tenant: string, definition: ModelDefinition): Promise<EmbeddingModel> {
    const { name, version, provider, parameters } = definition;
    const mine = this.own.find(({ identity }) => identity.name === name && identity.version === version);
    if (mine?.identity.provider === provider) return Promise.resolve(mine);
    const key = JSON.stringify([tenant, name, version, provider, parameters]);
    const opened = this.open.get(key) ?? openModel(definition, this.resources(tenant));
    this.open.set(key, opened);
    opened.catch(() => this.open.get(key) === opened && this.open.delete(key));
    return opened;
  }

  /**
   * A model as it was registered. Throws MODEL_UNUSABLE also where its files or settings changed since: its vectors would
   * not compare with those that are stored.
   */
  async registered(tenant: string, { identity, parameters }: RegisteredDefinition): Promise<EmbeddingModel> {
    const { name, version, provider, artifactHash } = identity;
    const model = await this.get(tenant, { name, version, provider, parameters });
    if (model.identity.artifactHash === artifactHash) return model;
    const message = `${name} ${version} is not what it was when it was registered: its files or settings changed. Register them under a new version.`;
    throw new KindredError('MODEL_UNUSABLE', 'model', message);
  }

  /** Calls back after each request to a provider that is paid by use. */
  onUsage(listener: OnUsage): void {
    this.usageListeners.push(listener);
  }

  /** The first of the process's own models: what texts are embedded with unless somebody chose. */
  get standard(): EmbeddingModel {
    return this.own[0]!;
  }

  private resources(tenant: string): ModelResources {
    const onUsage: OnUsage = (model, usage) => {
      for (const listener of this.usageListeners) listener(model, usage);
    };
    return { ...this.resourcesOf(tenant), onUsage };
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.open.values());
    const models = opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    await Promise.all([...this.own, ...models].map((model) => model.close()));
  }
}
