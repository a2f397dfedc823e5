import { type ClientDuplexStream, credentials, status } from '@grpc/grpc-js';
import {
  CatalogServiceClient,
  type ErrorCode,
  errorCodes,
  type Filter,
  QueryRequest,
  UpsertItemsRequest,
  type UpsertItemsResponse,
} from '@kindred/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientOf,
  collect,
  failure,
  metadataOf,
  query,
  type Started,
  sendBytes,
  startEcho,
  until,
} from './call-helpers.fake.spec.ts';
import { countDefinition } from './echo-service.fake.spec.ts';

interface Counting {
  down(request: { from: number }): AsyncIterable<{ value: number }> & { cancel(): void };
  sum(callback: (error: Error | null, value?: { value: number }) => void): { write(value: object): void; end(): void };
  double(): ClientDuplexStream<{ value: number }, { value: number }>;
}

let running: Started;
beforeAll(async () => {
  running = await startEcho();
});
afterAll(() => running.stop());

const callLines = (requestId: string) =>
  running.lines.filter((line) => line.requestId === requestId && line.msg === 'call');

describe('a call', () => {
  it('keeps its request id from the metadata to the trailers and the log', async () => {
    const { value, trailers } = await query(running.search, 'x', metadataOf({ 'x-request-id': 'order-7' }));
    expect(value.requestId).toBe('order-7');
    expect(trailers.get('x-request-id')).toEqual(['order-7']);
    expect(callLines('order-7')).toMatchObject([
      {
        level: 'info',
        method: 'kindred.v1.SearchService/Query',
        tenant: 'default',
        status: 'OK',
        ms: expect.any(Number),
      },
    ]);
  });

  it('gets a request id where it brings none, or one that is not fit to print', async () => {
    for (const metadata of [{}, { 'x-request-id': '{"forged": "line"}' }]) {
      const { value } = await query(running.search, 'x', metadataOf(metadata as Record<string, string>));
      expect(value.requestId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is admin of tenant "default" where no keys are configured', async () => {
    expect((await query(running.search, 'abc')).value.nextPageToken).toBe('default/admin/3');
  });

  it.each(Object.entries(errorCodes))('that ends with %s travels as %s', async (code, name) => {
    const error = await failure(query(running.search, `KindredError ${code} filter.must[0].필드`));
    expect(status[error.code]).toBe(name);
    expect(error.metadata.get('kindred-code')).toEqual([code]);
    expect(decodeURIComponent(String(error.metadata.get('kindred-field')[0]))).toBe('filter.must[0].필드');
    expect(error.details).toBe(`${code} happened to shop`);
  });

  it('that fails for an unforeseen reason tells its caller nothing but the request id', async () => {
    const error = await failure(query(running.search, 'crash', metadataOf({ 'x-request-id': 'crash-1' })));
    expect(error.code).toBe(status.INTERNAL);
    expect(error.details).toBe('internal error, request crash-1');
    expect(JSON.stringify(error.metadata.toJSON())).not.toMatch(/hunter2|\.ts/);
    const logged = running.lines.find((line) => line.requestId === 'crash-1' && line.level === 'error');
    expect(logged?.err).toMatchObject({
      message: 'secret detail: password=hunter2',
      stack: expect.stringContaining('.ts'),
    });
  });

  it('with bytes that are no message is INVALID_ARGUMENT', async () => {
    const error = await failure(
      sendBytes(running.grpcAddress, '/kindred.v1.SearchService/Query', Buffer.from([0x0a, 0xff])),
    );
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.metadata.get('kindred-code')).toEqual(['FIELD_INVALID' satisfies ErrorCode]);
    expect(error.details).toContain('/kindred.v1.SearchService/Query');
  });

  it('whose filter has a thousand levels is refused, and says how many may be', async () => {
    let filter: Filter = { must: [], should: [], mustNot: [] };
    for (let level = 0; level < 1_000; level++) {
      filter = { must: [{ kind: { $case: 'filter', value: filter } }], should: [], mustNot: [] };
    }
    const bytes = Buffer.from(QueryRequest.encode(QueryRequest.create({ filter })).finish());
    const error = await failure(sendBytes(running.grpcAddress, '/kindred.v1.SearchService/Query', bytes));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toContain('a filter may have 8 levels');
  });

  it('of 5 MB is refused by the name of the field that is too large', async () => {
    const error = await failure(query(running.search, '가'.repeat(1_700_000)));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.metadata.get('kindred-code')).toEqual(['FIELD_TOO_LARGE' satisfies ErrorCode]);
    expect(decodeURIComponent(String(error.metadata.get('kindred-field')[0]))).toBe('by.value');
    expect(error.details).toContain('at most 4194304 are taken');
  });

  it('of 9 MB is refused unread, and says how much is too much', async () => {
    const error = await failure(query(running.search, 'x'.repeat(9_000_000), metadataOf({ 'x-request-id': 'huge' })));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.details).toContain('8388608');
    await until(() => callLines('huge').length === 1);
    expect(callLines('huge')).toMatchObject([{ status: 'RESOURCE_EXHAUSTED' }]);
  });

  it('with a message that cannot be printed in a header still gets its status', async () => {
    const error = await failure(query(running.search, `KindredError FIELD_INVALID ${'x'.repeat(100)}\n\u0001 é %`));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
  });

  it('to a method that nobody has written is UNIMPLEMENTED', async () => {
    const bytes = Buffer.from(QueryRequest.encode(QueryRequest.fromPartial({})).finish());
    const error = await failure(sendBytes(running.grpcAddress, '/kindred.v1.SearchService/Count', bytes));
    expect(error.code).toBe(status.UNIMPLEMENTED);
  });

  it('that outlives its deadline aborts its signal with DEADLINE_EXCEEDED', async () => {
    const metadata = metadataOf({ 'x-request-id': 'late' });
    const error = await failure(query(running.search, 'wait', metadata, { deadline: Date.now() + 150 }));
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    const signal = running.lever.signals.at(-1)!;
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(callLines('late')).toMatchObject([{ status: 'DEADLINE_EXCEEDED' }]);
  });

  it('that is cancelled aborts its signal and is logged as such', async () => {
    const before = running.lever.waiting;
    const request = QueryRequest.fromPartial({ by: { $case: 'text', value: 'wait' } });
    const call = running.search.query(request, metadataOf({ 'x-request-id': 'gone' }), () => undefined);
    await until(() => running.lever.waiting > before);
    call.cancel();
    const signal = running.lever.signals.at(-1)!;
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ name: 'AbortError' });
    expect(callLines('gone')).toMatchObject([{ status: 'CANCELLED' }]);
  });

  it('is counted by method and status', async () => {
    await query(running.search, 'x');
    const text = await (await fetch(`http://${running.httpAddress}/metrics`)).text();
    expect(text).toMatch(
      /kindred_grpc_request_seconds_count\{method="kindred.v1.SearchService\/Query",status="OK"\} \d+/,
    );
    expect(text).toMatch(/kindred_info\{version="1.2.3"\} 1/);
  });
});

