import {
  EmbedPurpose,
  type EmbedRequest,
  type EmbedResponse,
  KindredError,
  type ListModelsResponse,
  limits,
  type Model,
  ModelState,
} from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { type EmbeddingModel, embedTexts } from '@kindred/embedder';
import { listModels, type ModelRecord } from './model.store.ts';

const mostInputs = 256;

/** Answers Embed and ListModels. */
export class EmbedTextService {
  constructor(
    private readonly database: Database,
    private readonly model: EmbeddingModel,
  ) {}

  /** One vector per input, in order. Throws a KindredError that names the input it cannot take. */
  async embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResponse> {
    const { identity } = this.model;
    if (request.model !== '' && request.model !== identity.name) {
      const message = `There is no model "${request.model}" here; leave model empty or use "${identity.name}"`;
      throw new KindredError('MODEL_NOT_FOUND', 'model', message);
    }
    const texts = textsOf(request);
    const purpose = request.purpose === EmbedPurpose.EMBED_PURPOSE_QUERY ? 'query' : 'document';
    const vectors = await embedTexts(this.model, texts, purpose, signal);
    return {
      model: { ...identity, state: ModelState.MODEL_STATE_ACTIVE },
      vectors: vectors.map((values) => ({ values: Array.from(values) })),
    };
  }

  /** The models the tenant's collections use, and the one this service serves. */
  async listModels(tenant: string): Promise<ListModelsResponse> {
    const rows = await this.database.transaction({ tenant, readOnly: true }, listModels);
    const { identity } = this.model;
    const known = rows.some((row) => row.name === identity.name && row.version === identity.version);
    const served = known ? [] : [{ ...identity, state: ModelState.MODEL_STATE_REGISTERED }];
    return { models: [...rows.map(modelOf), ...served] };
  }
}

function textsOf({ inputs }: EmbedRequest): string[] {
  if (inputs.length === 0 || inputs.length > mostInputs) {
    throw new KindredError(
      'LIMIT_OUT_OF_RANGE',
      'inputs',
      `inputs has ${inputs.length} entries; send 1 to ${mostInputs}`,
    );
  }
  return inputs.map(({ kind }, position) => {
    const field = `inputs[${position}]`;
    if (!kind) throw new KindredError('FIELD_MISSING', field, `${field} is empty; give it a text`);
    if (kind.$case !== 'text') {
      const message = `${field} is an image, and no image model is installed yet; send text`;
      throw new KindredError('NOT_IMPLEMENTED_YET', `${field}.${kind.$case}`, message);
    }
    if (Buffer.byteLength(kind.value) > limits.body) {
      throw new KindredError(
        'FIELD_TOO_LARGE',
        `${field}.text`,
        `${field}.text is longer than ${limits.body} bytes; shorten it`,
      );
    }
    return kind.value;
  });
}

const states: Record<ModelRecord['state'], ModelState> = {
  registered: ModelState.MODEL_STATE_REGISTERED,
  candidate: ModelState.MODEL_STATE_CANDIDATE,
  active: ModelState.MODEL_STATE_ACTIVE,
  retired: ModelState.MODEL_STATE_RETIRED,
};

const modelOf = ({ artifact_hash, state, ...row }: ModelRecord): Model => ({
  ...row,
  artifactHash: artifact_hash,
  state: states[state],
});
