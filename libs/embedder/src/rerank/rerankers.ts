import { KindredError } from '@kindred/contracts';
import { onnxRerankerParameters, openOnnxReranker } from './onnx-reranker.ts';
import { openRerankEndpoint, rerankEndpointParameters } from './rerank-endpoint.ts';
import type { Reranker } from './reranker.ts';

/** What a reranker is made from. Holds no secrets. */
export interface RerankerDefinition {
  name: string;
  /** A key of `providers`. */
  provider: string;
  /** The provider's own settings, checked by it. */
  parameters: Readonly<Record<string, unknown>>;
}

/** What the process that opens rerankers lends to them. */
export interface RerankerResources {
  /** Where folders of model files are looked for. Absent: such models are refused. */
  modelFolder?: string;
  /** Value of a secret by its name; never stored, never logged. */
  secret?(name: string): string | undefined;
}

interface Provider {
  /** Throws MODEL_UNUSABLE that names the parameter. */
  check(definition: RerankerDefinition): unknown;
  open(definition: RerankerDefinition, resources: RerankerResources): Promise<Reranker>;
}

const providers: Readonly<Record<string, Provider>> = {
  http: { check: rerankEndpointParameters, open: openRerankEndpoint },
  onnx: { check: onnxRerankerParameters, open: (definition, resources) => openOnnxReranker(definition, resources) },
};

/** The rerankers of a process by name: each opened once, when it is first asked for. A failed opening is tried again. */
export class Rerankers {
  private readonly open = new Map<string, Promise<Reranker>>();

  /** Opens nothing, but throws MODEL_UNUSABLE for a provider that does not exist and for wrong parameters. */
  constructor(
    private readonly definitions: readonly RerankerDefinition[] = [],
    private readonly resources: RerankerResources = {},
  ) {
    for (const definition of definitions) {
      const { name, provider } = definition;
      if (Object.hasOwn(providers, provider)) {
        providers[provider]!.check(definition);
        continue;
      }
      const message = `The reranker "${name}" has no provider "${provider}"; choose one of ${Object.keys(providers).join(', ')}`;
      throw new KindredError('MODEL_UNUSABLE', 'provider', message);
    }
  }

  /** Of an empty name: the only one there is. Throws MODEL_NOT_FOUND on "model", or MODEL_UNUSABLE where it cannot be opened. */
  get(name: string): Promise<Reranker> {
    const { definitions } = this;
    const only = name === '' && definitions.length === 1 ? definitions[0] : undefined;
    const definition = only ?? definitions.find((one) => one.name === name);
    if (!definition) return Promise.reject(this.unknown(name));
    const opened = this.open.get(definition.name) ?? providers[definition.provider]!.open(definition, this.resources);
    this.open.set(definition.name, opened);
    opened.catch(() => this.open.get(definition.name) === opened && this.open.delete(definition.name));
    return opened;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.open.values());
    await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  }

  private unknown(name: string): KindredError {
    const names = this.definitions.map((one) => one.name).join(', ');
    const known =
      names === '' ? 'none is configured: set RERANKERS where the search service runs' : `choose one of ${names}`;
    const is =
      name === '' ? 'model is empty, and there is no single reranker' : `model: there is no reranker "${name}"`;
    return new KindredError('MODEL_NOT_FOUND', 'model', `${is}; ${known}`);
  }
}
