import { randomUUID } from 'node:crypto';
import { Kindred } from '@kindred/client';
import type { TrainWordsResponse } from '@kindred/contracts';
import { WordServiceService } from '@kindred/contracts';
import type { Database } from '@kindred/database';
import { openModel } from '@kindred/embedder';
import { Log, type RunningServices, type Service, startServices } from '@kindred/runtime';
import { CollectionDirectory, readArtifact } from '@kindred/vector-index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '../../../../test/support/databases.ts';
import { WordController } from './word.controller.ts';
import { WordService } from './word.service.ts';

const lines = [
  'the king wore a golden crown',
  'the queen wore a golden crown',
  'a dog chased the small cat',
  'the cat chased a small dog',
  '배우가 영화를 찍었다',
  '감독이 영화를 찍었다',
];
const text = Buffer.from(`${Array.from({ length: 200 }, () => lines.join('\n')).join('\n')}\n`);
const file = (name: string, ...chunks: Uint8Array[]) => ({ name, chunks });
const parameters = { dimensions: 16, minCount: 2, epochs: 3, sample: 0, subwordBuckets: 300 };

async function all<Element>(elements: AsyncIterable<Element>): Promise<Element[]> {
  const taken: Element[] = [];
  for await (const element of elements) taken.push(element);
  return taken;
}

class WordsModule {}

/** The word service alone, behind a real server. */
function wordService(database: Database): Service {
  const directory = new CollectionDirectory(database);
  const useValue = new WordService(database, directory);
  return {
    name: 'words',
    module: { module: WordsModule, controllers: [WordController], providers: [{ provide: WordService, useValue }] },
    grpc: { 'kindred.v1.WordService': WordServiceService },
  };
}

