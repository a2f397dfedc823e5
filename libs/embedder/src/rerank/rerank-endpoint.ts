import { KindredError } from '@kindred/contracts';
import { z } from 'zod';
import { checkParameters } from '../check-parameters.ts';
import { quote } from '../openai/request-failure.ts';
import { readScores } from './read-scores.ts';
import type { Reranker } from './reranker.ts';
import type { RerankerDefinition, RerankerResources } from './rerankers.ts';

const address = z
  .url({ protocol: /^https?$/, error: 'an http or https address, like "http://localhost:8080/rerank"' })
  .refine((text) => {
    // Checked although it may be no address at all, which is told first.
    const { username, password } = new URL(text, 'http://host');
    return username === '' && password === '';
  }, 'an address without a user or a password: name a secret in apiKeyName');

const schema = z.strictObject({
  /** Where requests go, path included. */
  url: address,
  /** cohere: { model, query, documents }, as Cohere, Jina, vLLM and llama.cpp take it; tei: { query, texts }. */
  style: z.enum(['cohere', 'tei']).default('cohere'),
  /** The name that the server knows the model by; tei has one model and needs none. */
  model: z.string().min(1).max(500).optional(),
  apiKeyName: z.string().min(1).max(200).optional(),
  /** Milliseconds until an answer must be there in full: somebody waits for it. */
  timeoutMs: z.number().int().min(1).max(60_000).default(3_000),
  /** Most texts in a request; requests go out side by side. */
  batchSize: z.number().int().min(1).max(1_000).default(32),
  /** Longer texts are cut. */
  maxCharacters: z.number().int().min(1).max(100_000).default(4_000),
});

type Parameters = z.output<typeof schema>;

/** Throws MODEL_UNUSABLE that names the parameter. */
export function rerankEndpointParameters(definition: RerankerDefinition): Parameters {
  const parameters = checkParameters(schema, definition);
  if (parameters.style === 'tei' || parameters.model !== undefined) return parameters;
  const message = `parameters.model of the reranker "${definition.name}" is missing; give the name that the server knows it by`;
  throw new KindredError('MODEL_UNUSABLE', 'parameters.model', message);
}

/** A reranker behind HTTP. Opening asks it nothing, so it may be away. Throws MODEL_UNUSABLE that names the parameter. */
export async function openRerankEndpoint(
  definition: RerankerDefinition,
  { secret }: RerankerResources,
): Promise<Reranker> {
  const parameters = rerankEndpointParameters(definition);
  const { apiKeyName } = parameters;
  return new RerankEndpoint(definition.name, parameters, () => (apiKeyName ? secret?.(apiKeyName) : undefined));
}

class RerankEndpoint implements Reranker {
  constructor(
    readonly name: string,
    private readonly parameters: Parameters,
    private readonly key: () => string | undefined,
  ) {}

  async rerank(query: string, texts: readonly string[], signal?: AbortSignal): Promise<number[]> {
    const { batchSize, timeoutMs } = this.parameters;
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const batches: Promise<number[]>[] = [];
    for (let at = 0; at < texts.length; at += batchSize) {
      batches.push(this.batch(query, texts.slice(at, at + batchSize), either));
    }
    try {
      return (await Promise.all(batches)).flat();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof KindredError) throw error;
      throw this.away(timeout.aborted ? `no answer within ${timeoutMs} ms` : `no answer (${reasonOf(error)})`);
    }
  }

  async close(): Promise<void> {}

  private async batch(query: string, texts: string[], signal: AbortSignal): Promise<number[]> {
    const { url, style, model, apiKeyName, maxCharacters } = this.parameters;
    const documents = texts.map((text) => text.slice(0, maxCharacters).toWellFormed());
    const key = this.key();
    if (apiKeyName && !key) throw this.refused(`the secret ${apiKeyName} is not set`);
    const body = style === 'tei' ? { query, texts: documents, truncate: true } : { model, query, documents };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      // Followed, a redirect would send the key elsewhere.
      redirect: 'manual',
      signal,
    });
    const answer = await response.text();
    if (!response.ok) throw this.failed(response.status, quote(answer, key));
    const scores = readScores(answer, texts.length);
    if (typeof scores === 'string') throw this.refused(scores);
    return scores;
  }

  private failed(status: number, reason: string): KindredError {
    const said = `it answered ${status} ${reason}`;
    return status === 408 || status === 429 || status >= 500 ? this.away(said) : this.refused(said);
  }

  private away(why: string): KindredError {
    return new KindredError('EMBEDDING_UNAVAILABLE', '', `the reranker "${this.name}" is away: ${why}`);
  }

  private refused(why: string): KindredError {
    return new KindredError('PROVIDER_REFUSED', 'model', `the reranker "${this.name}" gives no order: ${why}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
