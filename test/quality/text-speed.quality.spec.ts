// Prints how long reading a text takes; absolute figures are this machine's, and none is asserted.
import os from 'node:os';
import { Kindred, type TextOptionsInput } from '@kindred/client';
import type { Database } from '@kindred/database';
import { builtInTextModel, defaultMediaLimits, type EmbeddingModel } from '@kindred/embedder';
import { Log, startServices } from '@kindred/runtime';
import type { QueryInput } from '@kindred/vector-index';
import { expect, it } from 'vitest';
import { searchService } from '../../apps/search/src/search.ts';
import { type Latencies, measure, middle } from '../load/latencies.ts';
import { testDatabases } from '../support/databases.ts';
import { chorusDev, hasDataset } from './datasets.ts';
import { SearchableDataset } from './searchable-dataset.ts';
import { withTypingErrors } from './typing-errors.ts';

const rounds = 3;
const collection = 'chorus-speed';
const [databases] = testDatabases();
const dataset = hasDataset('chorus-icecat') ? chorusDev() : undefined;

/** Waiting and, of this process (client and server), working time of one call after another. */
async function time(what: string, texts: readonly string[], ask: (text: string) => Promise<unknown>): Promise<string> {
  const all: Latencies[] = [];
  const working: number[] = [];
  // The first round warms caches and plans.
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    const waited = await measure(texts.length, 1, (at) => ask(texts[at]!));
    const { user, system } = process.cpuUsage(before);
    if (round > 0) all.push(waited);
    if (round > 0) working.push((user + system) / 1_000 / texts.length);
  }
  const { p50, p95 } = middle(all);
  const cpu = Math.min(...working);
  return `  ${what.padEnd(40)} p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, CPU ${cpu.toFixed(2)} ms`;
}

/** The products in a collection, served over gRPC. */
async function serve(database: Database, model: EmbeddingModel): Promise<{ client: Kindred; stop(): Promise<void> }> {
  const searchable = await SearchableDataset.load(database, model, collection, dataset!);
  await searchable.learnWords();
  const embed = async (_tenant: string, _model: unknown, input: QueryInput) => ({
    model: model.identity,
    vector: (await model.embed([input], 'query'))[0]!,
  });
  const media = { limits: defaultMediaLimits, resources: {} };
  const running = await startServices({
    services: [searchService({ database, embedder: { embed }, media, keepQueries: false })],
    config: {
      GRPC_ADDRESS: '127.0.0.1:0',
      HTTP_ADDRESS: '127.0.0.1:0',
      API_KEYS: { k: { tenant: 'quality', role: 'reader' } },
      LOG_LEVEL: 'silent',
      LOG_FORMAT: 'json',
    } as never,
    version: 'test',
    log: Log.silent(),
    close: [],
    processEvents: false,
  });
  const client = new Kindred({ address: running.grpcAddress, apiKey: 'k' });
  const stop = async () => {
    client.close();
    await running.stop();
  };
  return { client, stop };
}

function print(lines: readonly string[]): void {
  const machine = `${os.cpus().length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(0)}, Node ${process.version}`;
  console.log([`${dataset!.documents.length} products, over gRPC, one client; ${machine}`, ...lines].join('\n'));
}

it.skipIf(!dataset)(`suggests quickly on ${databases!.name}`, async () => {
  const real = await builtInTextModel();
  // Words alone are asked for: no item gets a vector.
  const none = new Float32Array(real.identity.dimensions);
  const model = {
    ...real,
    identity: real.identity,
    embed: async (inputs: readonly unknown[]) => inputs.map(() => none),
  };
  const { client, stop } = await serve(await databases!.open(), model as EmbeddingModel);
  try {
    const titles = dataset!.documents.filter((_, at) => at % 20 === 0).map(({ title }) => title);
    const typed = titles.map((title, at) => title.slice(0, 1 + (at % 14)));
    const suggest = (text: string) => client.suggest({ collection, text });
    print([
      await time('Suggest of nothing: the call itself', typed, () => suggest('')),
      await time('Suggest, 1 to 14 characters of titles', typed, suggest),
    ]);
    expect((await suggest('print'))[0]!.text).toContain('print');
  } finally {
    await stop();
  }
});

it.skipIf(!dataset)(`reads texts quickly on ${databases!.name}`, async () => {
  const { client, stop } = await serve(await databases!.open(), await builtInTextModel());
  try {
    const texts = dataset!.queries.map(({ text }) => text);
    const wrong = withTypingErrors(dataset!.queries, 7).map(({ text }) => text);
    const query =
      (textOptions: TextOptionsInput = {}) =>
      (text: string) =>
        client.query({ collection, text, textOptions });
    const off = { typos: false };
    print([
      await time('Query, typos off', texts, query(off)),
      await time('Query', texts, query()),
      await time('Query, typos off, again', texts, query(off)),
      await time('Query, again', texts, query()),
      await time('Query with a typing error', wrong, query()),
      await time('Query as a phrase', texts, (text) => query()(`"${text}"`)),
      await time('Query with an excluded word', texts, (text) => query()(`${text} -black`)),
      await time('Query with highlights', texts, query({ highlight: true })),
    ]);
    expect((await query()(texts[0]!)).hits).not.toEqual([]);
  } finally {
    await stop();
  }
});