describe.each(testDatabases())('word models on $name', ({ open }) => {
  let database: Database;
  let running: RunningServices;
  let kindred: Kindred;
  let stranger: Kindred;

  beforeAll(async () => {
    database = await open();
    const grants = { mine: { tenant: 'mine', role: 'writer' }, theirs: { tenant: 'theirs', role: 'reader' } } as const;
    running = await startServices({
      services: [wordService(database)],
      config: {
        GRPC_ADDRESS: '127.0.0.1:0',
        HTTP_ADDRESS: '127.0.0.1:0',
        API_KEYS: grants,
        LOG_LEVEL: 'silent',
        LOG_FORMAT: 'json',
      } as never,
      version: '0',
      close: [],
      log: Log.silent(),
      processEvents: false,
    });
    kindred = new Kindred({ address: running.grpcAddress, apiKey: 'mine', deadlineMs: 60_000 });
    stranger = new Kindred({ address: running.grpcAddress, apiKey: 'theirs' });
  });
  afterAll(async () => {
    kindred?.close();
    stranger?.close();
    await running?.stop();
  });

  async function train(name: string, files = [file('a.txt', text)], more: object = {}) {
    const parts: NonNullable<TrainWordsResponse['part']>[] = [];
    for await (const part of kindred.words.train({ name, files, parameters, ...more })) parts.push(part);
    const last = parts.at(-1);
    if (last?.$case !== 'result') throw new Error('the last part is no result');
    return { parts, result: last.value };
  }

  it('trains on files sent in pieces, tells its progress, and answers for its neighbors', async () => {
    const cut = 1_001;
    const { parts, result } = await train('royal', [
      file('a.txt', text.subarray(0, cut), text.subarray(cut)),
      file('b.txt', text),
    ]);
    expect(parts[0]!.$case).toBe('progress');
    expect(result.model).toMatchObject({ name: 'royal', dimensions: 16, subwords: true });
    expect(result.words).toBe(BigInt(2 * 200 * 30 * 3));
    const neighbors = await kindred.words.similar({ model: 'royal', word: '영화를', limit: 3 });
    expect(neighbors).toHaveLength(3);
    expect(neighbors[0]!.similarity).toBeGreaterThanOrEqual(neighbors[2]!.similarity);
    expect(await kindred.words.similar({ model: 'royal', word: '여배우가', limit: 1 })).toHaveLength(1);
    const analogy = await kindred.words.analogy({
      model: 'royal',
      positive: ['king', 'cat'],
      negative: ['dog'],
      limit: 2,
    });
    expect(analogy).toHaveLength(2);
  });

  it('trains on a collection, page by page', async () => {
    const [{ collection_id: id }] = (await database.query<{ collection_id: number }>(
      { tenant: 'mine' },
      `insert into kindred.collections (tenant_id, name) values (kindred.tenant(), 'films') returning collection_id`,
    )) as [{ collection_id: number }];
    await database.query(
      { tenant: 'mine' },
      `insert into kindred.items (tenant_id, collection_id, item_id, revision, deleted, title, body)
       select kindred.tenant(), $1, 'i' || n, 1, n > 2100, '영화 ' || n % 7, 'the king wore a crown' from generate_series(1, 2200) n`,
      [id],
    );
    const { result } = await train('films', [], { collection: 'films', parameters: { ...parameters, epochs: 1 } });
    expect(result.words).toBe(BigInt(2_100 * 7));
  });

  it('gives the same version for the same training, and lets every version be asked', async () => {
    const first = (await train('twice')).result.model!;
    const again = (await train('twice')).result.model!;
    const other = (await train('twice', undefined, { parameters: { ...parameters, seed: 9 } })).result.model!;
    expect(again.version).toBe(first.version);
    expect(other.version).not.toBe(first.version);
    const ask = (version: string) => kindred.words.similar({ model: 'twice', version, word: 'king', limit: 5 });
    expect(await ask('')).toEqual(await ask(other.version));
    expect(await ask(first.version)).not.toEqual(await ask(other.version));
  });

  it('registers a model that opens as an embedding model, and is not made active', async () => {
    const { model } = (await train('embedder')).result;
    const rows = await database.query(
      { tenant: 'mine' },
      `select provider, state, artifact_hash from kindred.models where name = 'embedder'`,
    );
    expect(rows).toEqual([{ provider: 'words', state: 'registered', artifact_hash: model!.artifactHash }]);
    const definition = {
      name: 'embedder',
      version: model!.version,
      provider: 'words',
      parameters: { artifact: model!.artifactHash },
    };
    const opened = await openModel(definition, { artifact: (hash) => readArtifact(database, 'mine', hash) });
    expect(opened.identity.artifactHash).toBe(model!.artifactHash);
    const [vector] = await opened.embed([{ kind: 'text', text: '배우가 영화를' }], 'query');
    expect(Math.hypot(...vector!)).toBeCloseTo(1, 4);
  });

  it.each(['word2vec_text', 'word2vec_binary', 'fasttext_vec'] as const)(
    'exports %s and imports it again',
    async (format) => {
      await train('source');
      const bytes = Buffer.concat(await all(kindred.words.export({ model: 'source', format })));
      const chunks = Array.from({ length: 7 }, (_, at) =>
        bytes.subarray((at * bytes.length) / 7, ((at + 1) * bytes.length) / 7),
      );
      const model = await kindred.words.import({ name: `copy-${format}`, format, chunks });
      expect(model).toMatchObject({ subwords: false, dimensions: 16 });
      const ask = (name: string) => kindred.words.similar({ model: name, word: 'king', limit: 5 });
      expect((await ask(`copy-${format}`)).map(({ word }) => word)).toEqual(
        (await ask('source')).map(({ word }) => word),
      );
    },
  );

  it.each([
    ['is empty', Buffer.from(''), 'The corpus has no words'],
    ['is not UTF-8', Buffer.concat([text, Buffer.from([0xff, 0x20])]), `bad.txt: byte ${text.length} is not UTF-8`],
    ['has a NUL', Buffer.from('ab\0'), 'bad.txt: byte 2 is a NUL'],
  ])('refuses a corpus that %s', async (_what, content, reason) => {
    await expect(train('bad', [file('bad.txt', content)])).rejects.toMatchObject({
      code: 'CORPUS_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['a name that cannot be', { name: 'My Words' }, 'header.name is "My Words"'],
    ['a parameter out of range', { parameters: { dimensions: 3 } }, 'parameters.dimensions is 3'],
    ['a collection that does not exist', { collection: 'nowhere' }, 'There is no collection "nowhere"'],
  ])('refuses %s', async (_what, change, reason) => {
    await expect(train('bad', undefined, change)).rejects.toThrow(reason);
  });

  it('refuses a stream without a header, and a file of another format', async () => {
    await expect(all(kindred.rpc.words.trainWords([]))).rejects.toThrow('The first message must be the header');
    const wrong = kindred.words.import({ name: 'x', format: 'fasttext_vec', chunks: [Buffer.from('hello')] });
    await expect(wrong).rejects.toMatchObject({ code: 'FIELD_INVALID', field: 'file' });
  });

  it('names a model, a version and a word that do not exist', async () => {
    await train('known', undefined, { parameters: { ...parameters, subwordBuckets: 0 } });
    const ask = (model: string, word: string, version = '') => kindred.words.similar({ model, word, version });
    await expect(ask('none', 'king')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', field: 'model' });
    await expect(ask('known', 'king', 'v9')).rejects.toThrow('"known" of version "v9"');
    await expect(ask('known', '공주')).rejects.toMatchObject({ code: 'WORD_NOT_FOUND', field: 'word' });
    await expect(ask('known', '')).rejects.toMatchObject({ code: 'FIELD_MISSING', field: 'word' });
  });

  it('keeps tenants apart, and readers from training', async () => {
    await train('private');
    await expect(stranger.words.similar({ model: 'private', word: 'king' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    const training = all(stranger.words.train({ name: 'x', files: [file('a.txt', text)] }));
    await expect(training).rejects.toMatchObject({ code: 'ROLE_NOT_ALLOWED' });
  });

  it('refuses a second training, stops one whose caller leaves, and then takes the next', async () => {
    const long = kindred.words.train({
      name: 'long',
      files: [file('a.txt', text)],
      parameters: { ...parameters, epochs: 1_000 },
    });
    const first = await long.next();
    expect(first.value).toMatchObject({ $case: 'progress' });
    await expect(train('second')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await long.return(undefined);
    await expect
      .poll(async () => (await train(`third-${randomUUID()}`).catch((error) => error)).result?.words, {
        timeout: 30_000,
        interval: 200,
      })
      .toBeGreaterThan(0n);
    await expect(kindred.words.similar({ model: 'long', word: 'king' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
