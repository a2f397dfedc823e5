import { z } from 'zod';

export const openAiAddress = 'https://api.openai.com/v1';

const address = z
  .url({ protocol: /^https?$/, error: 'an http or https address up to "/v1", like "http://localhost:11434/v1"' })
  .refine((text) => {
    const { username, password, search } = new URL(text);
    return username === '' && password === '' && search === '';
  }, 'an address without a user, a password or a query: definitions hold no secrets; name a secret in apiKeyName');

export const openAiParameters = z.strictObject({
  baseUrl: address.default(openAiAddress),
  /** The name that the server knows the model by. */
  model: z.string().min(1).max(500),
  /** Length of the vectors. Absent: asked of the server when the model is opened. */
  dimensions: z.number().int().min(1).max(16_000).optional(),
  /** Whether to ask for `dimensions`, which only models with shortenable vectors understand. */
  sendDimensions: z.boolean().default(false),
  /** Most texts in a request. */
  batchSize: z.number().int().min(1).max(2_048).default(64),
  /** Most characters in a request; a longer text travels alone. */
  batchCharacters: z.number().int().min(1).default(100_000),
  /** Longer texts are cut to so many characters. Absent: sent whole. */
  maxCharacters: z.number().int().min(1).optional(),
  /** Requests at a time, per call. */
  concurrency: z.number().int().min(1).max(64).default(2),
  /** Milliseconds until an answer must be there in full. */
  timeoutMs: z.number().int().min(1).max(600_000).default(30_000),
  maxRetries: z.number().int().min(0).max(100).default(5),
  /** Milliseconds that a request and its retries may take; past that the caller is told to try later. */
  retryBudgetMs: z.number().int().min(0).max(3_600_000).default(60_000),
  /** Name of the secret. Absent: OPENAI_API_KEY for OpenAI's own address, no key for any other. */
  apiKeyName: z.string().min(1).max(200).optional(),
  queryPrefix: z.string().max(2_000).default(''),
  documentPrefix: z.string().max(2_000).default(''),
  /** How vectors travel; servers that know only one may answer with it. */
  encoding: z.enum(['float', 'base64']).default('float'),
  /** For the accounting of cost, in whatever currency. */
  pricePerMillionTokens: z.number().min(0).default(0),
  /** Change it when the provider changed the model behind its name: a hosted model's bytes cannot be hashed. */
  revision: z.string().max(200).default(''),
});

export type OpenAiParameters = z.output<typeof openAiParameters>;
