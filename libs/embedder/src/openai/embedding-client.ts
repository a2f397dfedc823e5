import { KindredError } from '@kindred/contracts';
import OpenAI from 'openai';
import type { ModelDefinition, ModelResources } from '../open-model.ts';
import { addUsage, type ModelUsage, noUsage } from './model-usage.ts';
import { type OpenAiParameters, openAiAddress } from './openai-parameters.ts';
import { readEmbeddings, tokensOf } from './read-embeddings.ts';
import { failureOf } from './request-failure.ts';
import { exhaustedFor } from './retry-delay.ts';
import { Retrying, type Timing } from './retrying.ts';

const openAiKey = 'OPENAI_API_KEY';

/** One server and one model of it: sends texts, checks answers, retries, counts. */
export class EmbeddingClient {
  readonly total: ModelUsage = noUsage();
  readonly #client: OpenAI;
  readonly #retrying: Retrying;

  constructor(
    private readonly definition: ModelDefinition,
    private readonly parameters: OpenAiParameters,
    private readonly resources: ModelResources,
    timing: Timing,
  ) {
    // Everything that the client would read from the environment or write to the console is set here.
    this.#client = new OpenAI({
      baseURL: parameters.baseUrl,
      apiKey: 'set per request',
      adminAPIKey: null,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: 'off',
      timeout: parameters.timeoutMs,
      fetchOptions: { redirect: 'manual' },
    });
    this.#retrying = new Retrying(definition.name, parameters, timing);
    this.#key();
  }

  /** One vector of length 1 per text; throws TooLong, or what `EmbeddingModel.embed` throws. */
  send(texts: readonly string[], dimensions: number | undefined, signal?: AbortSignal): Promise<Float32Array[]> {
    return this.#retrying.run((retry) => this.#attempt(texts, dimensions, { retry, signal }), signal);
  }

  async #attempt(
    texts: readonly string[],
    dimensions: number | undefined,
    { retry, signal }: { retry: number; signal?: AbortSignal },
  ): Promise<Float32Array[]> {
    const usage: ModelUsage = { ...noUsage(), requests: 1, retries: retry > 0 ? 1 : 0 };
    // Read anew each time: a key may be replaced while the process runs.
    const key = this.#key();
    const late = AbortSignal.timeout(this.parameters.timeoutMs);
    try {
      const { data, response } = await this.#request(texts, key, signal ? AbortSignal.any([signal, late]) : late);
      usage.tokens = tokensOf(data);
      usage.cost = (usage.tokens * this.parameters.pricePerMillionTokens) / 1_000_000;
      const vectors = readEmbeddings(data, texts.length, dimensions);
      usage.inputs = texts.length;
      const wait = exhaustedFor(response.headers);
      if (wait !== undefined) this.#retrying.holdBack(wait);
      return vectors;
    } catch (error) {
      usage.failures = 1;
      signal?.throwIfAborted();
      const failure = failureOf(late.aborted ? `nothing within ${this.parameters.timeoutMs} ms` : error, key);
      this.#log(failure, retry);
      throw failure;
    } finally {
      this.#count(usage);
    }
  }

  #request(texts: readonly string[], key: string | undefined, signal: AbortSignal) {
    const { model, sendDimensions, dimensions, encoding } = this.parameters;
    const body = { model, input: [...texts], encoding_format: encoding, ...(sendDimensions && { dimensions }) };
    const headers = { Authorization: key === undefined ? null : `Bearer ${key}` };
    return this.#client.embeddings.create(body, { signal, headers }).withResponse() as Promise<{
      data: unknown;
      response: Response;
    }>;
  }

  #key(): string | undefined {
    const { apiKeyName, baseUrl } = this.parameters;
    const ofOpenAi = new URL(baseUrl).host === new URL(openAiAddress).host;
    // OpenAI's key is never sent to another server unless the definition says so.
    const name = apiKeyName ?? (ofOpenAi ? openAiKey : undefined);
    if (name === undefined) return undefined;
    const key = this.resources.secret?.(name);
    if (key && /^[\x21-\x7e]+$/.test(key)) return key;
    const what = key ? 'holds characters that a key cannot have' : 'is not set';
    const message = `The model "${this.definition.name}" needs the secret "${name}", which ${what}; set it or name another in apiKeyName`;
    throw new KindredError('MODEL_UNUSABLE', 'parameters.apiKeyName', message);
  }

  #count(usage: ModelUsage): void {
    addUsage(this.total, usage);
    const { name, version, provider } = this.definition;
    this.resources.onUsage?.({ name, version, provider }, usage);
  }

  #log(failure: Error, retry: number): void {
    const fields = { model: this.definition.name, retry, reason: failure.message };
    this.resources.log?.({ level: 'warn', message: 'a request for vectors failed', fields });
  }
}
