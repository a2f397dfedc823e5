// npm run bench: ingest, search and recommend on real servers, in one run; ratios matter, absolute figures are this machine's.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { Kindred } from '@kindred/client';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { demoCollections } from '../../apps/kindred/src/demo/demo-collections.ts';
import { type DemoEvent, readDemo } from '../../apps/kindred/src/demo/demo-files.ts';
import findBackends, { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { until } from '../support/kindred-process.ts';
import { Stack } from '../support/stack.ts';
import { BareClients, statementsOf } from './bare-sql.ts';
import { type Latencies, measure, middle } from './latencies.ts';

const productCount = 9_000;
const rounds = 3;
const searches = 400;

const stopBackends = await findBackends();
const stack = await Stack.start(postgresUrl()!, kafkaBrokers()!);
try {
  console.log(
    `${os.cpus().length} cores, ${os.cpus()[0]!.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  await benchIngest();
  await benchSearch();
  await benchRecommend();
  printMemory();
} finally {
  await stack.stop();
  await stopBackends?.();
}

async function benchIngest(): Promise<void> {
  const catalog = new Kindred({ address: stack.grpc.get('ingestion')! });
  for (const collection of demoCollections) await catalog.rpc.catalog.putCollection({ collection });
  const products = await take(readDemo('products'), productCount);
  await rate('products to searchable', products.length, 'items.v1', products, async () => {
    return (
      Number(
        await stack.value(
          `select count(*) from kindred.items i join kindred.${await vectorTable()} v using (item_id, content_hash)`,
        ),
      ) >= products.length
    );
  });
  await send('items.v1', await take(readDemo('movies'), 20_000));
  const ratings = await take(readDemo('ratings'), 60_000);
  const sent = await rate('interactions to stored', ratings.length, 'interactions.v1', ratings, async () => {
    return Number(await stack.value('select count(*) from kindred.interactions')) >= ratings.length;
  });
  await until(
    'everything is folded in',
    async () => {
      const status = await catalog.status();
      return status.lags.every(({ lag }) => Number(lag) === 0);
    },
    300_000,
  );
  tellRate('interactions to folded in', ratings.length, sent);
  catalog.close();
}

/** When it began. */
async function rate(
  what: string,
  count: number,
  topic: string,
  events: DemoEvent[],
  done: () => Promise<boolean>,
): Promise<number> {
  const started = performance.now();
  await send(topic, events);
  await until(what, done, 300_000, 50);
  tellRate(what, count, started);
  return started;
}

function tellRate(what: string, count: number, started: number): void {
  const seconds = (performance.now() - started) / 1_000;
  console.log(`${what.padEnd(26)} ${count} in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} per second`);
}

async function send(topic: string, events: DemoEvent[]): Promise<void> {
  const kafka = new Kafka({ brokers: stack.brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let start = 0; start < events.length; start += 500) {
    await producer.send({ topic, messages: events.slice(start, start + 500) });
  }
  await producer.disconnect();
}

async function vectorTable(): Promise<string> {
  await until(
    'a model is registered',
    async () => (await stack.value('select count(*)::int from kindred.models')) === 1,
    60_000,
  );
  return String(await stack.value('select vector_table from kindred.models limit 1'));
}

async function benchSearch(): Promise<void> {
  await stack.sql.query('vacuum analyze');
  const search = new Kindred({ address: stack.grpc.get('search')! });
  const texts = (await take(readDemo('products', productCount), searches)).map(({ value }) => firstWords(value));
  const statements = await statementsOf(stack.databaseUrl, 'products', texts);
  for (const clients of [1, 8]) {
    const bare = await BareClients.open(stack.databaseUrl, clients, statements[0]!.settings);
    const results: Record<'bare' | 'query', Latencies[]> = { bare: [], query: [] };
    for (let round = 0; round <= rounds; round += 1) {
      const direct = await measure(statements.length, clients, (index, slot) => bare.run(slot, statements[index]!));
      const served = await measure(texts.length, clients, (index) =>
        search.query({ collection: 'products', text: texts[index]!, limit: 10 }),
      );
      // The first round warms caches and plans.
      if (round > 0) {
        results.bare.push(direct);
        results.query.push(served);
      }
    }
    await bare.close();
    report(`search, ${clients} client${clients > 1 ? 's' : ''}: the same SQL through pg`, middle(results.bare));
    report(`search, ${clients} client${clients > 1 ? 's' : ''}: Query over gRPC`, middle(results.query));
    console.log(`  ratio p50 ${(middle(results.query).p50 / middle(results.bare).p50).toFixed(2)}`);
  }
  search.close();
}

async function benchRecommend(): Promise<void> {
  const recommendation = new Kindred({ address: stack.grpc.get('recommendation')! });
  for (const clients of [1, 8]) {
    const runs: Latencies[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const run = await measure(400, clients, (index) =>
        recommendation.recommend({ collection: 'movies', userId: String(1 + ((index * 7) % 350)), limit: 10 }),
      );
      if (round > 0) runs.push(run);
    }
    report(`recommend, ${clients} client${clients > 1 ? 's' : ''}`, middle(runs));
  }
  recommendation.close();
}

function report(what: string, { perSecond, p50, p95, p99 }: Latencies): void {
  const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(9);
  console.log(`${what.padEnd(44)} ${perSecond.toFixed(0).padStart(6)}/s  p50${ms(p50)}  p95${ms(p95)}  p99${ms(p99)}`);
}

function printMemory(): void {
  for (const [name, one] of stack.processes) {
    const status = readFileSync(`/proc/${one.pid}/status`, 'utf8');
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    console.log(`memory of ${name.padEnd(16)} ${Math.round(kilobytes / 1_024)} MB`);
  }
}

function firstWords(item: string): string {
  const { title } = JSON.parse(item) as { title: string };
  return title.split(/\s+/).slice(0, 3).join(' ');
}

async function take<Element>(source: AsyncIterable<Element>, count: number): Promise<Element[]> {
  const taken: Element[] = [];
  for await (const element of source) {
    taken.push(element);
    if (taken.length === count) break;
  }
  return taken;
}
