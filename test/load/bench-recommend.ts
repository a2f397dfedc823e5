// npm run bench:recommend: Recommend over gRPC beside an empty call that does `select 1`, in one run: ratios matter.
// KINDRED_BENCH_USERS, _ITEMS, _EVENTS (per user) and _QUERIES for another size than 100,000 x 20,000 with 20, and 1,000;
// KINDRED_BENCH_DATABASE=name keeps the database for the next run.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { resolve } from 'node:path';
import { Kindred, type RecommendInput as WholeInput } from '@kindred/client';
import { topics } from '@kindred/contracts';
import { migrate, openDatabase } from '@kindred/database';
import { openMessaging } from '@kindred/messaging';
import pg from 'pg';
import { databaseExists, onAdmin } from '../support/admin.ts';
import findBackends, { kafkaBrokers, postgresUrl } from '../support/backends.ts';
import { freePort, KindredProcess, until } from '../support/kindred-process.ts';
import { seeded } from '../support/random.ts';
import { benchTastes, collectionName, tenant } from './recommend/bench-tastes.ts';
import { cpuOf, sessionsOf } from './search/cpu-clock.ts';
import { compare, printSides, type Side } from './search/side.ts';

const size = {
  users: Number(process.env.KINDRED_BENCH_USERS ?? 100_000),
  items: Number(process.env.KINDRED_BENCH_ITEMS ?? 20_000),
  eventsPerUser: Number(process.env.KINDRED_BENCH_EVENTS ?? 20),
};
const queries = Number(process.env.KINDRED_BENCH_QUERIES ?? 1_000);
const rounds = 3;
const perSecond = 200;
/** People are met for the first time in steps of this many, so that memory holds nothing of them. */
const stride = 7_919;
type RecommendInput = Omit<WholeInput, 'collection'>;
/** The default scenario as it answers where nothing was trained. */
const untrained = 'untrained';
let met = 0;
const root = resolve(import.meta.dirname, '../..');

