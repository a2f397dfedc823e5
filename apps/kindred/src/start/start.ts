import { KindredClient } from '@kindred/client';
import { type Database, migrate, openDatabase } from '@kindred/database';
import { type Messaging, openMessaging } from '@kindred/messaging';
import { openLog, type RunningServices, startServices, version } from '@kindred/runtime';
import type { StartOptions } from '../commands/start.command.ts';
import { style } from '../output/style.ts';
import { allServices } from './all-services.ts';
import { demoKey, demoToLoad, loadDemo } from './demo-task.ts';
import { reportLines } from './migrate-all.ts';
import { nextSteps } from './next-steps.ts';
import { checkAddresses } from './preflight.ts';
import { type StartConfig, startConfig } from './start-config.ts';
import { whatIsIn } from './what-is-in.ts';

/** Everything in one process, until Ctrl-C. */
export async function start(options: StartOptions): Promise<void> {
  const config = startConfig(options);
  await checkAddresses([
    { option: '--grpc', address: config.GRPC_ADDRESS },
    { option: '--http', address: config.HTTP_ADDRESS },
  ]);
  // Standard output is for people: bars, and what to type next.
  const log = openLog(config, process.stderr);
  const { database, readDatabase } = await openDatabases(config);
  const messaging = await openMessaging({
    brokers: config.KAFKA_BROKERS,
    tenantPrefixes: config.KAFKA_TENANT_PREFIXES,
    clientId: 'kindred',
    database,
    log: ({ level, message, fields }) => log[level](fields, message),
    tuning: { drain: 1_000 },
  });
  await messaging.ensureTopics();
  const { services, models, rerankers } = await allServices({
    database,
    readDatabase,
    messaging,
    config,
    version,
    log,
  });
  const stopping = new AbortController();
  announceStop(stopping);
  let demo: Promise<void> = Promise.resolve();
  const databases = [...new Set([readDatabase, database])].map((each) => () => each.close());
  const close = [() => demo, () => messaging.close(), ...databases, () => models.close(), () => rerankers.close()];
  const running = await startServices({ services, config, version, log, close });
  demo = greet(running, { config, database, messaging, signal: stopping.signal });
  await demo;
}

async function openDatabases(config: StartConfig): Promise<{ database: Database; readDatabase: Database }> {
  const { DATABASE_URL: url, DATABASE_READ_URL: readUrl, DATABASE_POOL: poolSize } = config;
  if (url === undefined) {
    const database = await openDatabase({ dataFolder: config.KINDRED_DATA });
    await migrate(database);
    return { database, readDatabase: database };
  }
  const report = await migrate({ url });
  if (report.applied.length > 0 || report.notices.length > 0) for (const line of reportLines(report)) console.log(line);
  const database = await openDatabase({ url, poolSize, applicationName: 'kindred' });
  const readDatabase =
    readUrl === undefined ? database : await openDatabase({ url: readUrl, poolSize, applicationName: 'kindred-read' });
  return { database, readDatabase };
}

/** Says so at once: finishing the batches in flight may take a moment. */
function announceStop(stopping: AbortController): void {
  const stop = () => {
    if (!stopping.signal.aborted) console.log('\nstopping…');
    stopping.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

interface Started {
  config: StartConfig;
  database: Database;
  messaging: Messaging;
  signal: AbortSignal;
}

/** Says where it listens and what to type next; loads the demo where it is wanted. Does not throw: the services go on. */
async function greet(running: RunningServices, started: Started): Promise<void> {
  const { config, database, messaging, signal } = started;
  const key = demoKey(config);
  const client = new KindredClient({ address: running.grpcAddress, apiKey: key ?? undefined, deadlineMs: 30_000 });
  try {
    const marker = key === null ? undefined : await demoToLoad(client, config);
    console.log(await headline(running, config, database));
    if (marker === undefined || marker.complete) {
      if (key !== null) console.log(await whatIsIn(() => client.catalog.getStatus({})));
      console.log(nextSteps(running.grpcAddress, marker !== undefined));
      return;
    }
    console.log('loading the demo; answers come from what is in so far (kindred status says how much)\n');
    console.log(`${nextSteps(running.grpcAddress, true)}\n`);
    await loadDemo(marker, { client, messaging, dataFolder: config.KINDRED_DATA, signal });
    console.log(nextSteps(running.grpcAddress, true));
  } catch (error) {
    if (signal.aborted) return;
    console.error(`error: the demo stopped: ${(error as Error).message}; the next start goes on with it`);
  } finally {
    client.close();
  }
}

async function headline(running: RunningServices, config: StartConfig, database: Database): Promise<string> {
  const { serverVersion, pgvector } = database.features;
  const where = config.DATABASE_URL === undefined ? `embedded in ${config.KINDRED_DATA}` : 'of DATABASE_URL';
  const lines: [string, string][] = [
    ['gRPC', running.grpcAddress],
    ['HTTP', `http://${running.httpAddress}/readyz, /metrics`],
    ['data', `PostgreSQL ${serverVersion} with pgvector ${pgvector}, ${where}`],
    [
      'events',
      config.KAFKA_BROKERS === undefined ? 'a log in the same database' : `Kafka at ${config.KAFKA_BROKERS.join(', ')}`,
    ],
  ];
  const ready = style('bold', `Kindred ${version} is ready in ${(performance.now() / 1000).toFixed(1)} s`);
  return [ready, ...lines.map(([name, value]) => `  ${name.padEnd(7)} ${value}`), ''].join('\n');
}
