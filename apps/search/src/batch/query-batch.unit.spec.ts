import { KindredError, QueryRequest, type QueryResponse } from '@kindred/contracts';
import { Log } from '@kindred/runtime';
import { describe, expect, it } from 'vitest';
import { BatchService } from './batch.service.ts';

const caller = { tenant: 't', role: 'reader', requestId: '주문-7' } as const;
const textOf = (query: QueryRequest) => (query.by as { value: string }).value;
const answer = (requestId: string): QueryResponse => ({
  requestId,
  hits: [],
  nextPageToken: '',
  plan: undefined,
  groups: [],
  suggestions: [],
});

function batches(answers: (text: string) => Promise<void>, log = Log.silent()) {
  const query = async (request: QueryRequest, { requestId }: { requestId: string }) => {
    await answers(textOf(request));
    return answer(requestId);
  };
  const service = new BatchService({ query }, log);
  return (texts: string[], signal = new AbortController().signal) => {
    const queries = texts.map((value) => QueryRequest.create({ collection: 'shop', by: { $case: 'text', value } }));
    return service.queryBatch({ queries }, caller, signal);
  };
}

describe('a batch of queries', () => {
  it('answers in order, each under an id of its own, however long the first ones take', async () => {
    let open = 0;
    let most = 0;
    const ask = batches(async (text) => {
      most = Math.max(most, ++open);
      for (let tick = 0; tick < 40 - Number(text); tick++) await null;
      open--;
    });
    const { results } = await ask(Array.from({ length: 33 }, (_, at) => String(at)));
    const ids = results.map(({ result }) => result?.$case === 'response' && result.value.requestId);
    expect(ids).toEqual(Array.from({ length: 33 }, (_, at) => `주문-7.${at}`));
    expect(most).toBe(8);
  });

  it('fails one by one, and says nothing of what was not foreseen', async () => {
    const ask = batches(async (text) => {
      if (text === 'mine') throw new KindredError('FIELD_INVALID', 'mode', '모드가 없습니다');
      if (text === 'theirs') throw new Error('password=1234');
    });
    const { results } = await ask(['good', 'mine', 'theirs', 'good']);
    expect(results.map(({ result }) => result?.$case)).toEqual(['response', 'error', 'error', 'response']);
    expect(results[1]!.result!.value).toEqual({ code: 'FIELD_INVALID', field: 'mode', message: '모드가 없습니다' });
    expect(results[2]!.result!.value).toEqual({
      code: 'INTERNAL',
      field: '',
      message: 'internal error, request 주문-7.2',
    });
  });

  it('ends as a whole when the caller hangs up', async () => {
    const hungUp = new AbortController();
    let asked = 0;
    const ask = batches(async () => {
      if (++asked === 9) hungUp.abort(new Error('gone'));
      hungUp.signal.throwIfAborted();
    });
    const texts = Array.from({ length: 100 }, String);
    await expect(ask(texts, hungUp.signal)).rejects.toThrow('gone');
    expect(asked).toBeLessThan(20);
  });

  it.each([
    [0, 'FIELD_MISSING'],
    [101, 'FIELD_TOO_LARGE'],
  ])('of %i queries is refused', async (size, code) => {
    const ask = batches(async () => {});
    await expect(async () => ask(Array.from({ length: size }, String))).rejects.toMatchObject({
      code,
      field: 'queries',
    });
  });
});