const stopBackends = await findBackends();
const databaseName = process.env.KINDRED_BENCH_DATABASE ?? `kindred_bench_${process.pid}`;
const url = new URL(postgresUrl()!);
url.pathname = `/${databaseName}`;
const brokers = kafkaBrokers();
const prefix = `bench-${process.pid}.`;
await prepare();
const sql = new pg.Pool({ connectionString: url.href, max: 2 });
const service = await startService();
const selectOne = await startSelectOne();
const kindred = new Kindred({ address: service.address });
const empty = new Kindred({ address: selectOne.address });
try {
  const { length } = os.cpus();
  console.log(`${length} cores, ${os.cpus()[0]!.model}, load ${os.loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
  console.log(`${size.users} users x ${size.items} items, ${new Date().toISOString().slice(0, 10)}`);
  await rebuilt();
  await trained();
  await benchCalls();
  await benchBesideEvents();
} finally {
  kindred.close();
  empty.close();
  await service.process.stop();
  selectOne.child.kill();
  await sql.end();
  if (!process.env.KINDRED_BENCH_DATABASE) await onAdmin(postgresUrl()!, `drop database ${databaseName} with (force)`);
  await stopBackends?.();
}

function sides(): { base: Side; known: Side; bare: Side; first: Side; fresh: Side; filtered: Side } {
  const random = seeded(3);
  const users = Array.from({ length: queries }, () => `user-${Math.floor(random() * size.users)}`);
  const served = async () => [service.pid, ...(await sessionsOf(sql, 'kindred-recommendation'))];
  const ask = (name: string, more: (at: number) => RecommendInput): Side => ({
    name,
    run: (at) => kindred.recommend({ collection: collectionName, limit: 10, ...more(at) }),
    pids: served,
  });
  return {
    base: {
      name: 'select 1 over gRPC',
      run: () => empty.recommend({ collection: collectionName }),
      pids: async () => [selectOne.child.pid!, ...(await sessionsOf(sql, 'select-one'))],
    },
    known: ask('Recommend, anybody again', (at) => ({ userId: users[at]! })),
    bare: ask('the same, without factors', (at) => ({ userId: users[at]!, scenario: untrained })),
    first: ask('Recommend, anybody first', () => ({ userId: `user-${(++met * stride) % size.users}` })),
    fresh: ask('Recommend, a new user', () => ({ userId: `nobody-${++met}` })),
    filtered: ask('Recommend, 0.5 % pass the filter', (at) => ({ userId: users[at]!, filter: `group = g${at % 200}` })),
  };
}

async function benchCalls(): Promise<void> {
  const { base, known, bare, first, fresh, filtered } = sides();
  for (const clients of [1, 8]) {
    const results = await compare([base, known, bare, first, fresh, filtered], { queries, clients, rounds });
    printSides(`${clients} client(s)`, results, base.name);
    const { p50, p99 } = results.get(known.name)!;
    console.log(
      `  Recommend p50 ${(p50 / results.get(base.name)!.p50).toFixed(2)} x select 1; p99 ${(p99 / p50).toFixed(2)} x p50`,
    );
  }
}

/** Events are stored and announced as ingestion does, so that tastes are folded in and lists rebuilt meanwhile. */
async function benchBesideEvents(): Promise<void> {
  const { base, known } = sides();
  const quiet = (await compare([base, known], { queries, clients: 4, rounds })).get(known.name)!;
  const database = await openDatabase({ url: url.href, poolSize: 2, applicationName: 'bench-events' });
  const messaging = await openMessaging({ ...messagingOptions(), database, clientId: 'bench', log: () => {} });
  let writing = true;
  let written = 0;
  const started = performance.now();
  const random = seeded(5);
  const { rows } = await sql.query('select collection_id from kindred.collections');
  const writer = (async () => {
    while (writing) {
      const batch = Array.from({ length: 20 }, (_, at) => ({
        id: `b-${process.pid}-${written + at}`,
        user: `user-${Math.floor(random() * size.users)}`,
        item: `item-${String(Math.floor(random() * size.items)).padStart(6, '0')}`,
      }));
      await database.query(
        { tenant },
        `insert into kindred.interactions (tenant_id, event_id, occurred_at, type, user_id, collection_id, item_id)
         select kindred.tenant(), e.id, now(), 'click', e."user", $1, e.item
           from jsonb_to_recordset($2::jsonb) as e(id text, "user" text, item text)`,
        [rows[0].collection_id, JSON.stringify(batch)],
      );
      const told = batch.map(({ user }) => ({
        tenant,
        key: user,
        value: Buffer.from(JSON.stringify({ kind: 'interacted', user_id: user })),
      }));
      await messaging.publish(topics.userChanges.name, told);
      written += batch.length;
      const due = (written / perSecond) * 1_000 - (performance.now() - started);
      if (due > 1) await new Promise((done) => setTimeout(done, due));
    }
  })();
  const busy = (await compare([base, { ...known, name: 'beside' }], { queries, clients: 4, rounds })).get('beside')!;
  writing = false;
  await writer;
  const rate = (written / ((performance.now() - started) / 1_000)).toFixed(0);
  printSides(
    `4 clients, beside ${rate} interactions/s`,
    new Map([
      ['quiet', quiet],
      ['beside', busy],
    ]),
    'quiet',
  );
  console.log(`  p99 ${(busy.p99 / quiet.p99).toFixed(2)} x the quiet p99`);
  await messaging.close();
  await database.close();
}

async function prepare(): Promise<void> {
  const known = process.env.KINDRED_BENCH_DATABASE && (await databaseExists(postgresUrl()!, databaseName));
  if (!known) await onAdmin(postgresUrl()!, `create database ${databaseName}`);
  await migrate({ url: url.href });
  if (known) return;
  const database = await openDatabase({ url: url.href, poolSize: 4, applicationName: 'bench' });
  const started = performance.now();
  await benchTastes(database, size);
  await database.close();
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('vacuum analyze').finally(() => client.end());
  console.log(`made in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
}

/** Waits until the service has made its lists. */
async function rebuilt(): Promise<void> {
  const started = performance.now();
  const cpu = cpuOf([service.pid]) ?? 0;
  const done = async () => {
    const { rows } = await sql.query('select bool_and(built_from >= wanted_at) as done from kindred.rebuilds');
    return rows[0].done === true;
  };
  if (await done()) return;
  await until('the lists are rebuilt', done, 1_800_000);
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(`lists rebuilt in ${seconds} s, ${(((cpuOf([service.pid]) ?? 0) - cpu) / 1_000).toFixed(1)} s of CPU`);
}

/** Trains factors with the settings of the service, and has them read into memory. */
async function trained(): Promise<void> {
  const collection = collectionName;
  const { scenario } = await kindred.rpc.recommendation.getScenario({ collection, name: 'default' });
  const sources = scenario!.sources.filter(({ name }) => name !== 'factors');
  await kindred.rpc.recommendation.putScenario({ scenario: { ...scenario!, name: untrained, sources } });
  const started = performance.now();
  const cpu = cpuOf([service.pid]) ?? 0;
  for await (const { part } of kindred.rpc.training.train([{ collection, threads: 2 }], { deadlineMs: 600_000 })) {
    if (part?.$case !== 'result') continue;
    const { state, reason, facts, metrics } = part.value;
    const seconds = ((performance.now() - started) / 1_000).toFixed(0);
    const spent = (((cpuOf([service.pid]) ?? 0) - cpu) / 1_000).toFixed(0);
    console.log(`factors ${state} in ${seconds} s, ${spent} s of CPU: ${facts!.pairs} pairs ${reason}`);
    console.log(
      `  nDCG@10 ${metrics!.ndcg10.toFixed(4)}, traits tell ${metrics!.explainedByTraits?.toFixed(2)} of factors`,
    );
  }
  const ready = async () => {
    const { plan } = await kindred.recommend({ collection, userId: 'user-1', limit: 1 });
    return plan!.legs.some(({ name, rows }) => name === 'factors' && rows > 0n);
  };
  await until('the factors are in memory', ready, 60_000);
}

function messagingOptions() {
  return { brokers, tenantPrefixes: { [brokers ? prefix : '']: tenant } };
}

async function startService(): Promise<{ address: string; process: KindredProcess; pid: number }> {
  const [address, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const database = await openDatabase({ url: url.href, poolSize: 2, applicationName: 'bench' });
  const messaging = await openMessaging({ ...messagingOptions(), database, clientId: 'bench', log: () => {} });
  await messaging.ensureTopics();
  await messaging.close();
  await database.close();
  const env: Record<string, string> = {
    DATABASE_URL: url.href,
    GRPC_ADDRESS: address,
    HTTP_ADDRESS: http,
    LOG_LEVEL: 'warn',
    ...(brokers && { KAFKA_BROKERS: brokers.join(','), KAFKA_TENANT_PREFIXES: JSON.stringify({ [prefix]: tenant }) }),
  };
  const main = resolve(root, 'apps/recommendation/dist/main.js');
  const started = new KindredProcess('recommendation', [process.execPath, main], env, http);
  await started.start();
  return { address, process: started, pid: started.pid };
}

async function startSelectOne(): Promise<{ address: string; child: ChildProcess }> {
  const address = `127.0.0.1:${await freePort()}`;
  const file = resolve(import.meta.dirname, 'recommend/select-one.ts');
  const options = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', file];
  const env = { ...process.env, DATABASE_URL: url.href, GRPC_ADDRESS: address };
  const child = spawn(process.execPath, options, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  return { address, child };
}
