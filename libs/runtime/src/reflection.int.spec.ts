import { type ClientDuplexStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Started, startEcho } from './call-helpers.fake.spec.ts';

/** The reflection protocol by hand: a request is one string field, an answer is searched for names. */
const raw = {
  requestStream: true,
  responseStream: true,
  requestSerialize: ([field, text]: [number, string]) =>
    Buffer.concat([Buffer.from([(field << 3) | 2, Buffer.byteLength(text)]), Buffer.from(text)]),
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes.toString('latin1'),
};
interface Reflection {
  info(): ClientDuplexStream<[number, string], string>;
}
const listServices = 7;
const fileContainingSymbol = 4;

describe.each(['v1', 'v1alpha'])('reflection %s', (version) => {
  let running: Started;
  beforeAll(async () => {
    running = await startEcho();
  });
  afterAll(() => running.stop());

  async function ask(field: number, text: string): Promise<string> {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const client = clientOf<Reflection>({ info: { path, ...raw } } as never, running.grpcAddress);
    const stream = client.info();
    stream.write([field, text]);
    stream.end();
    let answer = '';
    for await (const part of stream) answer += part;
    client.close();
    return answer;
  }

  it('lists the services that are served, and no others', async () => {
    const answer = await ask(listServices, '*');
    for (const name of ['kindred.v1.SearchService', 'kindred.v1.CatalogService', 'grpc.health.v1.Health']) {
      expect(answer).toContain(name);
    }
    expect(answer).not.toContain('EmbeddingService');
  });

  it('gives the descriptors of a service with what they import', async () => {
    const answer = await ask(fileContainingSymbol, 'kindred.v1.SearchService');
    for (const name of ['QueryRequest', 'FieldCondition', 'google/protobuf/struct.proto'])
      expect(answer).toContain(name);
    expect(await ask(fileContainingSymbol, 'kindred.v1.Nothing')).toContain('Symbol not found');
  });
});
