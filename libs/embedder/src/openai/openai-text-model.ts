import { createHash } from 'node:crypto';
import { KindredError } from '@kindred/contracts';
import { checkParameters } from '../check-parameters.ts';
import {
  type EmbeddingModel,
  type EmbedInput,
  type EmbedPurpose,
  type ModelIdentity,
  textsOf,
} from '../embedding-model.ts';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import { EmbeddingClient } from './embedding-client.ts';
import type { ModelUsage } from './model-usage.ts';
import { type OpenAiParameters, openAiParameters } from './openai-parameters.ts';
import { refused, TooLong } from './request-failure.ts';
import { realTiming } from './retrying.ts';
import { textBatches } from './text-batches.ts';

/** What the server is asked when the definition does not say how long its vectors are. */
const probe = 'Kindred';

/**
 * Opens a model behind the OpenAI protocol; parameters: `openAiParameters`. The server is asked for a vector only where
 * `dimensions` is absent. Throws MODEL_UNUSABLE for a wrong parameter or a missing secret.
 */
export async function openOpenAiTextModel(
  definition: ModelDefinition,
  resources: ModelResources,
  timing = realTiming,
): Promise<OpenAiTextModel> {
  const parameters = checkParameters(openAiParameters, definition);
  if (parameters.sendDimensions && parameters.dimensions === undefined) {
    const message = `The model "${definition.name}" sends dimensions and does not say how many; set dimensions`;
    throw new KindredError('MODEL_UNUSABLE', 'parameters.dimensions', message);
  }
  const client = new EmbeddingClient(definition, parameters, resources, timing);
  const dimensions = parameters.dimensions ?? (await client.send([probe], undefined))[0]!.length;
  const { model, revision, queryPrefix, documentPrefix, maxCharacters } = parameters;
  const deciding = JSON.stringify({ model, revision, dimensions, queryPrefix, documentPrefix, maxCharacters });
  return new OpenAiTextModel(client, parameters, {
    name: definition.name,
    version: definition.version,
    provider: 'openai',
    dimensions,
    dtype: 'float32',
    artifactHash: createHash('sha256').update(deciding).digest('hex'),
  });
}

/** A blank text is all zeros, and never sent. */
export class OpenAiTextModel implements EmbeddingModel {
  readonly takes = ['text'] as const;
  readonly #closed = new AbortController();

  constructor(
    private readonly client: EmbeddingClient,
    private readonly parameters: OpenAiParameters,
    readonly identity: ModelIdentity,
  ) {}

  /** Everything since the model was opened. */
  usage(): ModelUsage {
    return { ...this.client.total };
  }

  async embed(inputs: readonly EmbedInput[], purpose: EmbedPurpose, signal?: AbortSignal): Promise<Float32Array[]> {
    const texts = textsOf(this, inputs);
    signal?.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const vectors: Float32Array[] = texts.map(() => new Float32Array(this.identity.dimensions));
    const places = [...texts.keys()].filter((at) => texts[at]!.trim() !== '');
    const sent = places.map((at) => this.prepared(texts[at]!, purpose));
    const batches = textBatches(sent, this.parameters).values();
    const failed = new AbortController();
    const stop = AbortSignal.any([failed.signal, this.#closed.signal, ...(signal ? [signal] : [])]);
    const sender = async () => {
      for (const batch of batches) {
        const at = batch.map((index) => places[index]!);
        const answer = await this.sendBatch(
          batch.map((index) => sent[index]!),
          at,
          stop,
        );
        for (const [row, place] of at.entries()) vectors[place] = answer[row]!;
      }
    };
    try {
      await Promise.all(Array.from({ length: this.parameters.concurrency }, sender));
      return vectors;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#closed.abort(new KindredError('SHUTTING_DOWN', '', 'The model is closed; open it again'));
  }

  private prepared(text: string, purpose: EmbedPurpose): string {
    const { queryPrefix, documentPrefix, maxCharacters } = this.parameters;
    const cut = text.slice(0, maxCharacters).toWellFormed();
    return (purpose === 'query' ? queryPrefix : documentPrefix) + cut;
  }

  /** Halves what the server finds too long, down to one text, which is refused by its place in the call. */
  private async sendBatch(
    texts: readonly string[],
    places: readonly number[],
    signal: AbortSignal,
  ): Promise<Float32Array[]> {
    try {
      return await this.client.send(texts, this.identity.dimensions, signal);
    } catch (error) {
      if (!(error instanceof TooLong)) throw placed(error, places);
      if (texts.length === 1) throw tooLong(places[0]!, error);
    }
    const half = Math.ceil(texts.length / 2);
    const first = await this.sendBatch(texts.slice(0, half), places.slice(0, half), signal);
    return [...first, ...(await this.sendBatch(texts.slice(half), places.slice(half), signal))];
  }
}

function tooLong(place: number, { message }: TooLong): KindredError {
  const way = 'shorten the text or set maxCharacters of the model';
  return refused(`inputs[${place}]`, `inputs[${place}] is too long for the provider (${message}); ${way}`);
}

/** An error about the n-th text of a request is about another one of the call. */
function placed(error: unknown, places: readonly number[]): unknown {
  const at = error instanceof KindredError ? /^inputs\[(\d+)\]$/.exec(error.field)?.[1] : undefined;
  if (at === undefined) return error;
  const { code, field, message } = error as KindredError;
  const named = `inputs[${places[Number(at)]}]`;
  return new KindredError(code, named, message.replaceAll(field, named));
}
