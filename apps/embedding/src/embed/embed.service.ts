import {
  EmbedPurpose,
  type EmbedRequest,
  type EmbedResponse,
  KindredError,
  type ListModelsResponse,
  limits,
  type EmbedInput as WireInput,
} from '@kindred/contracts';
import { type EmbedInput, loadMedia, type MediaAccess, type ModelPool } from '@kindred/embedder';
import type { ModelRegistry } from '../models/model-registry.ts';
import { modelOf } from '../models/wire.ts';

const mostInputs = 256;

/** Answers Embed and ListModels. */
export class EmbedService {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly models: ModelPool,
    private readonly media: MediaAccess,
  ) {}

  /** One vector per input, in order. Throws a KindredError that names the input it cannot take. */
  async embed(tenant: string, request: EmbedRequest, signal: AbortSignal): Promise<EmbedResponse> {
    const { inputs, purpose } = request;
    if (inputs.length === 0 || inputs.length > mostInputs) {
      const message = `inputs has ${inputs.length} entries; send 1 to ${mostInputs}`;
      throw new KindredError('LIMIT_OUT_OF_RANGE', 'inputs', message);
    }
    const name = request.model || this.models.standard.identity.name;
    const known = await this.registry.get(tenant, name, request.version);
    const model = await this.models.registered(tenant, known);
    const read = await Promise.all(inputs.map((input, at) => this.inputOf(input, `inputs[${at}]`, signal)));
    const wanted = purpose === EmbedPurpose.EMBED_PURPOSE_QUERY ? 'query' : 'document';
    const vectors = await model.embed(read, wanted, signal);
    return { model: modelOf(known), vectors: vectors.map((values) => ({ values: Array.from(values) })) };
  }

  /** The models the tenant may use. */
  async listModels(tenant: string): Promise<ListModelsResponse> {
    return { models: (await this.registry.list(tenant)).map(modelOf) };
  }

  private async inputOf({ kind }: WireInput, position: string, signal: AbortSignal): Promise<EmbedInput> {
    if (!kind)
      throw new KindredError('FIELD_MISSING', position, `${position} is empty; give it a text, image or sound`);
    if (kind.$case === 'text') return { kind: 'text', text: textOf(kind.value, `${position}.text`) };
    const [what, field] =
      kind.$case === 'image' || kind.$case === 'imageUrl'
        ? (['image', kind.$case === 'image' ? 'image' : 'image_url'] as const)
        : (['sound', kind.$case === 'sound' ? 'sound' : 'sound_url'] as const);
    const access = { ...this.media.resources, kind: what, field: `${position}.${field}`, signal };
    return { kind: what, bytes: await loadMedia(kind.value, this.media.limits, access) };
  }
}

function textOf(text: string, field: string): string {
  if (Buffer.byteLength(text) <= limits.body) return text;
  throw new KindredError('FIELD_TOO_LARGE', field, `${field} is longer than ${limits.body} bytes; shorten it`);
}
