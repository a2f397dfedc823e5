import type { EmbeddingModel } from './embedding-model.ts';
import { type ModelDefinition, type ModelResources, openModel } from './open-model.ts';

type OnUsage = NonNullable<ModelResources['onUsage']>;

/** What `ModelResources` are for one tenant. */
export type ResourcesOf = (tenant: string) => ModelResources;

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
