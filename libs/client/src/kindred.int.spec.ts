import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { Item } from '@kindred/contracts';
import { describe, expect, it } from 'vitest';
import { FakeKindred } from './fake-kindred.fake.spec.ts';
import { failure, fakeServer, unavailable } from './fake-server.fake.spec.ts';
import { range } from './index.ts';
import { refused } from './refused.fake.spec.ts';

const { server, connect } = fakeServer();

describe('a call', () => {
  it('carries the key, a request id and a deadline', async () => {
    await connect({ apiKey: 'key-1' }).status();
    const { metadata } = server.calls[0]!;
    expect(metadata.get('authorization')).toEqual(['Bearer key-1']);
    expect(metadata.get('x-request-id')[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('rejects with the code, the field, the status and the request id of the server', async () => {
    server.failures.push(refused('FILTER_FIELD_UNDECLARED', 'filter.must[0].필드', 'the field is not declared'));
    const error = await failure(connect().query({ collection: 'shop', text: 'x' }));
    expect(error).toMatchObject({
      code: 'FILTER_FIELD_UNDECLARED',
      field: 'filter.must[0].필드',
      status: 'INVALID_ARGUMENT',
      requestId: 'from-the-server',
      message: 'the field is not declared',
    });
    expect(error.stack).toContain('kindred.int.spec');
    expect(server.calls).toHaveLength(1);
  });

  it('names the field of a number that the contract cannot carry, and is not sent', async () => {
    const kindred = connect();
    const query = { collection: 'shop', text: 'x', mode: 'lexical' as const };
    const refusals = [
      [kindred.query({ ...query, limit: 1.5, boosts: [{ weight: 1.5, field: 'price', pivot: 1 }] }), 'limit', 'is 1.5'],
      [kindred.query({ ...query, limit: 3e9 }), 'limit', 'is 3000000000'],
      [
        kindred.query({ ...query, prefetch: [{ text: 'y', limit: 1.5 }] } as never),
        'prefetch[0].limit',
        'whole number',
      ],
      [
        kindred.recordInteractions([{ type: 'view', userId: 'u', collection: 'shop', itemId: 1, position: 0.5 }]),
        'interactions[0].position',
        'is 0.5',
      ],
    ] as const;
    for (const [call, field, message] of refusals) {
      const error = await failure(call);
      expect(error).toMatchObject({ code: 'FIELD_INVALID', field, status: 'INVALID_ARGUMENT' });
      expect(error.message).toContain(message);
    }
    expect(server.calls).toEqual([]);
  });

  it('is tried again on UNAVAILABLE, under the same request id', async () => {
    server.failures.push(unavailable(), unavailable());
    await connect().status({ requestId: 'order-7' });
    expect(server.calls.map((call) => call.metadata.get('x-request-id'))).toEqual([
      ['order-7'],
      ['order-7'],
      ['order-7'],
    ]);
  });

  it('is tried four times at most', async () => {
    server.failures.push(...Array.from({ length: 9 }, unavailable));
    expect((await failure(connect().status())).code).toBe('DATABASE_UNAVAILABLE');
    expect(server.calls).toHaveLength(4);
  });

  it.each(['INTERNAL', 'RESOURCE_EXHAUSTED', 'DEADLINE_EXCEEDED'] as const)(
    'is not tried again on %s',
    async (name) => {
      server.failures.push(refused('INTERNAL', '', 'no', name));
      expect((await failure(connect().status())).status).toBe(name);
      expect(server.calls).toHaveLength(1);
    },
  );

  it('ends at its deadline, retries included', async () => {
    server.failures.push(...Array.from({ length: 9 }, unavailable));
    // Whichever comes first: the answer before it, or the deadline itself.
    const { status } = await failure(connect({ deadlineMs: 60 }).status());
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(status);
    // The wait before a third attempt would be 100 ms at least.
    expect(server.calls.length).toBeLessThan(3);
    server.failures.length = 0;
    expect(await failure(connect({ deadlineMs: 80 }).query({ collection: 'shop', text: 'slow' }))).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringMatching(/^\S+:\d+ did not answer before the deadline; allow more time \(deadlineMs\)/),
    });
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const call = connect().query({ collection: 'shop', text: 'slow' }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('the user left')), 50);
    await expect(call).rejects.toThrow('the user left');
    await expect(connect().status({ signal: controller.signal })).rejects.toThrow('the user left');
  });

  it('says where nobody answers', async () => {
    const error = await failure(connect({ address: '127.0.0.1:1', deadlineMs: 300 }).status());
    expect(error).toMatchObject({ code: 'UNREACHABLE', status: 'UNAVAILABLE' });
    expect(error.message).toMatch(
      /^Kindred cannot be reached at 127\.0\.0\.1:1: (connect ECONNREFUSED 127\.0\.0\.1:1|no connection was established)\. Is it running there\?$/,
    );
  });

  it('reaches a server that comes up a moment later', async () => {
    const late = await new FakeKindred().start();
    const port = Number(late.address.split(':')[1]);
    late.stop();
    const call = connect({ address: late.address }).status();
    setTimeout(() => void late.start(port), 100);
    expect((await call).version).toBe('0.1.0');
    late.stop();
  });

  it('goes to the address of its service, and names one that is missing', async () => {
    const client = connect({ address: { catalog: server.address } });
    expect((await client.status()).version).toBe('0.1.0');
    await expect(client.query({ collection: 'shop', text: 'x' })).rejects.toThrow('address.search');
  });

  it('is encrypted where tls says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kindred-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      '/CN=localhost',
    ];
    execFileSync('openssl', [...request, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    const pair = [{ private_key: readFileSync(key), cert_chain: readFileSync(cert) }];
    const secure = await new FakeKindred().start(0, ServerCredentials.createSsl(null, pair));
    expect((await connect({ address: secure.address, tls: { ca: readFileSync(cert) } }).status()).version).toBe(
      '0.1.0',
    );
    expect((await failure(connect({ address: secure.address, deadlineMs: 5_000 }).status())).code).toBe('UNREACHABLE');
    secure.stop();
    rmSync(folder, { recursive: true });
  });
});

describe('requests', () => {
  it('of a query take plain values, names and filters as text', async () => {
    const filter = 'supplier = "로지텍" and price < 30';
    await connect().query({ collection: 'shop', text: '무선 마우스', filter, mode: 'lexical', limit: 3, exact: true });
    expect(server.calls[0]!.request).toMatchObject({
      by: { $case: 'text', value: '무선 마우스' },
      mode: 2,
      limit: 3,
      params: { exact: true },
      filter: { must: [{ kind: { value: { field: 'supplier' } } }, { kind: { value: { field: 'price' } } }] },
    });
    await connect().query({
      collection: 'shop',
      vector: new Float32Array([0.5, 0.25]),
      filter: range('price', { lt: 3 }),
    });
    expect(server.calls[1]!.request.by).toEqual({ $case: 'vector', value: { values: [0.5, 0.25], model: '' } });
  });

  it('of a text say how it is read, and what is typed is completed', async () => {
    const textOptions = { typos: false, highlight: true };
    await connect().query({ collection: 'shop', text: '마우스', textOptions });
    expect(server.calls[0]!.request.textOptions).toMatchObject({ typos: 2, highlight: true, literal: false });
    await connect().query({ collection: 'shop', text: '마우스', textOptions: {} });
    expect(server.calls[1]!.request.textOptions).toMatchObject({ typos: 1, highlight: false });
    server.items.set('typed', Item.create({ collection: 'shop', itemId: 'typed', title: '타이핑 연습' }));
    expect(await connect().suggest({ collection: 'shop', text: '타이' })).toEqual([
      { text: '타이핑 연습', kind: 'completion', items: 1n },
    ]);
    server.items.delete('typed');
    expect((await connect().analyze({ text: 'mouse' })).terms[0]).toMatchObject({ term: 'mouse', start: 0, end: 5 });
  });

  it('that look for two things, or carry a wrong name, are refused here', async () => {
    await expect(connect().query({ collection: 'shop', text: 'x', userId: 7 })).rejects.toThrow('text and userId');
    await expect(connect().query({ collection: 'shop', mode: 'magic' as never })).rejects.toThrow(
      'hybrid, lexical, dense',
    );
    await expect(connect().query({ collection: 'shop', filter: 'price <' })).rejects.toThrow('character 8');
  });

  it('of interactions get an event id and a time, and go in requests of 1,000', async () => {
    const views = Array.from({ length: 2_001 }, (_, n) => ({
      type: 'view' as const,
      collection: 'shop',
      itemId: n,
      userId: 42,
    }));
    const outcomes = await connect().recordInteractions(views);
    expect(server.calls.map((call) => (call.request.interactions as object[]).length)).toEqual([1_000, 1_000, 1]);
    expect(server.calls[0]!.request.interactions).toMatchObject({
      0: { type: 1, itemId: '0', userId: '42', occurredAt: expect.any(Date) },
    });
    expect(new Set(outcomes.map((outcome) => outcome.id)).size).toBe(2_001);
  });

  it('and answers of collections speak in names', async () => {
    const client = connect();
    const put = await client.collections.put({
      name: 'shop',
      attributes: [{ name: 'color', type: 'keyword', filterable: true }],
      unknownAttributes: 'refuse',
      index: { kind: 'hnsw', m: 24 },
      search: { synonyms: [{ words: ['tv', '텔레비전'] }], denseWeight: 0.4 },
    });
    expect(put.search).toMatchObject({
      synonyms: [{ words: ['tv', '텔레비전'], oneWay: false }],
      denseWeight: 0.4,
    });
    expect(put).toMatchObject({ name: 'shop', unknownAttributes: 'refuse', index: { kind: 'hnsw', m: 24 } });
    expect((await client.collections.get('shop')).attributes[0]).toMatchObject({
      name: 'color',
      type: 'keyword',
      filterable: true,
    });
    expect(await client.collections.list()).toHaveLength(1);
    expect(await client.collections.delete('shop')).toBe(0n);
    expect((await failure(client.collections.get('shop'))).code).toBe('COLLECTION_NOT_FOUND');
  });

  it('of dead letters are followed over the pages', async () => {
    const ids: string[] = [];
    for await (const letter of connect().deadLetters.list()) ids.push(letter.id);
    expect(ids).toEqual(['letter-1', 'letter-2']);
    expect(await connect().deadLetters.replay(ids)).toBe(2n);
  });

  it('of users, deletions and texts come back in order', async () => {
    const client = connect();
    expect((await client.upsertUsers([{ userId: 1 }, { userId: '둘' }])).map(({ id }) => id)).toEqual(['1', '둘']);
    expect((await client.deleteUsers([1]))[0]?.status).toBe('acknowledged');
    expect((await client.identify({ userId: 1, sessionId: 's' }, { wait: 'completed' })).id).toBe('1');
    expect(server.calls.at(-1)!.request.wait).toBe(2);
    const { model, vectors } = await client.embed({ texts: ['a', '나'], purpose: 'query' });
    expect([model.state, vectors.length]).toEqual(['active', 2]);
    expect((await client.models())[0]?.name).toBe('kindred-text');
  });
});
