import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerWith, FakeRerankServer, type RerankFault, scored } from './fake-rerank-server.fake.spec.ts';
import { Rerankers } from './rerankers.ts';

const server = new FakeRerankServer();
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.asked.length = 0;
  server.fault = undefined;
});

const texts = ['a blue bag', 'red shoe', '빨간 구두', 'red'];
const key = 'sk-secret-0123456789';
const open = async (parameters: Record<string, unknown> = {}) =>
  new Rerankers([{ name: 'far', provider: 'http', parameters: { url: server.url, model: 'm', ...parameters } }], {
    secret: (name) => (name === 'RERANK_KEY' ? key : undefined),
  }).get('far');

const answers =
  (body: unknown, status?: number): RerankFault =>
  (response) =>
    answerWith(response, body, status);

describe('a reranker behind HTTP', () => {
  it.each(['cohere', 'tei'])('gives scores in the order of the texts: %s', async (style) => {
    const scores = await (await open({ style })).rerank('red shoe', texts);
    expect(scores).toEqual([0, 2 / 3, 0, 1 / 2]);
    const { body } = server.asked[0]!;
    if (style === 'tei') expect(body).toEqual({ query: 'red shoe', texts, truncate: true });
    else expect(body).toEqual({ model: 'm', query: 'red shoe', documents: texts });
  });

  it('sends many texts in several requests', async () => {
    const many = Array.from({ length: 70 }, (_, at) => (at === 69 ? 'red' : `text ${at}`));
    const scores = await (await open({ batchSize: 32 })).rerank('red', many);
    expect(server.asked.map(({ body }) => body.documents!.length).sort()).toEqual([32, 32, 6]);
    expect(scores.indexOf(Math.max(...scores))).toBe(69);
    expect(scores).toHaveLength(70);
  });

  it('cuts long texts, and keeps a pair of surrogates whole', async () => {
    await (await open({ maxCharacters: 4 })).rerank('x', ['abc😀def']);
    expect(server.asked[0]!.body.documents).toEqual(['abc\ufffd']);
  });

  it('sends the secret that is named, and says when it is not set', async () => {
    await (await open({ apiKeyName: 'RERANK_KEY' })).rerank('red', texts);
    expect(server.asked[0]!.authorization).toBe(`Bearer ${key}`);
    const unset = await open({ apiKeyName: 'OTHER' });
    await expect(unset.rerank('red', texts)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      message: expect.stringContaining('OTHER is not set'),
    });
  });

  it.each<[string, RerankFault, string, RegExp]>([
    ['fails', answers({ error: 'broken' }, 500), 'EMBEDDING_UNAVAILABLE', /answered 500 .*broken/],
    ['is too busy', answers('slow down', 429), 'EMBEDDING_UNAVAILABLE', /429 slow down/],
    ['knows no such key', answers(`no ${key}`, 401), 'PROVIDER_REFUSED', /401 no \*\*\*/],
    ['is elsewhere', answers('', 302), 'PROVIDER_REFUSED', /302/],
    ['answers HTML', answers('<html>hello</html>'), 'PROVIDER_REFUSED', /HTML; check the url/],
    ['answers NaN', answers('{"results":[{"index":0,"relevance_score":NaN}]}'), 'PROVIDER_REFUSED', /not finite/],
    ['answers half', answers('{"results":[{"ind'), 'PROVIDER_REFUSED', /no JSON/],
    ['answers something else', answers({ embeddings: [] }), 'PROVIDER_REFUSED', /without a list/],
    ['answers null', answers('null'), 'PROVIDER_REFUSED', /without a list/],
    [
      'leaves texts out',
      (response, { body }) => answerWith(response, scored(body).slice(1)),
      'PROVIDER_REFUSED',
      /3 scores for 4/,
    ],
    [
      'answers an index twice',
      (response, { body }) =>
        answerWith(
          response,
          scored(body).map((each) => ({ ...each, index: 1 })),
        ),
      'PROVIDER_REFUSED',
      /index twice/,
    ],
    [
      'answers an index too far',
      (response, { body }) =>
        answerWith(
          response,
          scored(body).map((each) => ({ ...each, index: each.index + 1 })),
        ),
      'PROVIDER_REFUSED',
      /index that no text has/,
    ],
    [
      'answers a text as a score',
      (response, { body }) =>
        answerWith(
          response,
          scored(body).map((each) => ({ ...each, score: 'good' })),
        ),
      'PROVIDER_REFUSED',
      /no finite number/,
    ],
    ['hangs up', (response) => response.destroy(), 'EMBEDDING_UNAVAILABLE', /no answer/],
    ['is silent', () => undefined, 'EMBEDDING_UNAVAILABLE', /no answer within 200 ms/],
  ])('says so when it %s', async (_name, fault, code, message) => {
    server.fault = fault;
    const asked = (await open({ timeoutMs: 200 })).rerank('red', texts);
    await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(asked).rejects.not.toMatchObject({ message: expect.stringContaining(key) });
  });

  it('says so when nobody is there', async () => {
    const away = await open({ url: 'http://127.0.0.1:1/rerank' });
    await expect(away.rerank('red', texts)).rejects.toMatchObject({ code: 'EMBEDDING_UNAVAILABLE' });
  });

  it('stops when the caller does, with the caller’s reason', async () => {
    server.fault = () => undefined;
    const asked = (await open()).rerank('red', texts, AbortSignal.timeout(50));
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ url: 'ftp://host' }, 'parameters.url'],
    [{ url: 'http://user:word@host/' }, 'parameters.url'],
    [{ style: 'other' }, 'parameters.style'],
    [{ model: undefined }, 'parameters.model'],
    [{ timeoutMs: 0 }, 'parameters.timeoutMs'],
    [{ top: 3 }, 'parameters.top'],
  ])('refuses the parameters %j', async (parameters, field) => {
    await expect(open(parameters)).rejects.toMatchObject({ code: 'MODEL_UNUSABLE', field });
  });
});

describe('the rerankers of a process', () => {
  const http = (name: string) => ({ name, provider: 'http', parameters: { url: server.url, model: 'm' } });

  it('are opened once, by name, and an empty name means the only one', async () => {
    const one = new Rerankers([http('far')]);
    expect(await one.get('')).toBe(await one.get('far'));
    const two = new Rerankers([http('far'), http('near')]);
    expect((await two.get('near')).name).toBe('near');
    await expect(two.get('')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', field: 'model' });
    await two.close();
  });

  it('say which there are, and where none is how to get one', async () => {
    await expect(new Rerankers([http('far')]).get('other')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: 'model: there is no reranker "other"; choose one of far',
    });
    await expect(new Rerankers().get('other')).rejects.toMatchObject({
      message: expect.stringContaining('set RERANKERS'),
    });
  });

  it('refuse an unknown provider at once', () => {
    const definitions = [{ name: 'x', provider: 'magic', parameters: {} }];
    expect(() => new Rerankers(definitions)).toThrow('no provider "magic"; choose one of http, onnx');
  });
});
