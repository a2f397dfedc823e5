import { describe, expect, it } from 'vitest';
import { embedTexts } from '../embedding-model.ts';
import { isTransient } from '../is-transient.fake.spec.ts';
import { answeredWith, type Fault, failing } from './fake-embeddings-server.fake.spec.ts';
import { embed, expectVectors, FakeTiming, hostedModels, secretKey } from './hosted-models.fake.spec.ts';

const { server, open, failureOf, everything } = hostedModels();
const timing = () => new FakeTiming();

describe('a hosted model retries', () => {
  const hangUp: Fault = (_asked, response) => void response.destroy();
  const halfBody: Fault = (_asked, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
    response.write('{"data":[{"index":0,"embedding":[0.1,');
    response.destroy();
    return undefined;
  };
  const cutJson: Fault = () => ({ body: '{"data":[{"index":0,"embedding":[0.1,' });
  it.each<[string, Fault]>([
    ['a server error', failing(500, 'oops')],
    [
      'a page of a proxy',
      () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' }),
    ],
    ['a rate limit', failing(429, 'slow down')],
    ['a connection that is cut', hangUp],
    ['half a body', halfBody],
    ['half a body that ends in order', cutJson],
  ])('%s, with jitter', async (_name, fault) => {
    const time = timing();
    server.faults.push(fault, fault);
    expectVectors(await embed(await open({}, {}, time), ['bag']), ['bag']);
    expect(time.slept).toEqual([125, 250]);
    expect(server.asked).toHaveLength(3);
  });

  it('an answer that does not come in time, or stops midway', async () => {
    const silent: Fault = () => undefined;
    const stops: Fault = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"data":');
      return undefined;
    };
    server.faults.push(silent, stops);
    expectVectors(await embed(await open({ timeoutMs: 100 }), ['bag']), ['bag']);
    expect(server.asked).toHaveLength(3);
  });

  it('no server at all, and says so when the retries are used up', async () => {
    const model = await open({ baseUrl: 'http://127.0.0.1:1/v1', maxRetries: 2 });
    const error = await failureOf(embed(model, ['bag']));
    expect(error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE', message: expect.stringMatching(/"hosted".*3 times/) });
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['seconds', () => '7', 7_125],
    ['a date', () => new Date(Date.now() + 9_000).toUTCString(), undefined],
  ])('after the time that Retry-After gives in %s', async (_name, value, exact) => {
    const time = timing();
    server.faults.push(failing(429, 'slow down', { 'retry-after': value() }));
    await embed(await open({}, {}, time), ['bag']);
    expect(time.slept).toHaveLength(1);
    if (exact !== undefined) expect(time.slept).toEqual([exact]);
    expect(time.slept[0]).toBeGreaterThan(7_000);
    expect(time.slept[0]).toBeLessThan(9_500);
  });

  it('holds back before it is refused, when an allowance is used up', async () => {
    const time = timing();
    server.faults.push((asked, response) => {
      response.setHeader('x-ratelimit-remaining-requests', '0');
      response.setHeader('x-ratelimit-reset-requests', '1m0.5s');
      return answeredWith((data) => data)(asked, response);
    });
    const model = await open({ retryBudgetMs: 90_000 }, {}, time);
    await embed(model, ['bag']);
    await embed(model, ['shoe']);
    expect(time.slept).toEqual([60_500]);
  });

  it('no longer than its budget while a limit lasts ten minutes, and leaves the server alone meanwhile', async () => {
    const time = timing();
    server.always = failing(429, 'slow down', { 'retry-after': '600' });
    const model = await open({}, {}, time);
    const texts = Array.from({ length: 500 }, (_, at) => `bag ${at}`);
    for (const _call of [1, 2, 3]) {
      const error = await failureOf(embed(model, texts));
      expect(error).toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
      expect(isTransient(error)).toBe(true);
    }
    expect(server.asked.length).toBeLessThanOrEqual(2);
    server.always = undefined;
    await time.sleep(600_000);
    expectVectors(await embed(model, ['bag']), ['bag']);
  });

  it('not when the caller leaves', async () => {
    const leave = new AbortController();
    server.always = (_asked, _response) => {
      setImmediate(() => leave.abort(new Error('the caller left')));
      return undefined;
    };
    const model = await open();
    await expect(embedTexts(model, ['bag'], 'query', leave.signal)).rejects.toThrow('the caller left');
    expect(server.asked).toHaveLength(1);
  });

  it('not when it is closed', async () => {
    const model = await open();
    server.always = () => {
      setImmediate(() => void model.close());
      return undefined;
    };
    expect(isTransient(await failureOf(embed(model, ['bag'])))).toBe(true);
    await expect(embed(model, ['bag'])).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

describe('the key', () => {
  it('is in nothing that was logged or thrown above', () => {
    expect(everything()).toContain('EMBEDDING_UNAVAILABLE');
    expect(everything()).not.toContain(secretKey);
    expect(everything()).not.toContain('0123456789abcdef');
  });
});
