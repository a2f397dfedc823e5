import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { cosine } from '../model-contract.fake.spec.ts';
import type { ModelResources } from '../open-model.ts';
import { FakeEmbeddingsServer, fakeDimensions, fakeVector } from './fake-embeddings-server.fake.spec.ts';
import { type OpenAiTextModel, openOpenAiTextModel } from './openai-text-model.ts';
import type { Timing } from './retrying.ts';

export const secretKey = 'sk-test-0123456789abcdef';

/** Time that passes only by sleeping; the jitter is always half. */
export class FakeTiming implements Timing {
  readonly slept: number[] = [];
  #now = Date.now();
  now = () => this.#now;
  random = () => 0.5;
  sleep = async (milliseconds: number) => {
    this.slept.push(Math.round(milliseconds));
    this.#now += milliseconds;
  };
}

/** A fake server for the tests of a file, models of it, and everything that they logged or threw. */
export function hostedModels() {
  const server = new FakeEmbeddingsServer();
  const said: unknown[] = [];
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  afterEach(() => server.forget());

  const open = (
    parameters: Record<string, unknown> = {},
    resources: ModelResources = {},
    time: Timing = new FakeTiming(),
  ) => {
    const given = { baseUrl: server.baseUrl, model: 'fake', dimensions: fakeDimensions, apiKeyName: 'THE_KEY' };
    const definition = { name: 'hosted', version: '1', provider: 'openai', parameters: { ...given, ...parameters } };
    const secret = (name: string) => (name === 'THE_KEY' ? secretKey : undefined);
    return openOpenAiTextModel(definition, { secret, log: (entry) => said.push(entry), ...resources }, time);
  };
  const failureOf = async (promise: Promise<unknown>): Promise<Error> => {
    const error = await promise.then(
      () => new Error('it succeeded'),
      (reason: Error) => reason,
    );
    said.push(error, error.stack);
    return error;
  };
  /** Everything said so far, with all that hangs on it. */
  const everything = () => said.map((each) => inspect(each, { depth: null, showHidden: true })).join('\n');
  return { server, open, failureOf, everything };
}

export const embed = (model: OpenAiTextModel, texts: string[]) => embedTexts(model, texts, 'document');

export function unit(text: string): Float32Array {
  const vector = fakeVector(text);
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
}

export function expectVectors(vectors: Float32Array[], texts: string[]): void {
  expect(vectors).toHaveLength(texts.length);
  for (const [at, text] of texts.entries()) expect(cosine(vectors[at]!, unit(text))).toBeCloseTo(1, 6);
}