describe('a stream', () => {
  let catalog: CatalogServiceClient;
  let counting: Counting & { close(): void };
  beforeAll(() => {
    catalog = new CatalogServiceClient(running.grpcAddress, credentials.createInsecure());
    counting = clientOf<Counting>(countDefinition as never, running.grpcAddress);
  });
  afterAll(() => {
    catalog.close();
    counting.close();
  });

  const upsert = (itemId: string) => UpsertItemsRequest.fromPartial({ item: { collection: 'shop', itemId } });

  it('answers every request in order, also after the last one was sent', async () => {
    const stream = catalog.upsertItems();
    for (let n = 0; n < 2_000; n += 1) stream.write(upsert(`item-${n}`));
    stream.end();
    const { values, error } = await collect<UpsertItemsResponse>(stream);
    expect(error).toBeUndefined();
    expect(values.map((value) => Number(value.index))).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
    expect(values.at(-1)?.result?.id).toBe('item-1999');
  });

  it('that fails gives the answers it had, then its error by field', async () => {
    const stream = catalog.upsertItems(metadataOf({ 'x-request-id': 'stream-1' }));
    for (const id of ['a', 'b', '', 'never']) stream.write(upsert(id));
    const { values, error } = await collect<UpsertItemsResponse>(stream);
    expect(values.map((value) => value.result?.id)).toEqual(['a', 'b']);
    expect(error?.metadata.get('kindred-field')).toEqual(['item.item_id']);
    expect(error?.metadata.get('x-request-id')).toEqual(['stream-1']);
    expect(callLines('stream-1')).toMatchObject([{ status: 'INVALID_ARGUMENT', code: 'FIELD_MISSING' }]);
  });

  it('takes an item of 5 MB to its handler, so that it is refused alone', async () => {
    const stream = catalog.upsertItems();
    stream.write(UpsertItemsRequest.fromPartial({ item: { itemId: 'big', body: 'x'.repeat(5_000_000) } }));
    stream.end();
    expect((await collect<UpsertItemsResponse>(stream)).values.map((value) => value.result?.id)).toEqual(['big']);
  });

  it('from the server is read at the pace of its caller and ends with its error', async () => {
    const { values, error } = await collect(counting.down({ from: 20_000 }));
    expect(values).toHaveLength(20_000 - 13);
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
  });

  it('that is cancelled does not disturb the next one', async () => {
    const stream = counting.down({ from: 1_000_000 });
    for await (const { value } of stream) if (value < 999_990) break;
    stream.cancel();
    expect((await collect(counting.down({ from: 3 }))).values).toHaveLength(4);
  });

  it('of requests with one answer is summed up, or fails without a stack', async () => {
    const sum = (values: number[]) =>
      new Promise((resolve, reject) => {
        const call = counting.sum((error, value) => (error ? reject(error) : resolve(value)));
        for (const value of values) call.write({ value });
        call.end();
      });
    expect(await sum([1, 2, 39])).toEqual({ value: 42 });
    const error = await failure(sum([-1]));
    expect([error.code, error.details]).toEqual([status.INTERNAL, expect.stringMatching(/^internal error, request /)]);
  });

  it('of Observables works as Nest documents it', async () => {
    const stream = counting.double();
    for (const value of [1, 2, 3]) stream.write({ value });
    stream.end();
    expect((await collect(stream)).values).toEqual([{ value: 2 }, { value: 4 }, { value: 6 }]);
  });
});
