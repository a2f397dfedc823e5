import { describe, expect, it } from 'vitest';
import { isTransient } from '../is-transient.fake.spec.ts';
import { answeredWith, type Fault, failing } from './fake-embeddings-server.fake.spec.ts';
import { embed, expectVectors, FakeTiming, hostedModels, secretKey } from './hosted-models.fake.spec.ts';

const { server, open, failureOf, everything } = hostedModels();
const timing = () => new FakeTiming();

describe('a hosted model refuses', () => {
  const bytes = (values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  const second = (embedding: unknown) =>
    answeredWith((data) => data.map((row, at) => (at === 1 ? { ...row, embedding } : row)));
  it.each<[string, Fault, string, RegExp]>([
    ['too few vectors', answeredWith((data) => data.slice(1)), '', /2 vectors for 3 texts/],
    ['too many vectors', answeredWith((data) => [...data, data[0]]), '', /4 vectors for 3 texts/],
    [
      'a number given twice',
      answeredWith((data) => data.map((row) => ({ ...row, index: 0 }))),
      '',
      /numbered its vectors/,
    ],
    [
      'other dimensions',
      answeredWith((data) => data.map((row) => ({ ...row, embedding: [1, 2] }))),
      'parameters.dimensions',
      /2 dimensions, not 8/,
    ],
    ['other dimensions of one', second([1, 2, 3]), 'parameters.dimensions', /3 dimensions, not 8/],
    ['null, as NaN is written', second([null, 1, 1, 1, 1, 1, 1, 1]), 'inputs[1]', /not finite/],
    ['NaN in base64', second(bytes([Number.NaN, 1, 1, 1, 1, 1, 1, 1])), 'inputs[1]', /not finite/],
    ['NaN as Python writes it', () => ({ body: '{"data":[{"index":0,"embedding":[NaN,1]}]}' }), 'inputs', /not finite/],
    ['a vector of zeros', second(new Array(8).fill(0)), 'inputs[1]', /zeros/],
    ['words for numbers', second({}), 'inputs[1]', /neither numbers nor base64/],
    [
      'a page',
      () => ({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><html>Welcome</html>' }),
      'parameters.baseUrl',
      /HTML.*baseUrl/,
    ],
    ['a page that calls itself JSON', () => ({ body: '<html>Welcome</html>' }), 'parameters.baseUrl', /HTML.*baseUrl/],
    ['JSON of another kind', () => ({ body: { hello: 1 } }), 'parameters.baseUrl', /without a list "data"/],
    ['an empty answer', () => ({ body: '' }), 'parameters.baseUrl', /without a list "data"/],
    [
      'a redirect',
      () => ({ status: 301, headers: { location: 'http://elsewhere/' }, body: '' }),
      'parameters.baseUrl',
      /set baseUrl/,
    ],
    ['a wrong model', failing(404, 'no such model'), 'parameters.model', /no such model/],
    ['a wrong parameter', failing(400, 'dimensions is not supported'), 'parameters', /not supported/],
    ['a wrong key', failing(401, `Incorrect API key provided: ${secretKey}`), 'parameters.apiKeyName', /valid key/],
    ['a key without the right', failing(403, `Bearer ${secretKey} may not`), 'parameters.apiKeyName', /valid key/],
  ])('%s, at once and for good', async (_name, fault, field, message) => {
    const time = timing();
    server.always = fault;
    const error = await failureOf(embed(await open({}, {}, time), ['bag', '빨간 구두', 'shoe']));
    expect(error).toMatchObject({ code: 'PROVIDER_REFUSED', field, message: expect.stringMatching(message) });
    expect(isTransient(error)).toBe(false);
    expect(time.slept).toEqual([]);
    expect(server.asked).toHaveLength(1);
  });

  it('the whole call when the key is revoked midway, and serves again with a good key', async () => {
    const model = await open({ batchSize: 1, concurrency: 1 });
    server.faults.push(
      answeredWith((data) => data),
      answeredWith((data) => data),
      failing(401, 'revoked'),
    );
    expect(await failureOf(embed(model, ['a', 'b', 'c', 'd']))).toMatchObject({ code: 'PROVIDER_REFUSED' });
    expect(server.asked).toHaveLength(3);
    expectVectors(await embed(model, ['a', 'b', 'c', 'd']), ['a', 'b', 'c', 'd']);
  });

  it('only the text that is too long, found by halving', async () => {
    const limit: Fault = (asked, response) =>
      asked.body.input.join('').length > 100
        ? failing(400, "This model's maximum context length is 100 tokens")(asked, response)
        : answeredWith((data) => data)(asked, response);
    server.always = limit;
    const model = await open();
    const short = Array.from({ length: 9 }, (_, at) => `${at}`.repeat(40));
    expectVectors(await embed(model, short), short);
    const error = await failureOf(embed(model, [...short.slice(0, 6), '', 'x'.repeat(101)]));
    expect(error).toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'inputs[7]',
      message: expect.stringContaining('inputs[7]'),
    });
    server.always = failing(413, 'Payload Too Large');
    expect(await failureOf(embed(model, ['bag', 'shoe']))).toMatchObject({
      code: 'PROVIDER_REFUSED',
      field: 'inputs[0]',
    });
  });

  it('a bad vector by its place in the call, not in its request', async () => {
    const model = await open({ batchSize: 2, concurrency: 1 });
    server.faults.push(
      answeredWith((data) => data),
      second([null]),
    );
    const error = await failureOf(embed(model, ['a', '', 'b', 'c', 'd']));
    expect(error).toMatchObject({ field: 'inputs[4]', message: expect.stringContaining('inputs[4]') });
  });

  it.each([
    ['no model', { model: undefined }, 'parameters.model'],
    ['a password in the address', { baseUrl: 'http://user:word@localhost/v1' }, 'parameters.baseUrl'],
    ['another protocol', { baseUrl: 'ftp://localhost/v1' }, 'parameters.baseUrl'],
    ['an unknown parameter', { apiKey: secretKey }, 'parameters.apiKey'],
    [
      'dimensions to send that it does not know',
      { sendDimensions: true, dimensions: undefined },
      'parameters.dimensions',
    ],
    ['a secret that is not set', { apiKeyName: 'OTHER' }, 'parameters.apiKeyName'],
    ["OpenAI's own address without its key", { baseUrl: undefined, apiKeyName: undefined }, 'parameters.apiKeyName'],
  ])('to be opened with %s', async (_name, parameters, field) => {
    const error = await failureOf(open(parameters));
    expect(error).toMatchObject({ code: 'MODEL_UNUSABLE', field });
  });

  it('to be opened with a key that no header can hold', async () => {
    const error = await failureOf(open({}, { secret: () => `${secretKey}\n` }));
    expect(error).toMatchObject({ code: 'MODEL_UNUSABLE', field: 'parameters.apiKeyName' });
  });

  it('to open a server that is away, for the time being, when it must ask for the dimensions', async () => {
    const error = await failureOf(open({ baseUrl: 'http://127.0.0.1:1/v1', dimensions: undefined }));
    expect(isTransient(error)).toBe(true);
  });
});

describe('the key', () => {
  it('is in nothing that was logged or thrown above', () => {
    expect(everything()).toContain('PROVIDER_REFUSED');
    expect(everything()).not.toContain(secretKey);
    expect(everything()).not.toContain('0123456789abcdef');
  });
});
